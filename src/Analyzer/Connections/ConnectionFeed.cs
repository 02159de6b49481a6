using TraceCap.Analyzer.Filters;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

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

    // Which section told of what was lost up to a time. Of a loss that another had told of the copy tells the same.
    private readonly Dictionary<(ulong Time, LossCounters LossCounters), FedSection> losses = [];
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

    /// <summary>Closes that ended no connection, see <see cref="ConnectionTracker.ClosesLeftOut"/>.</summary>
    public long ClosesLeftOut { get; private set; }

    /// <summary>The captures that are still to be read, that which is read next first; null for what is not known of one. Events
    /// that a later section may have as well are remembered, until it has been read. None are if this is not set.</summary>
    public IReadOnlyList<CaptureStarts?> Ahead { get; set; } = [];

    /// <summary>How many events were remembered at once, at most, since they might have come again.</summary>
    internal int RememberedAtMost => seen.Most;

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
        foreach (var _ in Blocks(events))
        {
            // Their connections are with the sink.
        }
    }

    /// <summary>The same, block by block: who asks for the next one has been given the connections of all before.</summary>
    internal IEnumerable<int> Blocks(EventStream events)
    {
        var ahead = new SectionsAhead(Ahead);
        var section = new FedSection(0) { IsKnown = true };
        var damage = 0L;
        try
        {
            bool more;
            do
            {
                more = events.ReadBlock(out var batch);
                if (more && events.Section != section.Number)
                {
                    section = new FedSection(events.Section) { IsKnown = !sections.Add(events.FileId) };
                    Remember(events, ahead);
                }

                if (section.IsKnown)
                {
                    Repeated += batch.Length;
                }
                else
                {
                    Take(section, events, batch, isDamaged: events.Reader.Damage.Count != damage);
                }

                // What is damaged between two sections may be of the one or of the other.
                damage = events.SectionEnded ? damage : events.Reader.Damage.Count;
                yield return section.Number;
            }
            while (more);
        }
        finally
        {
            if (section is { IsKnown: false, IsEnded: false } && section.End(events, isDamaged: false) is { } loss)
            {
                Take(section, events, in loss);
                Count(section, events, []);
            }
        }

        if (recordings.Count > 0 && recordedTo < Recording.Window.To)
        {
            Recording.IsDamaged |= events.Reader.Damage.Count != damage;
            Recording.IsTruncated |= events.Reader.Truncated > 0 || events.Reader.TruncatedBefore is not null;
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

        ClosesLeftOut += tracker.ClosesLeftOut;
        tracker = null;
    }

    /// <summary>Sees to it that what a later section has again is known then, and no more than that.</summary>
    private void Remember(EventStream events, SectionsAhead ahead)
    {
        var from = ahead.MayComeAgainFrom(events.Section, events.Header?.BootId ?? "");
        seen.RememberFrom(from, Math.Min(from, events.Header?.Start?.Monotonic ?? 0));
    }

    private void Take(FedSection section, EventStream events, ReadOnlySpan<TcpEvent> batch, bool isDamaged)
    {
        var fresh = seen.TakeFresh(batch);
        var repeated = batch.Length - fresh.Length;
        Repeated += repeated;
        section.Repeated += (ulong)repeated;
        section.First ??= batch.IsEmpty ? null : batch[0].Timestamp;
        if (section.FollowLosses(events, isDamaged) is { } loss)
        {
            Take(section, events, in loss);
        }

        if (!IsBegun(section, events, fresh))
        {
            return;
        }

        Name(events.Names);
        Recording.IsDamaged |= isDamaged || events is { SectionEnded: false, Reader.Context.Missing.IsNone: false };
        Count(section, events, fresh);
        Overlapping += section.IsOverlapping ? fresh.Length : 0;
        Add(section, fresh);
        Advance(section, Math.Max(recordedTo, events.RecordedTo));
    }

    /// <summary>Takes losses, unless another section told of them: what is of a recorder's time that was read before, or the same
    /// number up to the same time.</summary>
    private void Take(FedSection section, EventStream events, in DatedLoss loss)
    {
        if (!loss.IsLossy)
        {
            return;
        }

        var isSameBoot = tracker is not null && IsOfThisBoot(events);
        if (isSameBoot && ((section.Repeated > 0 && loss.To <= recordedTo && !section.IsBegun)
            || (losses.TryGetValue(loss.Key, out var teller) && teller != section)))
        {
            section.LossesRepeated += loss.LossCounters.Lost;
            return;
        }

        losses.TryAdd(loss.Key, section);
        section.Add(in loss);
    }

    private bool IsOfThisBoot(EventStream events) => events.Header is { BootId.Length: > 0 } header && header.BootId == Recording.BootId;

    /// <summary>Decides what a section belongs to, as soon as that can be told.</summary>
    private bool IsBegun(FedSection section, EventStream events, ReadOnlySpan<TcpEvent> fresh)
    {
        if (section.IsBegun)
        {
            return true;
        }

        // What tells nothing but how many events there should have been tells that all the same.
        var isAllRead = events.SectionEnded && events.LossCounters != default;
        if ((events.Known.Begin ?? (isAllRead ? events.RecordedTo : null)) is not { } begin)
        {
            return false;
        }

        IReadOnlyList<RecordedPeriod> recorded = events.Header?.Recorded is { Count: > 0 } told ? told : [new RecordedPeriod(begin, ulong.MaxValue)];
        if (events.Header is { ClaimsTooMuch: true })
        {
            if (section.First is null && !isAllRead)
            {
                return false;
            }

            recorded = [new RecordedPeriod(section.First ?? events.RecordedTo, ulong.MaxValue)];
        }

        var isSameBoot = tracker is not null && IsOfThisBoot(events);
        var isEarlier = !fresh.IsEmpty && fresh[0].Timestamp < lastEvent;
        // Whatever has some of the same events is of the same recorder, whose events may come a little late.
        section.IsOverlapping = isSameBoot && isEarlier && begin < lastEvent && section.Repeated == 0;
        if (!isSameBoot && fresh.IsEmpty)
        {
            seen.Clear();
        }

        if (!isSameBoot || section.IsOverlapping)
        {
            section.Begin(recorded);
            Begin(events, begin, recorded[0].From);
            return true;
        }

        if (fresh.IsEmpty && events.RecordedTo <= recordedTo && !section.HasLoss)
        {
            return false;
        }

        Recording.Describe(events.Header);
        (namesBefore, named) = (Recording.Names, null);
        section.Begin(recorded);
        Skip(section.Period.From);
        return true;
    }

    private void Begin(EventStream events, ulong origin, ulong start)
    {
        End();
        var anchor = events.Header?.Start ?? events.Known.Clocks.At(start);
        opening = filter.Opening.Resolve(events.Known with { Begin = origin, Clock = anchor });
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
    private void Count(FedSection section, EventStream events, ReadOnlySpan<TcpEvent> fresh)
    {
        if (!section.IsBegun)
        {
            return;
        }

        var window = Recording.Window;
        var isAll = window == new RecordedPeriod(0, ulong.MaxValue);
        var emitted = CountWithin(fresh, window, isAll);
        if (section.TakeLoss() is { } loss && (isAll || loss.IsWithin(window)))
        {
            var from = Math.Max(loss.From, section.Start);
            var to = Math.Max(loss.To, from);
            Recording.LossCounters += loss.LossCounters with { Emitted = 0 };
            emitted += loss.LossCounters.Lost;
            tracker!.NoteLoss(from, to);
            Recording.NoteLoss(from, to);
        }

        if (isAll)
        {
            var repeated = section.Repeated + section.LossesRepeated;
            var all = events.LossCounters.Emitted - Math.Min(events.LossCounters.Emitted, repeated);
            emitted = all - section.EmittedCounted;
            section.EmittedCounted = all;
        }

        Recording.LossCounters += new LossCounters(emitted, 0, 0, 0, 0);
    }

    private static ulong CountWithin(ReadOnlySpan<TcpEvent> events, RecordedPeriod window, bool isAll)
    {
        var count = 0ul;
        if (isAll)
        {
            return count;
        }

        foreach (ref readonly var one in events)
        {
            count += one.Timestamp >= window.From && one.Timestamp < window.To ? 1ul : 0;
        }

        return count;
    }

    private void Add(FedSection section, ReadOnlySpan<TcpEvent> events)
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
    private void Advance(FedSection section, ulong to)
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
}
