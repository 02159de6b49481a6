using TraceCap.Format.Blocks;

namespace TraceCap.Format.Reading;

/// <summary>
/// Gives the chunks of a capture one by one, packed, so that several threads can each decode what they need of the chunk that they
/// took. What holds for the events of a chunk comes with it. Itself it is for one thread at a time.
/// </summary>
internal sealed class ChunkFeed
{
    /// <param name="input">A capture, from where it stands. Stays open.</param>
    /// <param name="wanted">See <see cref="CaptureReader.Open"/>.</param>
    internal ChunkFeed(Stream input, WantedTime? wanted)
    {
        var blocks = new BlockReader(input);
        if (wanted is not null && input.CanSeek)
        {
            UnwantedChunks.Find(input, wanted, byIndex: true).KeepFrom(blocks);
        }

        Reader = new CaptureReader(blocks, threads: 1) { LeavesChunks = true };
    }

    /// <summary>Knows what could not be read so far.</summary>
    internal CaptureReader Reader { get; }

    /// <summary>Takes the next chunk that has events, and may have some that are wanted.</summary>
    /// <param name="chunk">Becomes it.</param>
    /// <returns>False at the end.</returns>
    /// <inheritdoc cref="CaptureReader.Read" path="/exception" />
    internal bool Take(TakenChunk chunk)
    {
        while (Reader.Read())
        {
            if (Reader.Block.Kind == BlockKind.Chunk && Reader.Block.Events > 0 && !Reader.IsPassedOver)
            {
                chunk.Load(Reader);
                return true;
            }
        }

        return false;
    }

    /// <summary>Notes that a chunk turned out to be malformed.</summary>
    internal void AddDamage(TakenChunk chunk, string what) => Reader.Damage.Add(chunk.Offset, chunk.Length, what);
}
