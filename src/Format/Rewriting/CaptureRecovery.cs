using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Rewriting;

/// <summary>
/// Makes a sound capture out of one that is damaged, truncated, or contradicts itself: every block that can be read is
/// kept as it is stored, in its place, and the footer is made anew. Watermarks that later events break are lowered, and of
/// events with the same number of the same CPU all but the first lose it.
/// </summary>
/// <param name="reader">Has not been read from yet.</param>
/// <param name="output">Stays open.</param>
/// <param name="watermarks">What <see cref="KeptWatermarks.Find"/> found in the same capture; null if all of its watermarks
/// hold.</param>
internal sealed class CaptureRecovery(CaptureReader reader, Stream output, KeptWatermarks? watermarks = null) : CaptureRewriter(reader)
{
    private readonly ChunkPacker packer = new();
    private SequenceNumbers sequences = new();
    private long blocks;
    private TcpEvent[] events = [];

    /// <summary>Events that lost a number which came before.</summary>
    public long Renumbered { get; private set; }

    /// <inheritdoc />
    protected override void Pass() => blocks++;

    /// <inheritdoc />
    protected override CaptureWriter Begin()
    {
        sequences = new SequenceNumbers();
        return new CaptureWriter(output, Reader, WatermarkAtMost, packer: packer);
    }

    /// <inheritdoc />
    protected override void Write(CaptureWriter writer)
    {
        var repeated = Renumber();
        Renumbered += repeated;
        if (repeated == 0)
        {
            writer.Copy(Reader, WatermarkAtMost);
            return;
        }

        // What a later version wrote of this chunk is lost with its numbers.
        writer.Watermark = 0;
        writer.Append(events.AsSpan(0, Reader.Events.Length));
        writer.Watermark = Math.Min(Reader.Block.Watermark, WatermarkAtMost);
        writer.CloseChunk();
        writer.Watermark = null;
    }

    private ulong WatermarkAtMost => watermarks?.AtMost(Reader.Section, blocks) ?? ulong.MaxValue;

    /// <summary>Takes the events over without the numbers that came before.</summary>
    /// <returns>How many these are.</returns>
    private int Renumber()
    {
        var repeated = 0;
        Arrays.Grow(ref events, Reader.Events.Length, BlockHeader.MaxEvents);
        Reader.Events.CopyTo(events);
        foreach (ref var one in events.AsSpan(0, Reader.Events.Length))
        {
            // Merged recordings of one host each count from the beginning.
            if (Reader.Header is not { Hosts.Count: > 0 } && !sequences.Add(in one))
            {
                one.Sequence = 0;
                repeated++;
            }
        }

        return repeated;
    }
}
