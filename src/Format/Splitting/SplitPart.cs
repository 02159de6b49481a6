using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Splitting;

/// <summary>One section of one part, while it is written: events in the order of time, with the clocks and names that they go by.</summary>
internal sealed class SplitPart
{
    /// <summary>There may be hundreds, each with a chunk that is open.</summary>
    private const int ChunkBytes = 128 << 10;

    private readonly CaptureWriter writer;
    private readonly NameScribe names;
    private LossCounters losses;
    private ClockAnchor? clock;
    private ulong last;

    internal SplitPart(Stream output, CaptureHeader header, ChunkPacker packer)
    {
        writer = new CaptureWriter(output, header, ChunkBytes, fileId: null, packer);
        names = new NameScribe(writer, CaptureNames.None);
        clock = header.Start;
    }

    /// <summary>Bytes written.</summary>
    internal long Length => writer.Length;

    /// <summary>Appends events.</summary>
    /// <param name="events">Not earlier than those before.</param>
    /// <param name="context">What holds for them.</param>
    /// <param name="settled">Up to when losses may still be told; null if none are.</param>
    internal void Append(ReadOnlySpan<TcpEvent> events, EventContext context, ulong? settled)
    {
        if (context.Clock is { } now && now != clock)
        {
            // A reader has it count from its own time on, but not for what stands before it.
            writer.AddClock(writer.Events == 0 || now.Monotonic > last ? now : now.At(events[0].Timestamp));
            clock = now;
        }

        writer.Watermark = settled;
        writer.LossCounters = Counted;
        names.Names = context.Names;
        names.Note(events);
        writer.Append(events);
        writer.LossCounters = Counted;
        last = events[^1].Timestamp;
    }

    /// <summary>Says that something may be lost from now on, which is told later: what stands before is not of that time.</summary>
    internal void Expect(ulong from)
    {
        writer.LossCounters = Counted;
        writer.Watermark = from;
        writer.CloseChunk();
    }

    /// <summary>Tells a loss of the time from what was expected to its end.</summary>
    internal void Tell(in DatedLoss loss, in MissingEvents missing)
    {
        if (writer.Events > writer.EventsWritten)
        {
            // A chunk with the new watermark would date what comes behind it by the next one, which is another in each part.
            writer.CloseChunk();
        }

        losses += loss.LossCounters;
        writer.LossCounters = Counted;
        writer.Watermark = loss.To;
        writer.WriteContext(new CaptureContext { Missing = missing });
        writer.Watermark = null;
    }

    /// <summary>Ends it.</summary>
    /// <param name="footer">How, but for totals.</param>
    /// <param name="missing">What is missing besides.</param>
    internal void Complete(CaptureFooter footer, in MissingEvents missing)
    {
        writer.LossCounters = Counted;
        if (!missing.IsNone)
        {
            writer.WriteContext(new CaptureContext { Missing = missing });
        }

        writer.LossCounters = Counted with { Emitted = Counted.Emitted + missing.Events };
        writer.Complete(footer);
    }

    private LossCounters Counted => losses with { Emitted = writer.Events + losses.Lost };
}
