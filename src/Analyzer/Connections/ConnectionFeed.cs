using TraceCap.Format;

namespace TraceCap.Analyzer.Connections;

/// <summary>
/// Reads captures as connections. Captures of one boot of one host, given in the order of time, are one: a connection
/// may be opened in the one and closed in the other. Of what lies between them nothing is known; what several of them have
/// counts once.
/// </summary>
/// <param name="sink">Where they go. For each recording it is called before its first connection, with none.</param>
/// <param name="filter">Which of them.</param>
public sealed class ConnectionFeed(IConnectionSink sink, ConnectionFilter filter)
{
    // Keeps what is handed on within the processor's cache.
    private const int BatchEvents = 1024;

    private readonly List<RecordedSpan> recordings = [];
    private readonly HashSet<Guid> sections = [];
    private readonly SeenEvents seen = new();
    private readonly Connection[] wanted = new Connection[2 * BatchEvents];
    private ConnectionTracker? tracker;
    private EventFilter opening = filter.Opening.Events;
    private CaptureNames? namesBefore;
    private CaptureNames? named;
    private bool isAnnounced;
    private ulong lastEvent;
    private ulong recordedTo;

    /// <summary>What has been recorded, one after another.</summary>
    public IReadOnlyList<RecordedSpan> Recordings => recordings;

    /// <summary>Events that had been read before, from another capture, and were not counted again.</summary>
    public long Repeated { get; private set; }

    /// <summary>Events that are of a time which another capture of the same boot has already, but of another recorder: they
    /// count as a recording of its own.</summary>
    public long Overlapping { get; private set; }

    /// <summary>Captures that follow may have the events from this time on as well, CLOCK_MONOTONIC ns: they are remembered. None
    /// are if it is not set.</summary>
    public ulong MayComeAgainFrom { get; set; } = ulong.MaxValue;

    private RecordedSpan Recording => recordings[^1];

    /// <summary>Reads one capture of which no other is the continuation.</summary>
    /// <param name="capture">A capture file. What is damaged or cut off in it is passed over.</param>
    /// <param name="sink">Where the connections go.</param>
    /// <param name="filter">Which of them; null: all.</param>
    /// <returns>What they were recorded in.</returns>
    /// <exception cref="CaptureFormatException">It is no capture, or of a format that this version does not know.</exception>
    public static IReadOnlyList<RecordedSpan> ReadAll(Stream capture, IConnectionSink sink, ConnectionFilter? filter = null)
    {
        var feed = new ConnectionFeed(sink, filter ?? new ConnectionFilter());
        feed.Read(new EventStream(CaptureReader.Open(capture)));
        feed.End();
        return feed.recordings;
    }

    /// <summary>Reads one capture to its end, but keeps what is open for the next.</summary>
    /// <inheritdoc cref="CaptureFilter.Resolve" path="/exception" />
    public void Read(EventStream events)
    {
        var number = 0;
        var isKnown = false;
        var section = new Section();
        var damage = 0L;
        while (events.ReadBlock(out var batch))
        {
            if (events.Section != number)
            {
                (number, section) = (events.Section, new Section());
                isKnown = !sections.Add(events.FileId);
            }

            var fresh = isKnown ? [] : seen.TakeFresh(batch, MayComeAgainFrom);
            var repeated = batch.Length - fresh.Length;
            Repeated += repeated;
            section.Repeated += repeated;
            if (isKnown || !IsBegun(section, events, fresh))
            {
                continue;
            }

            Name(events.Names);
            var now = events.Reader.Damage.Count;
            Account(section, events, batch, repeated, isDamaged: now != damage);
            damage = now;
            Overlapping += section.IsOverlapping ? fresh.Length : 0;
            Add(section, fresh);
            Advance(section, Math.Max(recordedTo, events.RecordedTo));
            if (events.Reader.Section == events.Section)
            {
                section.Settled = Math.Max(section.Settled, events.Reader.Block.Settled);
            }
        }

        if (recordings.Count > 0 && recordedTo < Recording.Window.To)
        {
            Recording.IsDamaged |= events.Reader.Damage.Count != damage;
            Recording.IsCutShort |= events.Reader.CutShort > 0 || events.Reader.CutShortBefore is not null;
        }
    }

    /// <summary>Hands on what is open: no capture follows.</summary>
    public void End()
    {
        if (tracker is null)
        {
            return;
        }

        Announce();
        ReadOnlySpan<Connection> open;
        while (!(open = tracker.TakeOpen(recordedTo, BatchEvents)).IsEmpty)
        {
            Give(open);
        }

        tracker = null;
    }

    /// <summary>Decides what a section belongs to, as soon as that can be told.</summary>
    private bool IsBegun(Section section, EventStream events, ReadOnlySpan<TcpEvent> fresh)
    {
        if (section.IsBegun)
        {
            return true;
        }

        if (events.Known.Begin is not { } begin)
        {
            return false;
        }

        var isSameBoot = tracker is not null && events.Header is { BootId.Length: > 0 } header && header.BootId == Recording.BootId;
        var isEarlier = !fresh.IsEmpty && fresh[0].Timestamp < lastEvent;
        // Whatever has some of the same events is of the same recorder, whose events may come a little late.
        section.IsOverlapping = isSameBoot && isEarlier && begin < lastEvent && section.Repeated == 0;
        IReadOnlyList<RecordedPeriod> recorded = events.Header?.Recorded is { Count: > 0 } told ? told : [new RecordedPeriod(begin, ulong.MaxValue)];
        if (!isSameBoot && fresh.IsEmpty)
        {
            seen.Clear();
        }

        if (!isSameBoot || section.IsOverlapping)
        {
            section.Begin(recorded, knownTo: 0);
            Begin(events, begin, recorded[0].From);
            return true;
        }

        if (fresh.IsEmpty && events.RecordedTo <= recordedTo)
        {
            return false;
        }

        Recording.Describe(events.Header);
        (namesBefore, named) = (Recording.Names, null);
        section.Begin(recorded, knownTo: begin < recordedTo ? recordedTo : 0);
        Skip(section.Period.From);
        return true;
    }

    private void Begin(EventStream events, ulong origin, ulong start)
    {
        End();
        var anchor = events.Header?.Start ?? events.Known.Clocks.At(start);
        opening = filter.Opening.Resolve(events.Known with { Clock = anchor });
        (namesBefore, named) = (null, null);
        var from = Math.Clamp(start, opening.Window.From, Math.Max(opening.Window.From, opening.Window.To));
        recordings.Add(new RecordedSpan
        {
            Host = events.Header?.Host ?? "",
            BootId = events.Header?.BootId ?? "",
            Start = from,
            End = from,
            Origin = origin,
            Window = opening.Window,
            WallOffset = anchor?.WallOffset,
        });
        Recording.Describe(events.Header);
        tracker = new ConnectionTracker(start);
        (lastEvent, recordedTo, isAnnounced) = (start, start, false);
    }

    /// <summary>Knows the names that a section has given so far, and those of the sections that it continues.</summary>
    private void Name(CaptureNames names)
    {
        if (names != named)
        {
            named = names;
            Recording.Names = namesBefore is { } before ? names.Continuing(before) : names;
            opening = opening with { Names = Recording.Names };
        }
    }

    /// <summary>Notes what became of the events of a block, as far as it is in the time that is wanted and new.</summary>
    private void Account(Section section, EventStream events, ReadOnlySpan<TcpEvent> batch, int repeated, bool isDamaged)
    {
        var more = events.Ledger - section.Ledger;
        section.Ledger = events.Ledger;
        var from = Math.Max(section.Settled, Math.Max(lastEvent, section.Period.From));
        var to = Math.Max(events.RecordedTo, batch.IsEmpty ? 0 : batch[^1].Timestamp);
        var window = Recording.Window;
        if (to < window.From || from >= window.To || (events.RecordedTo <= section.KnownTo && more != default))
        {
            return;
        }

        if (window == new RecordedPeriod(0, ulong.MaxValue))
        {
            Recording.Ledger += more with { Emitted = more.Emitted - Math.Min(more.Emitted, (ulong)repeated) };
        }
        else
        {
            Recording.Ledger += more with { Emitted = more.Lost + CountWithin(batch, window) };
        }

        Recording.IsDamaged |= isDamaged || events.Reader.Context is { Missing.IsNone: false };
        if (more.Lost + more.ProbeMissed > 0 || isDamaged)
        {
            tracker!.NoteLoss(from, to);
            Recording.NoteLoss(from, to);
        }
    }

    private static ulong CountWithin(ReadOnlySpan<TcpEvent> events, RecordedPeriod window)
    {
        var count = 0ul;
        foreach (ref readonly var one in events)
        {
            count += one.Timestamp >= window.From && one.Timestamp < window.To ? 1ul : 0;
        }

        return count;
    }

    private void Add(Section section, ReadOnlySpan<TcpEvent> events)
    {
        if (events.IsEmpty)
        {
            return;
        }

        if (!isAnnounced)
        {
            Recording.BeginEarlier(events[0].Timestamp);
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

            lastEvent = events[count - 1].Timestamp;
            Give(tracker!.Add(events[..count]));
            events = events[count..];
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

    /// <summary>Goes on to a time up to which the section is known, over the times in which nothing was recorded.</summary>
    private void Advance(Section section, ulong to)
    {
        while (section.HasMore && to >= section.Period.To)
        {
            Extend(section.Period.To);
            section.Next();
            Skip(section.Period.From);
        }

        Extend(Math.Min(to, section.Period.To));
    }

    private void Extend(ulong to)
    {
        recordedTo = Math.Max(recordedTo, to);
        Recording.Extend(recordedTo);
    }

    private void Skip(ulong to)
    {
        if (to > recordedTo)
        {
            tracker!.Pause(recordedTo, to);
            Recording.Pause(to);
            recordedTo = to;
        }
    }

    private void Announce()
    {
        if (!isAnnounced)
        {
            isAnnounced = true;
            sink.Take([], Recording);
        }
    }

    private void Give(ReadOnlySpan<Connection> connections)
    {
        if (!filter.IsAny)
        {
            var end = Recording.Window.To;
            var count = 0;
            foreach (ref readonly var connection in connections)
            {
                wanted[count] = connection.Ended >= end && connection.Ending != ConnectionEnding.Failed ? connection.OpenAt(end) : connection;
                if (filter.Matches(in wanted[count], opening))
                {
                    count++;
                }
            }

            connections = wanted.AsSpan(0, count);
        }

        if (!connections.IsEmpty)
        {
            sink.Take(connections, Recording);
        }
    }

    /// <summary>How far a section has been read.</summary>
    private sealed class Section
    {
        private IReadOnlyList<RecordedPeriod> periods = [];
        private int place;

        internal bool IsBegun => periods.Count > 0;

        internal bool IsOverlapping { get; set; }

        /// <summary>Its events that were read before.</summary>
        internal long Repeated { get; set; }

        internal Ledger Ledger { get; set; }

        /// <summary>All its earlier events have been given.</summary>
        internal ulong Settled { get; set; }

        /// <summary>What it tells of the time before is known from another.</summary>
        internal ulong KnownTo { get; private set; }

        /// <summary>The time of recording that has been reached.</summary>
        internal RecordedPeriod Period => periods[place];

        internal bool HasMore => place < periods.Count - 1;

        internal void Next() => place++;

        internal void Begin(IReadOnlyList<RecordedPeriod> recorded, ulong knownTo) => (periods, KnownTo) = (recorded, knownTo);
    }
}
