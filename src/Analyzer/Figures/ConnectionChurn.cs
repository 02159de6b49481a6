using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Figures;

/// <summary>What happened to connections in one interval. A connection within the host counts at both its sockets.</summary>
/// <param name="Number">The intervals are numbered from 0 at the beginning of the first recording.</param>
/// <param name="Opened">Established by this host.</param>
/// <param name="Accepted">Accepted by this host.</param>
/// <param name="Closed">Closed by this host, resets included.</param>
/// <param name="Failed">Tried by this host, and not established.</param>
/// <param name="Active">Open at the end of the interval, or at the last instant of it that was recorded.</param>
/// <param name="IsLossy">Whether events were lost in it, so that all its numbers may be too low, and those of
/// <paramref name="Active"/> from here on wrong.</param>
/// <param name="IsPaused">Whether a part of it was not recorded, with the same consequences.</param>
internal readonly record struct ChurnInterval(
    long Number, long Opened, long Accepted, long Closed, long Failed, long Active, bool IsLossy, bool IsPaused)
{
    /// <summary>At most so many events were lost in it; null if nobody counted them.</summary>
    public ulong? LostAtMost { get; init; } = 0;
}

/// <summary>
/// Counts connections by interval. All recordings are on one line of time: that of the wall clock, or of CLOCK_MONOTONIC if
/// it is not known. Memory: about 100 bytes for each interval in which something happened, and so at most
/// 100 MB.
/// </summary>
internal sealed class ConnectionChurn : IConnectionSink
{
    /// <summary>The most intervals that there are: more do not fit a table, and a file may span 1,000 years.</summary>
    public const int MaxIntervals = TooManyIntervalsException.Most;

    private readonly TimeLine time;
    private readonly Activity activity;

    /// <param name="every">The length of an interval in nanoseconds, at most <see cref="long.MaxValue"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is 0, or too long.</exception>
    public ConnectionChurn(ulong every)
        : this(every, new TimeLine())
    {
    }

    private ConnectionChurn(ulong every, TimeLine time)
    {
        ArgumentOutOfRangeException.ThrowIfZero(every);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(every, (ulong)long.MaxValue);
        (Every, this.time) = (every, time);
        activity = Activity.ByIntervals(time, (long)every, MaxIntervals);
    }

    /// <summary>The length of an interval in nanoseconds.</summary>
    public ulong Every { get; }

    /// <summary>Where the intervals begin, in nanoseconds on the line of time; null before the first connection.</summary>
    public Int128? Origin => time.Origin;

    /// <inheritdoc />
    /// <exception cref="TooManyIntervalsException">Something happened in more than <see cref="MaxIntervals"/>, or so many
    /// intervals after the beginning that a long cannot count them.</exception>
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        time.Begin(recording);
        foreach (ref readonly var connection in connections)
        {
            activity.Add(in connection, recording);
        }
    }

    /// <summary>What the connections were recorded in; none before <see cref="End"/>.</summary>
    public IReadOnlyList<RecordedSpan> Recordings { get; private set; } = [];

    /// <inheritdoc />
    public void End(IReadOnlyList<RecordedSpan> recordings) => Recordings = recordings;

    /// <summary>The number of intervals from the first that something was recorded in to the last.</summary>
    public long IntervalCount =>
        Origin is null ? 0 : Range() is var (first, last) ? (long)Int128.Min((Int128)last - first + 1, long.MaxValue) : 0;

    /// <summary>All intervals from the first that something was recorded in to the last, those without connections
    /// included.</summary>
    /// <exception cref="TooManyIntervalsException">There are more than <see cref="MaxIntervals"/>.</exception>
    public IEnumerable<ChurnInterval> Intervals()
    {
        var count = IntervalCount;
        return count <= MaxIntervals ? count == 0 ? [] : All((int)count) : throw TooManyIntervalsException.Of(count, Every);
    }

    /// <summary>A copy that counts on by itself.</summary>
    internal ConnectionChurn Copy()
    {
        var copy = new ConnectionChurn(Every, time);
        copy.activity.Add(activity);
        return copy;
    }

    /// <summary>The number of the interval that a time of a recording is in.</summary>
    internal long NumberOf(ulong monotonic, RecordedSpan recording) => NumberOf(time.At(monotonic, recording));

    private IEnumerable<ChurnInterval> All(int count)
    {
        var grid = new TimeGrid(Range().First, count, (long)Every);
        var (losses, lost) = Losses(grid);
        var pauses = grid.AreIn(Recordings.SelectMany(recording => recording.Pauses.Select(pause =>
            (time.At(pause.From, recording), time.At(pause.To - 1, recording)))));
        return activity.Intervals(grid, Recordings).Select((of, number) => new ChurnInterval(
            grid.First + number, of.Opened, of.Accepted, of.Closed, of.Failed, of.Active, losses[number], pauses[number])
        {
            LostAtMost = lost[number],
        });
    }

    /// <summary>For each interval whether events were lost in it, and how many at most.</summary>
    private (bool[] IsLossy, ulong?[] AtMost) Losses(TimeGrid grid)
    {
        var (isLossy, atMost) = (new bool[grid.Count], new ulong?[grid.Count]);
        atMost.AsSpan().Fill(0);
        foreach (var recording in Recordings)
        {
            foreach (var loss in recording.Losses)
            {
                var (from, to) = (time.At(loss.From, recording), time.At(loss.To, recording));
                if (to < grid.Begin(0) || from >= grid.Begin(grid.Count))
                {
                    continue;
                }

                for (var number = grid.NumberOf(from); number <= grid.NumberOf(to); number++)
                {
                    isLossy[number] = true;
                    atMost[number] += loss.AtMost;
                }
            }
        }

        return (isLossy, atMost);
    }

    private (long First, long Last) Range() => (
        NumberOf(Recordings.Min(recording => time.At(recording.Start, recording))),
        NumberOf(Recordings.Max(recording => time.Last(recording))));

    private long NumberOf(Int128 place) =>
        TimeGrid.TryNumberAt(place, (long)Every, out var number) ? number : throw TooManyIntervalsException.More();
}
