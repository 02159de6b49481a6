using TraceCap.Analyzer.Filters;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

namespace TraceCap.Analyzer.Connections;

/// <summary>A recording that a <see cref="ConnectionFeed"/> reads: makes connections of its events, and hands on those that are
/// wanted.</summary>
/// <param name="span">What the connections are recorded in. It grows.</param>
/// <param name="start">When recording began, CLOCK_MONOTONIC ns.</param>
/// <param name="sink">Where the connections go.</param>
/// <param name="filter">Which of them.</param>
/// <param name="opening">What the filter says of their openings, on the recording's clock.</param>
internal sealed class FedRecording(RecordedSpan span, ulong start, IConnectionSink sink, ConnectionFilter filter, EventFilter opening)
{
    // Keeps what is handed on within the processor's cache.
    private const int BatchEvents = 512;

    private readonly ConnectionTracker tracker = new(start, span.Hosts.Count > 1 ? span.ClockSkews : null);
    private readonly Connection[] wanted = filter.IsAny ? [] : new Connection[2 * BatchEvents];
    private EventFilter opening = opening;
    private ClockTable? clocksBefore;
    private ClockTable? clocks;
    private ConnectionContext? context;
    private bool isAnnounced;

    /// <summary>What its connections are recorded in.</summary>
    internal RecordedSpan Span => span;

    /// <summary>When the last event was, CLOCK_MONOTONIC ns.</summary>
    internal ulong LastEvent { get; private set; } = start;

    /// <summary>Up to when it is known, CLOCK_MONOTONIC ns.</summary>
    internal ulong RecordedTo { get; private set; } = start;

    /// <inheritdoc cref="ConnectionTracker.ClosesLeftOut" />
    internal long ClosesLeftOut => tracker.ClosesLeftOut;

    /// <summary>Whether the events that follow are of a recorder that notes when TCP has finished.</summary>
    internal bool AwaitsEnds
    {
        set => tracker.AwaitsEnds = value;
    }

    /// <summary>Goes on with another section.</summary>
    /// <param name="section">It is begun.</param>
    /// <param name="header">Its header; null if it is damaged.</param>
    internal void Continue(FedSection section, CaptureHeader? header)
    {
        sink.Settle();
        span.Describe(header);
        AwaitsEnds = RecorderOptions.NoteEnds(header);
        span.History.Continue();
        (clocksBefore, clocks) = (span.Clocks, null);
        Skip(section.Period.From);
    }

    /// <summary>Knows the names that a section has given so far, and those of the sections that it continues.</summary>
    internal void Name(CaptureNames names)
    {
        if (span.History.Knows(names))
        {
            return;
        }

        sink.Settle();
        span.History.Take(names);
        tracker.Renames = span.History.Renames;
        opening = opening with { Names = span.Names };
    }

    /// <summary>Knows the clocks of a section so far, and those of the sections that it continues.</summary>
    internal void SetClocks(ClockTable known)
    {
        if (known != clocks)
        {
            sink.Settle();
            clocks = known;
            span.Clocks = clocksBefore?.And(known) ?? known;
        }
    }

    /// <summary>Takes the next events of a section, of which some may have waited for their turn while numbers were given
    /// other names.</summary>
    internal void Add(FedSection section, EventStream events, ReadOnlySpan<TcpEvent> batch)
    {
        while (!batch.IsEmpty)
        {
            tracker.Renames = span.History.RenamesBefore((CaptureNames)events.TakeRun(ref batch, out var run).Names);
            Add(section, run);
        }

        tracker.Renames = span.History.Renames;
    }

    /// <summary>Notes that events are missing.</summary>
    internal void NoteLoss(in DatedLoss loss)
    {
        sink.Settle();
        tracker.NoteLoss(loss.From, loss.To);
        span.NoteLoss(in loss);
    }

    /// <summary>Takes the next events of a section.</summary>
    internal void Add(FedSection section, ReadOnlySpan<TcpEvent> events)
    {
        if (events.IsEmpty)
        {
            return;
        }

        if (!isAnnounced)
        {
            BeginEarlier(events);
            Announce();
        }

        while (!events.IsEmpty)
        {
            Advance(section, events[0].Timestamp);
            var count = Math.Min(events.Length, BatchEvents);
            if (events[count - 1].Timestamp >= section.Period.To && section.HasMore)
            {
                count = CountBefore(events[..count], section.Period.To);
            }

            LastEvent = events[count - 1].Timestamp;
            if (filter.IsAny)
            {
                tracker.Give(events[..count], sink, span);
            }
            else
            {
                Give(tracker.Add(events[..count]), sink);
            }

            events = events[count..];
        }
    }

    /// <summary>Goes on to a time up to which the section is known, over the times in which nothing was recorded.</summary>
    internal void Advance(FedSection section, ulong to)
    {
        while (section.HasMore && to >= section.Period.To)
        {
            Extend(section.Period.To);
            section.Next();
            Skip(section.Period.From);
        }

        Extend(Math.Min(to, section.Period.To));
    }

    /// <summary>Hands on what is still open: nothing follows.</summary>
    internal void End()
    {
        Announce();
        ReadOnlySpan<Connection> open;
        while (!(open = tracker.TakeOpen(RecordedTo, BatchEvents)).IsEmpty)
        {
            Give(open, sink);
        }

        Give(tracker.ShowConnecting(RecordedTo), sink);
    }

    /// <summary>Shows what is open by now, as if nothing followed.</summary>
    internal void ShowOpen(IConnectionSink sink)
    {
        var open = tracker.OpenInOrder();
        for (var first = 0; first < open.Length; first += BatchEvents)
        {
            Give(tracker.ShowOpen(RecordedTo, open.AsSpan(first, Math.Min(BatchEvents, open.Length - first))), sink);
        }

        Give(tracker.ShowConnecting(RecordedTo), sink);
    }

    /// <summary>What was open before may have been noted before recording began, and makes it no longer.</summary>
    private void BeginEarlier(ReadOnlySpan<TcpEvent> events)
    {
        foreach (ref readonly var e in events)
        {
            if (e.Type != TcpEventType.Open)
            {
                span.BeginEarlier(e.Timestamp);
                tracker.BeginEarlier(e.Timestamp);
                return;
            }
        }
    }

    /// <summary>At least one, so that a capture whose times are wrong is read all the same.</summary>
    private static int CountBefore(ReadOnlySpan<TcpEvent> events, ulong time)
    {
        var count = 1;
        while (count < events.Length && events[count].Timestamp < time)
        {
            count++;
        }

        return count;
    }

    private void Extend(ulong to)
    {
        RecordedTo = Math.Max(RecordedTo, to);
        span.Extend(RecordedTo);
    }

    private void Skip(ulong to)
    {
        if (to > RecordedTo)
        {
            sink.Settle();
            tracker.Pause(RecordedTo, to);
            span.Pause(to);
            RecordedTo = to;
        }
    }

    private void Announce()
    {
        if (!isAnnounced)
        {
            isAnnounced = true;
            sink.Take([], span);
        }
    }

    private void Give(ReadOnlySpan<Connection> connections, IConnectionSink sink)
    {
        while (!connections.IsEmpty)
        {
            var some = connections[..Math.Min(connections.Length, 2 * BatchEvents)];
            connections = connections[some.Length..];
            some = filter.IsAny ? some : Wanted(some);
            if (!some.IsEmpty)
            {
                sink.Take(some, span);
            }
        }
    }

    private ReadOnlySpan<Connection> Wanted(ReadOnlySpan<Connection> connections)
    {
        context = filter.Where is null ? null : ConnectionContext.Of(span, context);
        var count = 0;
        foreach (ref readonly var connection in connections)
        {
            wanted[count] = connection.AsOf(span.Window.To);
            if (filter.Matches(in wanted[count], OpeningOf(in wanted[count]), context))
            {
                count++;
            }
        }

        return wanted.AsSpan(0, count);
    }

    private EventFilter OpeningOf(in Connection connection) =>
        connection.Renames == span.History.Renames ? opening : opening with { Names = connection.NamesIn(span) };
}
