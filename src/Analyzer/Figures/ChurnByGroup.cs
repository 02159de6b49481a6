using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Figures;

/// <summary>What happened to the connections of a group in one interval.</summary>
/// <param name="Total">The same of all connections, with what is missing in the interval.</param>
/// <param name="Key">The group; null: all groups that are not shown one by one.</param>
/// <param name="Of">Of the group.</param>
internal readonly record struct GroupInterval(ChurnInterval Total, GroupKey? Key, ActivityInterval Of);

/// <summary>Counts connections by interval and group.</summary>
/// <param name="every">The length of an interval in nanoseconds.</param>
/// <param name="by">By what connections are told apart.</param>
internal sealed class ChurnByGroup(ulong every, Grouping by) : IConnectionSink
{
    private readonly TimeLine time = new();
    private ActivityGroups? groups;

    /// <summary>All connections, by interval.</summary>
    internal ConnectionChurn Total { get; } = new(every);

    /// <summary>By what connections are told apart.</summary>
    internal Grouping By => by;

    /// <inheritdoc />
    /// <exception cref="TooManyIntervalsException">As from <see cref="ConnectionChurn.Take"/>.</exception>
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        Total.Take(connections, recording);
        time.Begin(recording);
        groups ??= new ActivityGroups(by, () => Activity.ByIntervals(time, (long)every, ConnectionChurn.MaxIntervals));
        foreach (ref readonly var connection in connections)
        {
            groups.Add(in connection, recording);
        }
    }

    /// <inheritdoc />
    public void End(IReadOnlyList<RecordedSpan> recordings) => Total.End(recordings);

    /// <summary>Interval after interval, the largest groups of each, the largest in all first. A group of which nothing happened in an interval, nor
    /// was open at its end, is left out of it.</summary>
    /// <param name="most">So many groups are told apart.</param>
    /// <exception cref="TooManyIntervalsException">There are too many.</exception>
    internal IEnumerable<GroupInterval> Intervals(int most)
    {
        var totals = Total.Intervals().ToArray();
        if (totals.Length == 0 || groups is null)
        {
            yield break;
        }

        var grid = new TimeGrid(totals[0].Number, totals.Length, (long)every);
        var shown = groups.Largest(most).Select(group => (group.Key, Of: group.Activity.Intervals(grid, Total.Recordings).GetEnumerator())).ToArray();
        foreach (var total in totals)
        {
            foreach (var (key, of) in shown)
            {
                of.MoveNext();
                if (of.Current is not { Opened: 0, Accepted: 0, Closed: 0, Failed: 0, Active: 0 })
                {
                    yield return new GroupInterval(total, key, of.Current);
                }
            }
        }
    }
}
