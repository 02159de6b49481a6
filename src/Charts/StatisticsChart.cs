using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Charts;

/// <summary>A chart of figures that <c>summary</c> prints, too: of all connections, or of groups of them.</summary>
/// <param name="options">What was asked for.</param>
/// <param name="by">By what connections are grouped; null: not at all.</param>
internal abstract class StatisticsChart(ChartOptions options, Grouping? by) : Chart(options)
{
    private readonly ConnectionGroups? groups = by is { } grouping ? new ConnectionGroups(grouping) : null;

    /// <summary>The figures of all connections.</summary>
    private protected ConnectionStatistics All { get; } = new();

    /// <inheritdoc />
    public override void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        foreach (ref readonly var connection in connections)
        {
            All.Add(in connection, recording);
            groups?.Add(in connection, recording);
        }
    }

    private protected override bool IsEmpty => All.Ends == 0;

    /// <summary>The largest groups, the largest first, and all others as one; all connections if there are no groups.
    /// </summary>
    private protected IReadOnlyList<Group> Groups(int most)
    {
        if (groups is null)
        {
            return [new Group("all", All, false)];
        }

        var shown = groups.InOrder.Take(most).Select(group => new Group(groups.By.Text(group.Key), group.Statistics, false)).ToList();
        if (groups.Count > most || groups.Others is not null)
        {
            var rest = new ConnectionStatistics();
            foreach (var (_, statistics) in groups.InOrder.Skip(most))
            {
                rest.Add(statistics);
            }

            rest.Add(groups.Others ?? new ConnectionStatistics());
            shown.Add(new Group("all others", rest, true));
        }

        return shown;
    }

    /// <summary>What a group is called, and its figures.</summary>
    /// <param name="Label">Control characters are escaped.</param>
    /// <param name="Statistics">The figures.</param>
    /// <param name="IsRest">Whether it is all the groups that are not shown one by one.</param>
    private protected readonly record struct Group(string Label, ConnectionStatistics Statistics, bool IsRest);
}
