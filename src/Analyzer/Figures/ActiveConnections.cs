using System.Runtime.InteropServices;
using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Figures;

/// <summary>
/// How many connections were open at once. Openings and closings are kept by their time, to the nanosecond as long as there
/// are no more than <see cref="MaxTimes"/>; then times are rounded, by twice as much whenever there are too many. So memory
/// is bounded (2 MiB), and what opened and closed within one rounded time is not seen.
/// </summary>
public sealed class ActiveConnections
{
    /// <summary>As many times are told apart.</summary>
    public const int MaxTimes = 1 << 16;

    private readonly Dictionary<(RecordedSpan Recording, ulong Until), long> openAtEnd = [];
    private Dictionary<long, long> changes = [];
    private Int128? origin;
    private int shift;

    /// <summary>Counts a connection.</summary>
    public void Add(in Connection connection, RecordedSpan recording)
    {
        if (connection.Ending == ConnectionEnding.Failed)
        {
            return;
        }

        origin ??= recording.TimeOf(recording.Start);
        var opened = At(connection.Opened, recording);
        if (connection.Ending == ConnectionEnding.Open)
        {
            Change(opened, 1);
            CollectionsMarshal.GetValueRefOrAddDefault(openAtEnd, (recording, connection.Ended), out _)++;
            return;
        }

        var ended = At(connection.Ended, recording);
        if (opened >> shift != ended >> shift)
        {
            Change(opened, 1);
            Change(ended, -1);
        }
    }

    /// <summary>The most that were open at once, and those that were open when the last recording ended.</summary>
    /// <param name="recordings">What the connections were recorded in.</param>
    public (long Max, long End) Count(IReadOnlyList<RecordedSpan> recordings)
    {
        if (origin is null || recordings.Count == 0)
        {
            return default;
        }

        var last = recordings.Max(recording => At(recording.End, recording));
        // Nobody knows of those that are open any more after that.
        var gone = openAtEnd.Select(open => (Time: At(open.Key.Until, open.Key.Recording), Change: -open.Value)).ToArray();
        var steps = changes.Select(change => (Time: change.Key, Change: change.Value))
            .Concat(gone.Select(step => (Time: Rounded(step.Time) + 1, step.Change)))
            .GroupBy(step => step.Time, step => step.Change)
            .OrderBy(step => step.Key);
        var (active, max, end) = (0L, 0L, 0L);
        foreach (var step in steps)
        {
            active += step.Sum();
            max = Math.Max(max, active);
            end = step.Key <= Rounded(last) ? active : end;
        }

        return (max, end);
    }

    private void Change(Int128 time, long by)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(changes, Rounded(time), out _) += by;
        while (changes.Count > MaxTimes)
        {
            RoundMore();
        }
    }

    private void RoundMore()
    {
        shift++;
        changes = changes.GroupBy(change => change.Key >> 1, change => change.Value)
            .Select(group => (Time: group.Key, Change: group.Sum()))
            .Where(change => change.Change != 0)
            .ToDictionary(change => change.Time, change => change.Change);
    }

    private long Rounded(Int128 time) => checked((long)(time >> shift));

    /// <summary>The time since the first recording began. If it does not fit a long, as that of no host ever does not, times are
    /// rounded until it does.</summary>
    private Int128 At(ulong monotonic, RecordedSpan recording)
    {
        var time = recording.TimeOf(monotonic) - origin!.Value;
        while (time >> shift is var rounded && (rounded >= long.MaxValue || rounded < long.MinValue))
        {
            RoundMore();
        }

        return time;
    }
}
