using System.Runtime.ExceptionServices;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Reading;

/// <summary>The events of a capture in time order, section after section.</summary>
internal sealed class EventStream : IEventSource
{
    private readonly CaptureReader reader;
    private readonly ArrivedNames arrived = new();
    private EventContext last = new();
    private EventContext? lastKnown;
    private int batchLength;
    private bool sectionEnded;
    private bool ended;
    private ExceptionDispatchInfo? failure;

    /// <param name="reader">Has not been read from yet.</param>
    /// <param name="ordersChunks">Whether the reader may have the events of each chunk in the order of time, which is faster; not where
    /// others ask it for them in the order of their arrival.</param>
    public EventStream(CaptureReader reader, bool ordersChunks = true)
    {
        this.reader = reader;
        reader.Form = ordersChunks ? ChunkForm.OrderedRows : ChunkForm.Rows;
    }

    /// <summary>Where the events come from: its state is that of the block they came with.</summary>
    public CaptureReader Reader => reader;

    /// <summary>How far out of order the events were.</summary>
    public EventOrder Order { get; } = new();

    /// <summary>The number of the section that the events are of, from 1.</summary>
    public int Section { get; private set; } = 1;

    /// <inheritdoc cref="EventContext.Header" />
    public CaptureHeader? Header => Known.Header;

    /// <summary>The loss counters of that section so far.</summary>
    public LossCounters LossCounters { get; private set; }

    /// <summary>What tells that section's blocks from those of others.</summary>
    public Guid FileId { get; private set; }

    /// <summary>The footer of that section; null before it is read.</summary>
    public CaptureFooter? Footer { get; private set; }

    /// <summary>Up to when that section is known to have been recorded, CLOCK_MONOTONIC ns; 0 if not at all.</summary>
    public ulong RecordedTo { get; private set; }

    /// <summary>What is known of that section, as far as it has been read.</summary>
    public EventContext Known { get; private set; } = new();

    /// <summary>The names of what that section's events refer to, as far as it has been read.</summary>
    public CaptureNames Names { get; private set; } = CaptureNames.None;

    /// <summary>Whether all of that section has been read: the events just given are its last ones, and the reader stands on the
    /// next one or at the end.</summary>
    public bool SectionEnded => sectionEnded || ended;

    /// <summary>Reads on until there are events.</summary>
    /// <param name="events">Valid until the next call.</param>
    /// <returns>False at the end.</returns>
    /// <inheritdoc cref="CaptureReader.Read" path="/exception" />
    public bool Read(out ReadOnlySpan<TcpEvent> events)
    {
        while (ReadBlock(out events))
        {
            if (!events.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads the next block, so that also what has no events is seen: the beginning of a section, its losses, its
    /// end.</summary>
    /// <param name="events">The events that can be given now; often none. Valid until the next call.</param>
    /// <returns>False at the end.</returns>
    /// <inheritdoc cref="CaptureReader.Read" path="/exception" />
    public bool ReadBlock(out ReadOnlySpan<TcpEvent> events)
    {
        events = ended ? [] : Next();
        batchLength = events.Length;
        return !ended || !events.IsEmpty;
    }

    /// <summary>Takes as many events from the beginning as one context holds for. Their names are those that the section had
    /// given before the chunk they came in, also where they were held back over later ones.</summary>
    /// <param name="events">What is left of those just read, at least one; becomes what is left then.</param>
    /// <param name="run">Those that were taken, at least one.</param>
    /// <returns>What holds for these.</returns>
    public EventContext TakeRun(ref ReadOnlySpan<TcpEvent> events, out ReadOnlySpan<TcpEvent> run)
    {
        var arrival = Order.ArrivalOf(batchLength - events.Length, out var length);
        var clock = Known.Clocks.TakeRun(ref events, out run, length, inOrder: true);
        var said = arrived.Of(arrival);
        if (!ReferenceEquals(lastKnown, Known) || last.Clock != clock || last.Names != said)
        {
            last = Known with { Clock = clock, Names = said };
            lastKnown = Known;
        }

        return last;
    }

    private ReadOnlySpan<TcpEvent> Next()
    {
        if (sectionEnded)
        {
            sectionEnded = false;
            Section = reader.Section;
            Footer = null;
            LossCounters = default;
            RecordedTo = 0;
            Order.Restart();
            arrived.Clear();
            return Take();
        }

        failure?.Throw();
        bool more;
        try
        {
            more = reader.Read();
        }
        catch (Exception error) when (Order.EarliestArrival is not null)
        {
            // What was read before is there all the same.
            failure = ExceptionDispatchInfo.Capture(error);
            return Order.Flush();
        }

        if (!more)
        {
            ended = true;
            return Order.Flush();
        }

        if (reader.Section != Section)
        {
            sectionEnded = true;
            return Order.Flush();
        }

        return Take();
    }

    private ReadOnlySpan<TcpEvent> Take()
    {
        ref readonly var block = ref reader.Block;
        FileId = block.FileId;
        Footer = reader.Footer ?? Footer;
        // The footer also has the losses that damaged blocks counted.
        LossCounters = reader.Footer?.LossCounters ?? LossCounters + block.LossCounters;
        RecordedTo = reader.RecordedTo;
        (Known, Names) = (reader.Known, reader.Names);
        var arrival = reader.Events.IsEmpty ? 0 : arrived.Arrive(Names, Order.EarliestArrival);
        return reader.HasOrderedEvents ? Order.Add(reader.OrderedEvents, block.Watermark, arrival) : Order.Add(reader.Events, block.Watermark, arrival);
    }
}
