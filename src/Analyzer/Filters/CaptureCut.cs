using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Rewriting;
using TraceCap.Format.Writing;

namespace TraceCap.Analyzer.Filters;

/// <summary>
/// Makes a smaller capture out of the events that are wanted. Losses stay with the time in which they happened; clocks
/// and names stay where an event follows them; what this version does not know is left out, for it may hold what is cut away.
/// </summary>
/// <param name="reader">Has not been read from yet.</param>
/// <param name="output">Stays open.</param>
/// <param name="filter">Which events are wanted.</param>
/// <param name="selection">The filter in words, for the header.</param>
/// <param name="whole">If given, all events of these connections are wanted, and only they.</param>
internal sealed class CaptureCut(CaptureReader reader, Stream output, CaptureFilter filter, string selection, ConnectionSet? whole = null)
    : CaptureRewriter(reader)
{
    private ClockTable.Builder unwritten = new();
    private NameScribe? names;
    private LossDates losses = new();
    private readonly EndTasks ends = new();
    private RecordedPeriod window;
    private ulong recordedTo;

    /// <inheritdoc />
    protected override CaptureWriter Begin()
    {
        unwritten = new ClockTable.Builder();
        (losses, recordedTo) = (new LossDates(), 0);
        var header = Reader.Header ?? new CaptureHeader();
        var cut = header with { Selection = [.. header.Selection, selection], Recorded = Recorded(header) };
        var writer = new CaptureWriter(output, cut) { Watermark = 0 };
        names = new NameScribe(writer, Reader.Names);
        return writer;
    }

    /// <inheritdoc />
    protected override void Write(CaptureWriter writer)
    {
        if (Reader.Context is { } context)
        {
            foreach (var clock in context.Clocks)
            {
                // For events that are cut away it did not count.
                unwritten.AddRange(Reader.BeginOf(in clock) is { } begin ? [clock.At(begin)] : []);
            }

            if (!context.Missing.IsNone)
            {
                writer.WriteContext(new CaptureContext { Missing = context.Missing });
            }
        }

        WriteEvents(writer);

        writer.Watermark = Math.Max(writer.Watermark!.Value, Reader.Block.Watermark);
    }

    /// <inheritdoc />
    protected override LossCounters Share(in LossCounters ledger)
    {
        var told = Math.Max(Reader.Block.Watermark, Reader.Block.LastTimestamp);
        recordedTo = Math.Max(recordedTo, Reader.Footer?.End?.Monotonic ?? told);
        window = Reader.Known is { Begin: not null } known ? filter.Resolve(known with { Clock = known.Clocks.At(recordedTo) }).Window : new RecordedPeriod(0, ulong.MaxValue);
        return Share(losses.Take(in Reader.Block, damaged: false));
    }

    /// <inheritdoc />
    protected override LossCounters ShareAtEnd() => Share(losses.End(recordedTo));

    private LossCounters Share(DatedLoss? loss) =>
        loss?.NotBefore(Reader.Known.Begin ?? 0) is { } known && known.IsWithin(window) ? known.LossCounters with { Emitted = known.LossCounters.Lost } : default;

    /// <summary>When events are wanted. Of whole connections there are events of other times as well; and without clocks nobody
    /// knows yet when the section begins.</summary>
    private IReadOnlyList<RecordedPeriod> Recorded(CaptureHeader header)
    {
        if (Reader.Known.Begin is not { } begin || whole is not null || filter is { From: null, To: null })
        {
            return header.Recorded;
        }

        var wanted = filter.Resolve(Reader.Known with { Clock = header.Start }).Window;
        IReadOnlyList<RecordedPeriod> before = header.Recorded.Count > 0 ? header.Recorded : [new RecordedPeriod(begin, ulong.MaxValue)];
        var left = RecordedPeriod.Join(before.Select(period => period.Within(wanted)));
        // Nothing at all is told by a period without length: no periods would mean all.
        return left.Count > 0 ? left : [before[0].Within(wanted)];
    }

    private void WriteEvents(CaptureWriter writer)
    {
        for (var events = Reader.Events; !events.IsEmpty;)
        {
            var wanted = filter.Resolve(Reader.Known.TakeRun(ref events, out var run));
            if (whole is null && wanted.AsksForTasksOfEnds)
            {
                ends.Begin(Reader.Header);
                run = ends.Pick(run, wanted);
                wanted = CaptureFilter.All.Events;
            }

            WriteEvents(writer, run, wanted);
        }
    }

    private void WriteEvents(CaptureWriter writer, ReadOnlySpan<TcpEvent> events, EventFilter wanted)
    {
        var next = 0;
        while (next < events.Length)
        {
            var from = next;
            while (from < events.Length && !IsWanted(wanted, in events[from]))
            {
                from++;
            }

            next = from;
            while (next < events.Length && IsWanted(wanted, in events[next]))
            {
                next++;
            }

            if (next > from)
            {
                WriteClocks(writer);
                names!.Names = Reader.Names;
                names.Note(events[from..next]);
                writer.Append(events[from..next]);
            }
        }
    }

    private bool IsWanted(EventFilter wanted, in TcpEvent one) =>
        whole is null ? wanted.Matches(in one) : whole.Contains(Reader.Section, in one);

    /// <summary>Writes the clocks that an event which is still to come may go by: none is earlier than promised.</summary>
    private void WriteClocks(CaptureWriter writer)
    {
        var clocks = unwritten.Clocks.Anchors;
        for (var i = 0; i < clocks.Count; i++)
        {
            if (i + 1 == clocks.Count || clocks[i + 1].Monotonic > writer.Watermark)
            {
                writer.AddClock(clocks[i]);
            }
        }

        unwritten = clocks.Count > 0 ? new ClockTable.Builder() : unwritten;
    }
}
