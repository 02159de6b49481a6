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
/// <param name="sink">Where they go. For each recording it is called before its first connection, with none; at the end it gets all recordings.</param>
/// <param name="filter">Which of them.</param>
internal sealed class ConnectionFeed(IConnectionSink sink, ConnectionFilter filter)
{
    private readonly List<RecordedSpan> recordings = [];
    private readonly HashSet<Guid> sections = [];

    private readonly FedLosses losses = new();
    private readonly SeenEvents seen = new();
    private FedRecording? current;
    private ulong? held;

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

    /// <summary>Up to when all events of the last recording have been read, CLOCK_MONOTONIC ns: those that are held back, as earlier ones may come,
    /// have not.</summary>
    internal ulong SettledTo => recordings.Count == 0 ? 0 : Math.Min(recordings[^1].End, held ?? ulong.MaxValue);

    /// <summary>What is asked for of the openings.</summary>
    internal CaptureFilter Opening => filter.Opening;

    /// <summary>How many events were remembered at once, at most, since they might have come again.</summary>
    internal int RememberedAtMost => seen.Most;

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

                held = events.Order.EarliestHeld;
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
                losses.Take(in loss, section, RecordingOf(events));
                Count(section, events, []);
            }
        }

        if (current is not null && current.RecordedTo < current.Span.Window.To)
        {
            current.Span.IsDamaged |= events.Reader.Damage.Count != damage;
            current.Span.IsTruncated |= events.Reader.Truncated > 0 || events.Reader.TruncatedBefore is not null;
        }
    }

    /// <summary>Hands on what is open by now, as if nothing followed; what follows may be read all the same.</summary>
    /// <param name="sink">Gets them.</param>
    internal void ShowOpen(IConnectionSink sink) => current?.ShowOpen(sink);

    /// <summary>Hands on what is open, and what all was recorded in: no capture follows.</summary>
    public void End()
    {
        EndRecording();
        sink.End(recordings);
    }

    private void EndRecording()
    {
        if (current is not null)
        {
            current.End();
            ClosesLeftOut += current.ClosesLeftOut;
            current = null;
        }
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
            losses.Take(in loss, section, RecordingOf(events));
        }

        if (!IsBegun(section, events, fresh) || current is null)
        {
            return;
        }

        current.Name(events.Names);
        current.SetClocks(events.Known.Clocks);
        current.Span.IsDamaged |= isDamaged || events is { SectionEnded: false, Reader.Context.Missing.IsNone: false };
        Count(section, events, fresh);
        Overlapping += section.IsOverlapping ? fresh.Length : 0;
        if (current.Span.History.Renames > 0 && repeated == 0)
        {
            current.Add(section, events, batch);
        }
        else
        {
            current.Add(section, fresh);
        }

        current.Advance(section, Math.Max(current.RecordedTo, events.RecordedTo));
    }

    private void Count(FedSection section, EventStream events, ReadOnlySpan<TcpEvent> fresh)
    {
        if (section.IsBegun && current is not null)
        {
            FedLosses.Count(section, current, events.LossCounters, fresh);
        }
    }

    /// <summary>What is read, if a section is of the same boot; else null.</summary>
    private FedRecording? RecordingOf(EventStream events) =>
        events.Header is { BootId.Length: > 0 } header && header.BootId == current?.Span.BootId ? current : null;

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

        var continued = RecordingOf(events);
        var isEarlier = !fresh.IsEmpty && fresh[0].Timestamp < continued?.LastEvent;
        // Whatever has some of the same events is of the same recorder, whose events may come a little late.
        section.IsOverlapping = isEarlier && begin < continued?.LastEvent && section.Repeated == 0;
        if (continued is null && fresh.IsEmpty)
        {
            seen.Clear();
        }

        if (continued is null || section.IsOverlapping)
        {
            section.Begin(recorded);
            Begin(events, begin, recorded[0].From);
            return true;
        }

        if (fresh.IsEmpty && events.RecordedTo <= continued.RecordedTo && !section.HasLoss)
        {
            return false;
        }

        section.Begin(recorded);
        continued.Continue(section, events.Header);
        return true;
    }

    private void Begin(EventStream events, ulong origin, ulong start)
    {
        EndRecording();
        var anchor = events.Header?.Start ?? events.Known.Clocks.At(start);
        var opening = filter.Opening.Resolve(events.Known with { Begin = origin, Clock = anchor });
        var from = Math.Clamp(start, opening.Window.From, Math.Max(opening.Window.From, opening.Window.To));
        var span = new RecordedSpan
        {
            Host = events.Header?.Host ?? "",
            BootId = events.Header?.BootId ?? "",
            Start = from,
            End = from,
            Origin = origin,
            Window = opening.Window,
            IsFiltered = !filter.IsAny,
            WallOffset = anchor?.WallOffset,
        };
        span.Describe(events.Header);
        recordings.Add(span);
        current = new FedRecording(span, start, sink, filter, opening) { AwaitsEnds = RecorderOptions.NoteEnds(events.Header) };
    }
}
