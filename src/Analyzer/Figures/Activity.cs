using System.Runtime.InteropServices;
using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Figures;

/// <summary>What happened to connections in one interval. What the numbers count: <see cref="ChurnInterval"/>.
/// </summary>
internal readonly record struct ActivityInterval(long Opened, long Accepted, long Closed, long Failed, long Active);

/// <summary>
/// Counts connections by interval where nobody knows how long the recording will be: it begins with short intervals, and
/// takes ten of them together whenever there are too many. Memory: 300 KiB at most.
/// </summary>
internal sealed class Activity
{
    private const int MaxIntervals = 4096;

    private readonly Dictionary<(RecordedSpan Recording, ulong Until), long> openAtEnd = [];
    private Dictionary<long, Counts> intervals = [];

    /// <summary>How many connections there are, failed ones included.</summary>
    internal long Connections { get; private set; }

    /// <summary>The length of an interval in nanoseconds: a power of ten.</summary>
    internal long Length { get; private set; } = 10_000;

    internal void Add(in Connection connection, RecordedSpan recording, TimeLine time)
    {
        Connections++;
        var ended = time.At(connection.Ended, recording);
        if (connection.Ending == ConnectionEnding.Failed)
        {
            At(ended).Failed++;
            return;
        }

        ref var opening = ref At(time.At(connection.Opened, recording));
        opening.Change++;
        opening.Opened += connection.Role == ConnectionRole.Client ? 1 : 0;
        opening.Accepted += connection.Role == ConnectionRole.Server ? 1 : 0;
        if (connection.Ending == ConnectionEnding.Open)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(openAtEnd, (recording, connection.Ended), out _)++;
            return;
        }

        ref var closing = ref At(ended);
        closing.Change--;
        closing.Closed += connection.HasCloser ? 1 : 0;
    }

    /// <summary>Takes over what another one has counted.</summary>
    internal void Add(Activity other)
    {
        while (Length < other.Length)
        {
            Coarsen();
        }

        foreach (var (number, counts) in other.intervals)
        {
            At((Int128)number * other.Length).Add(in counts);
        }

        foreach (var (end, open) in other.openAtEnd)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(openAtEnd, end, out _) += open;
        }

        Connections += other.Connections;
    }

    /// <summary>The numbers of all intervals of a length.</summary>
    /// <param name="grid">The intervals; their length is a multiple of <see cref="Length"/>.</param>
    /// <param name="time">The time that the recordings are on.</param>
    internal ActivityInterval[] Intervals(TimeGrid grid, TimeLine time)
    {
        var counts = new Counts[grid.Count];
        foreach (var (number, of) in intervals)
        {
            counts[grid.NumberOf((Int128)number * Length)].Add(in of);
        }

        foreach (var ((recording, until), open) in openAtEnd)
        {
            // Nobody knows of them any more after that.
            var after = grid.NumberOf(time.At(until, recording)) + 1;
            if (after < counts.Length)
            {
                counts[after].Change -= open;
            }
        }

        var active = 0L;
        return [.. counts.Select(of => new ActivityInterval(of.Opened, of.Accepted, of.Closed, of.Failed, active += of.Change))];
    }

    private ref Counts At(Int128 time)
    {
        var number = TimeGrid.NumberAt(time, Length);
        if (intervals.Count >= MaxIntervals && !intervals.ContainsKey(number))
        {
            Coarsen();
            return ref At(time);
        }

        return ref CollectionsMarshal.GetValueRefOrAddDefault(intervals, number, out _);
    }

    private void Coarsen()
    {
        var fine = intervals;
        intervals = [];
        Length = checked(Length * TimeGrid.Step);
        foreach (var (number, counts) in fine)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(intervals, TimeGrid.Floor(number, TimeGrid.Step), out _).Add(in counts);
        }
    }

    private struct Counts
    {
        internal long Opened;
        internal long Accepted;
        internal long Closed;
        internal long Failed;
        internal long Change;

        internal void Add(in Counts other)
        {
            Opened += other.Opened;
            Accepted += other.Accepted;
            Closed += other.Closed;
            Failed += other.Failed;
            Change += other.Change;
        }
    }
}
