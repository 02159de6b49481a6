using System.Collections.Concurrent;
using TraceCap.Format.Blocks;
using TraceCap.Format.Chunks;

namespace TraceCap.Format.Reading;

/// <summary>Where a <see cref="CaptureReader"/> gets its blocks from: one by one, or decoded ahead on several threads.</summary>
internal sealed class BlockSource
{
    private readonly BlockReader blocks;
    private readonly ConcurrentBag<BlockDecoder> decoders;
    private readonly WorkAhead<LoadedBlock>? ahead;
    private readonly Stack<LoadedBlock> free = new();
    private bool exhausted;

    /// <param name="blocks">Gives the blocks as they are stored.</param>
    /// <param name="threads">How many threads decode.</param>
    /// <param name="decoder">Decodes for one of them; several sources on one thread may share it.</param>
    internal BlockSource(BlockReader blocks, int threads, BlockDecoder decoder)
    {
        this.blocks = blocks;
        decoders = [decoder];
        if (threads > 1)
        {
            // While every thread has a block in hand, there is one more for each to begin.
            ahead = new WorkAhead<LoadedBlock>(Decode, 2 * threads);
        }
    }

    /// <summary>The current block, or the end.</summary>
    internal LoadedBlock Current { get; private set; } = new();

    internal bool BeginsLikeCapture => blocks.BeginsLikeCapture;

    /// <summary>What is made of each chunk.</summary>
    internal ChunkForm Form { get; set; }

    /// <inheritdoc cref="ChunkDecoder.Wanted" />
    internal WantedEvents Wanted { get; set; } = WantedEvents.All;

    /// <summary>Goes on to the next block.</summary>
    /// <returns>False at the end.</returns>
    /// <inheritdoc cref="BlockReader.Read" path="/exception" />
    internal bool Read()
    {
        if (ahead is null)
        {
            Current.Load(blocks);
            return !Current.IsEnd;
        }

        Current.Forget();
        free.Push(Current);
        while (!ahead.IsFull && !exhausted)
        {
            var next = free.TryPop(out var used) ? used : new LoadedBlock();
            exhausted = !next.LoadAhead(blocks);
            if (!exhausted && next is { IsDecodedInTurn: false, IsPassedOver: false })
            {
                ahead.Add(next);
            }
            else
            {
                // Of a long capture most may be passed over: to hand each over would take longer than to read its header.
                ahead.AddDone(next);
            }
        }

        Current = ahead.IsEmpty ? Current : ahead.Take();
        Current.ThrowIfFailed();
        return !Current.IsEnd;
    }

    /// <summary>Has the current block decoded, if it is not yet.</summary>
    internal void Decode()
    {
        if (ahead is null || Current.IsDecodedInTurn)
        {
            Decode(Current);
        }
    }

    private void Decode(LoadedBlock block)
    {
        var decoder = decoders.TryTake(out var idle) ? idle : new BlockDecoder();
        decoder.Decode(block, Form, Wanted);
        decoders.Add(decoder);
    }
}
