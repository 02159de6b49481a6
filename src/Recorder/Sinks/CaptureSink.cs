using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Writing;
using TraceCap.Recorder.Session;

namespace TraceCap.Recorder.Sinks;

/// <summary>
/// Writes what is recorded into one capture. A chunk is closed when it is full, or <see cref="FlushInterval"/> after
/// something came that a reader cannot see yet: so a crash loses no more than that.
/// </summary>
internal sealed class CaptureSink : IEventSink
{
    private const ulong NanosecondsPerMillisecond = 1_000_000;
    private const ulong AnchorInterval = 60_000 * NanosecondsPerMillisecond;
    private const long AnchorTolerance = (long)NanosecondsPerMillisecond;

    private readonly CaptureWriter writer;
    private readonly Func<ClockAnchor> readClocks;
    private readonly NameScribe? names;
    private ClockAnchor anchor;
    private ulong? behindSince;

    /// <summary>Begins the capture.</summary>
    /// <param name="output">Gets one write for each block.</param>
    /// <param name="header">Its <see cref="CaptureHeader.Start"/> is the first clock anchor.</param>
    /// <param name="readClocks">Reads the clocks now.</param>
    /// <param name="names">Knows what events refer to; null if nothing is to be named.</param>
    internal CaptureSink(Stream output, CaptureHeader header, Func<ClockAnchor> readClocks, INames? names = null)
    {
        // A chunk that fills up in the middle of a drain promises what was settled before that drain: so never null.
        writer = new CaptureWriter(output, header) { Watermark = 0, LossCounters = default(LossCounters) };
        this.readClocks = readClocks;
        this.names = names is null ? null : new NameScribe(writer, names);
        anchor = header.Start ?? readClocks();
    }

    /// <summary>How long an event waits at most for its chunk to be closed.</summary>
    internal TimeSpan FlushInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc cref="SeriesOptions.KeepsTime" />
    internal bool KeepsTime { get; init; }

    /// <summary>Events taken so far.</summary>
    internal ulong Events => writer.Events;

    /// <summary>Events that are in the capture already.</summary>
    internal ulong EventsWritten => writer.EventsWritten;

    /// <summary>Bytes written so far.</summary>
    internal long Length => writer.Length;

    /// <summary>Events written so far, by type.</summary>
    internal IReadOnlyDictionary<TcpEventType, ulong> EventsByType => writer.EventsByType;

    /// <summary>Where events went since the capture began.</summary>
    internal LossCounters LossCounters => writer.LossCounters ?? default;

    /// <summary>The same, as the blocks written so far have it.</summary>
    internal LossCounters LedgerWritten => writer.LedgerWritten;

    /// <summary>Whether the events came that the blocks written so far say there are: only then can another capture begin
    /// where this one ends.</summary>
    internal bool CanGiveWay => writer.Events + LossCounters.Lost >= writer.LedgerWritten.Emitted;

    /// <inheritdoc />
    public bool Take(ReadOnlySpan<TcpEvent> events, in DrainState state)
    {
        // Before the events: a chunk that fills up with them must not hold more than its ledger knows of.
        writer.LossCounters = state.LossCounters;
        names?.Note(events);
        writer.Append(events);
        writer.Watermark = state.Watermark;
        CloseInTime(state.Now);
        AnchorClocks();
        return true;
    }

    /// <summary>Closes the open chunk, if it has events.</summary>
    internal void CloseChunk()
    {
        if (writer.IsBehind)
        {
            writer.CloseChunk();
            behindSince = null;
        }
    }

    /// <summary>Ends the capture.</summary>
    /// <param name="reason">Why it ended, in a few words.</param>
    /// <param name="cut">Whether it ends before what the probes saw does: the rest is not part of it, and not lost.</param>
    internal void Complete(string reason, bool cut)
    {
        if (cut)
        {
            writer.LossCounters = LossCounters with { Emitted = writer.Events + LossCounters.Lost };
        }

        writer.Complete(reason, readClocks());
    }

    /// <summary>Ends the capture after a write failed, without the events that were to be written.</summary>
    /// <param name="reason">Why it ended, in a few words.</param>
    /// <param name="ledger">Where events went, those included.</param>
    internal void CompleteWithoutRest(string reason, in LossCounters ledger)
    {
        writer.Discard();
        writer.LossCounters = ledger;
        writer.Complete(reason, readClocks());
    }

    private void CloseInTime(ulong now)
    {
        behindSince = writer.IsBehind || KeepsTime ? behindSince ?? now : null;
        if (now - behindSince >= (ulong)FlushInterval.TotalNanoseconds)
        {
            writer.CloseChunk();
            behindSince = writer.IsBehind || KeepsTime ? now : null;
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
