using TraceCap.Format;

namespace TraceCap.Recorder;

/// <summary>
/// Writes what is recorded into a capture. A chunk is closed when it is full, or <see cref="FlushInterval"/> after
/// something came that a reader cannot see yet: so a crash loses no more than that.
/// </summary>
public sealed class CaptureSink : IEventSink
{
    private const ulong NanosecondsPerMillisecond = 1_000_000;
    private const ulong AnchorInterval = 60_000 * NanosecondsPerMillisecond;
    private const long AnchorTolerance = (long)NanosecondsPerMillisecond;

    private readonly CaptureWriter writer;
    private readonly Func<ClockAnchor> readClocks;
    private readonly ulong maxEvents;
    private ClockAnchor anchor;
    private ulong? behindSince;
    private ulong counted;

    /// <summary>Begins the capture.</summary>
    /// <param name="output">Gets one write for each block.</param>
    /// <param name="header">Its <see cref="CaptureHeader.Start"/> is the first clock anchor.</param>
    /// <param name="readClocks">Reads the clocks now.</param>
    /// <param name="maxEvents">As many events are written at most, those not counted of connections that were open
    /// before.</param>
    public CaptureSink(Stream output, CaptureHeader header, Func<ClockAnchor> readClocks, ulong maxEvents = ulong.MaxValue)
    {
        // A chunk that fills up in the middle of a drain promises what was settled before that drain: so never null.
        writer = new CaptureWriter(output, header) { Settled = 0, Ledger = default(Ledger) };
        this.readClocks = readClocks;
        this.maxEvents = maxEvents;
        anchor = header.Start ?? readClocks();
    }

    /// <summary>How long an event waits at most for its chunk to be closed.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Events taken so far.</summary>
    public ulong Events => writer.Events;

    /// <summary>Events that are in the capture already.</summary>
    public ulong EventsWritten => writer.EventsWritten;

    /// <summary>Bytes written so far.</summary>
    public long Length => writer.Length;

    /// <summary>Events written so far, by type.</summary>
    public IReadOnlyDictionary<TcpEventType, ulong> EventsByType => writer.EventsByType;

    /// <summary>Where events went since the recording began.</summary>
    public Ledger Ledger => writer.Ledger ?? default;

    /// <inheritdoc />
    public bool Take(ReadOnlySpan<TcpEvent> events, in DrainState state)
    {
        // Before the events: a chunk that fills up with them must not hold more than its ledger knows of.
        writer.Ledger = state.Ledger;
        writer.Append(events[..Wanted(events)]);
        writer.Settled = state.Settled;
        CloseInTime(state.Now);
        AnchorClocks();
        return counted < maxEvents;
    }

    /// <summary>Ends the capture.</summary>
    /// <param name="reason">Why it ended, in a few words.</param>
    public void Complete(string reason)
    {
        if (counted == maxEvents)
        {
            // What came after the last event that was wanted is not part of the recording, and not lost either.
            var ledger = Ledger;
            writer.Ledger = ledger with { Emitted = writer.Events + ledger.Lost };
        }

        writer.Complete(reason, readClocks());
    }

    /// <summary>How many of these events there is still room for.</summary>
    private int Wanted(ReadOnlySpan<TcpEvent> events)
    {
        var wanted = 0;
        while (wanted < events.Length && counted < maxEvents)
        {
            counted += events[wanted++].Type == TcpEventType.Open ? 0ul : 1;
        }

        return wanted;
    }

    private void CloseInTime(ulong now)
    {
        behindSince = writer.IsBehind ? behindSince ?? now : null;
        if (now - behindSince >= (ulong)FlushInterval.TotalNanoseconds)
        {
            writer.CloseChunk();
            behindSince = writer.IsBehind ? now : null;
        }
    }

    /// <summary>Writes the clocks down once a minute, and when the wall clock has moved against the monotonic one.</summary>
    private void AnchorClocks()
    {
        var clocks = readClocks();
        if (clocks.Monotonic - anchor.Monotonic >= AnchorInterval
            || Math.Abs(clocks.WallOffset - anchor.WallOffset) > AnchorTolerance
            || Math.Abs(clocks.Suspended - anchor.Suspended) > AnchorTolerance)
        {
            writer.WriteContext(new CaptureContext { Clocks = [clocks] });
            anchor = clocks;
        }
    }
}
