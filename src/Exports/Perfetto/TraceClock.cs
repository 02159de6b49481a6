using TraceCap.Analyzer.Connections;
using Clocks = TraceCap.Exports.Perfetto.TraceFields.ClockSnapshot;

namespace TraceCap.Exports.Perfetto;

/// <summary>
/// Which clock a trace goes by. What is of one boot has its own CLOCK_MONOTONIC, and snapshots that tell what the other clocks showed, so
/// that a trace of the same time from another tool fits to it, and suspends and steps of the wall clock are where they were. Several boots have
/// nothing in common but the wall clock.
/// </summary>
internal sealed class TraceClock
{
    private readonly bool isMonotonic;

    internal TraceClock(IReadOnlyList<RecordedSpan> recordings) =>
        isMonotonic = recordings.Count < 2 || (recordings[0].BootId.Length > 0 && recordings.All(one => one.BootId == recordings[0].BootId));

    /// <summary>The time of a packet.</summary>
    internal ulong Time(ulong monotonic, RecordedSpan recording) =>
        isMonotonic ? monotonic : (ulong)Int128.Clamp(recording.TimeOf(monotonic), 0, ulong.MaxValue);

    /// <summary>Writes the snapshots of clocks.</summary>
    internal void Write(TraceWriter writer, IReadOnlyList<RecordedSpan> recordings)
    {
        if (!isMonotonic)
        {
            var start = recordings.Min(one => Time(one.Start, one));
            writer.ClockSnapshot((Clocks.Realtime, start), (Clocks.Monotonic, start), (Clocks.Boottime, start));
            writer.Clock = Clocks.Realtime;
            return;
        }

        // A reader takes a clock that runs backwards for an error, unless it is the wall clock.
        var anchors = recordings.SelectMany(one => one.Clocks.Anchors).OrderBy(anchor => anchor.Monotonic);
        (ulong Monotonic, ulong Boottime)? last = null;
        foreach (var anchor in anchors)
        {
            if (last is { } before && (anchor.Monotonic <= before.Monotonic || anchor.Boottime <= before.Boottime))
            {
                continue;
            }

            writer.ClockSnapshot((Clocks.Monotonic, anchor.Monotonic), (Clocks.Boottime, anchor.Boottime), (Clocks.Realtime, anchor.Realtime));
            writer.Clock = Clocks.Monotonic;
            last = (anchor.Monotonic, anchor.Boottime);
        }
    }
}
