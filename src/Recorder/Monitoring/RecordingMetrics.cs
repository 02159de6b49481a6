using TraceCap.Format.Events;
using TraceCap.Recorder.Kernel;
using TraceCap.Recorder.Sinks;

namespace TraceCap.Recorder.Monitoring;

/// <summary>What a recording tells whoever watches over it, at one moment.</summary>
/// <param name="IsUp">Whether it goes on.</param>
/// <param name="Totals">How far it is.</param>
/// <param name="Ring">How full its ring buffer is.</param>
/// <param name="Start">When it began, nanoseconds since 1970 UTC.</param>
/// <param name="LastEvent">When the last event happened, nanoseconds since 1970 UTC; null without one.</param>
internal readonly record struct RecordingMetrics(bool IsUp, RecordingTotals Totals, RingFill Ring, ulong Start, ulong? LastEvent)
{
    private const decimal NanosecondsPerSecond = 1e9m;

    /// <summary>All of it as metrics.</summary>
    public override string ToString()
    {
        var losses = Totals.LossCounters;
        var text = new MetricsText()
            .Family("tracecap_up", "Whether the recording goes on: 1, or 0 once it has ended.").Sample(IsUp ? 1 : 0)
            .Family("tracecap_start_time_seconds", "When the recording began, in seconds since 1970 UTC.").Sample((double)(Start / NanosecondsPerSecond))
            .Family("tracecap_events_total", "Events in captures, by type.");
        foreach (var type in EventTypes.All)
        {
            text.Sample(Totals.EventsByType.GetValueOrDefault(type.Type), ("type", type.Word));
        }

        text.Family("tracecap_events_emitted_total", "Events that the probes saw and the filters let through.").Sample(losses.Emitted)
            .Family("tracecap_events_lost_total", "Events that were lost, by place.")
            .Sample(losses.RingFull, ("place", "ring_full")).Sample(losses.MapFull, ("place", "map_full")).Sample(losses.Dropped, ("place", "dropped"))
            .Family("tracecap_probes_missed_total", "How often a probe was skipped; each may have lost an event or not.").Sample(losses.ProbeMissed)
            .Family("tracecap_written_bytes_total", "Bytes written into captures.").Sample(Totals.Written)
            .Family("tracecap_files_total", "Captures that were begun, or with --flight written.").Sample(Totals.Files)
            .Family("tracecap_ring_used_bytes", "What waited in the ring buffer when it was last drained.").Sample(Ring.Bytes)
            .Family("tracecap_ring_highest_bytes", "The most that ever waited in the ring buffer.").Sample(Ring.Highest)
            .Family("tracecap_ring_size_bytes", "What the ring buffer has room for.").Sample(Ring.Size);
        if (LastEvent is { } last)
        {
            text.Family("tracecap_last_event_time_seconds", "When the last event happened, in seconds since 1970 UTC.").Sample((double)(last / NanosecondsPerSecond));
        }

        return text.ToString();
    }
}
