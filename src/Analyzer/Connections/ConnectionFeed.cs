using TraceCap.Format;

namespace TraceCap.Analyzer.Connections;

/// <summary>
/// Reads captures as connections. Captures of one boot of one host, given in the order of time, are one: a connection
/// may be opened in the one and closed in the other. What lies between them counts as lost.
/// </summary>
/// <param name="sink">Where they go.</param>
/// <param name="filter">Which of them.</param>
public sealed class ConnectionFeed(IConnectionSink sink, ConnectionFilter filter)
{
    // Keeps what is handed on within the processor's cache.
    private const int BatchEvents = 1024;

    private readonly List<RecordedSpan> recordings = [];
    private readonly Connection[] wanted = new Connection[2 * BatchEvents];
    private ConnectionTracker? tracker;
    private EventFilter opening = filter.Opening.Events;
    private ulong lastEvent;

    /// <summary>What has been recorded, one after another.</summary>
    public IReadOnlyList<RecordedSpan> Recordings => recordings;

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
        var section = 0;
        var damage = 0L;
        var ledger = default(Ledger);
        while (events.Read(out var batch))
        {
            if (section != events.Section)
            {
                section = events.Section;
                ledger = default;
                Begin(events, batch[0].Timestamp);
            }

            var now = events.Ledger;
            Recording.End = Math.Max(Recording.End, Math.Max(batch[^1].Timestamp, events.RecordedTo));
            Recording.Ledger += now - ledger;
            if (now.Lost + now.ProbeMissed != ledger.Lost + ledger.ProbeMissed || events.Reader.Damage.Count != damage)
            {
                NoteLoss(lastEvent, Recording.End);
            }

            lastEvent = batch[^1].Timestamp;
            (ledger, damage) = (now, events.Reader.Damage.Count);
            for (; !batch.IsEmpty; batch = batch[Math.Min(batch.Length, BatchEvents)..])
            {
                Give(tracker!.Add(batch[..Math.Min(batch.Length, BatchEvents)]));
            }
        }

        if (section == events.Section)
        {
            Recording.End = Math.Max(Recording.End, events.RecordedTo);
        }
    }

    /// <summary>Hands on what is open: no capture follows.</summary>
    public void End()
    {
        if (tracker is null)
        {
            return;
        }

        ReadOnlySpan<Connection> open;
        while (!(open = tracker.TakeOpen(Recording.End, BatchEvents)).IsEmpty)
        {
            Give(open);
        }

        tracker = null;
    }

    private void Begin(EventStream events, ulong firstEvent)
    {
        var header = events.Header;
        var start = Math.Min(header?.Start?.Monotonic ?? firstEvent, firstEvent);
        if (tracker is not null && header is { BootId.Length: > 0 } && header.BootId == Recording.BootId
            && firstEvent >= lastEvent)
        {
            if (start > Recording.End)
            {
                NoteLoss(Recording.End, start);
            }

            events.Names.Continue(Recording.Names);
            Recording.Names = events.Names;
            opening = opening with { Names = events.Names };
            return;
        }

        End();
        tracker = new ConnectionTracker(start);
        lastEvent = start;
        opening = filter.Opening.Resolve(events.Begin!.Value, events.Clocks.At(firstEvent), events.Names);
        recordings.Add(new RecordedSpan
        {
            Host = header?.Host ?? "",
            BootId = header?.BootId ?? "",
            Start = start,
            End = start,
            Names = events.Names,
            WallOffset = (header?.Start ?? events.Clocks.At(firstEvent))?.WallOffset,
        });
    }

    private void NoteLoss(ulong from, ulong to)
    {
        tracker!.NoteLoss(from, to);
        Recording.NoteLoss(from, to);
    }

    private void Give(ReadOnlySpan<Connection> connections)
    {
        if (!filter.IsAny)
        {
            var count = 0;
            foreach (ref readonly var connection in connections)
            {
                if (filter.Matches(in connection, opening))
                {
                    wanted[count++] = connection;
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
