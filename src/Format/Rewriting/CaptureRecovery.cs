using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Rewriting;

/// <summary>
/// Makes a sound capture out of one that is damaged, was cut short, or contradicts itself: every block that can be read is
/// kept as it is stored, in its place, and the footer is made anew. Promises that later events break are lowered, and of
/// events with the same number of the same CPU all but the first lose it.
/// </summary>
/// <param name="reader">Has not been read from yet.</param>
/// <param name="output">Stays open.</param>
/// <param name="promises">What <see cref="KeptPromises.Find"/> found in the same capture; null if none of its promises is
/// broken.</param>
public sealed class CaptureRecovery(CaptureReader reader, Stream output, KeptPromises? promises = null) : CaptureRewriter(reader)
{
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
        return new CaptureWriter(output, Reader, SettledAtMost);
    }

    /// <inheritdoc />
    protected override void Write(CaptureWriter writer)
    {
        var repeated = Renumber();
        Renumbered += repeated;
        if (repeated == 0)
        {
            writer.Copy(Reader, SettledAtMost);
            return;
        }

        // What a later version wrote of this chunk is lost with its numbers.
        writer.Watermark = 0;
        writer.Append(events.AsSpan(0, Reader.Events.Length));
        writer.Watermark = Math.Min(Reader.Block.Watermark, SettledAtMost);
        writer.CloseChunk();
        writer.Watermark = null;
    }

    private ulong SettledAtMost => promises?.AtMost(Reader.Section, blocks) ?? ulong.MaxValue;

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
