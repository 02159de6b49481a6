using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Episodes;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Findings;

/// <summary>Sums up connections: all together, by group, and findings. Memory is bounded, whatever their number.
/// </summary>
/// <param name="by">The groups that are wanted.</param>
internal sealed class TrafficSummary(Grouping by) : IConnectionSink
{
    private readonly TrafficWatch watch = new();
    private IReadOnlyList<RecordedSpan> recordings = [];
    private ConnectionStatistics? all;
    private CaptureFigures? figures;
    private IReadOnlyList<Finding>? findings;

    /// <summary>The counts of all connections so far.</summary>
    public ConnectionStatistics All => all ??= Groups.Total();

    /// <summary>All that metrics are figures of, but how many were open at once.</summary>
    public CaptureFigures Figures => figures ??= new CaptureFigures(All, recordings);

    /// <summary>How many connections there are, those within the host counted once; null if that cannot be told.</summary>
    public long? Connections => Figures.ConnectionCount;

    /// <summary>The counts of the groups.</summary>
    public ConnectionGroups Groups { get; } = new(by);

    /// <summary>In which order the groups are shown; null: the largest first.</summary>
    internal MetricOrder? Order { get; init; }

    /// <summary>The groups in that order.</summary>
    internal IEnumerable<(GroupKey Key, ConnectionStatistics Statistics)> GroupsInOrder =>
        Order is { } order ? order.Sort(Groups.InOrder, group => Of(group.Statistics)) : Groups.InOrder;

    /// <summary>What is worth a look, in the order of <see cref="FindingRule.All"/>: the loss of events first.</summary>
    public IReadOnlyList<Finding> Findings => findings ??= FindingList.Of(watch, Figures);

    /// <inheritdoc />
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        (all, figures, findings) = (null, null, null);
        watch.Enter(recording);
        foreach (ref readonly var connection in connections)
        {
            if (watch.Take(in connection, recording) is { } source && by.IsOfSource)
            {
                source.Group = Groups.Add(in connection, recording, source.Group);
            }
            else
            {
                Groups.Add(in connection, recording);
            }
        }
    }

    /// <inheritdoc />
    public void End(IReadOnlyList<RecordedSpan> recordings)
    {
        this.recordings = recordings;
        (figures, findings) = (null, null);
    }

    /// <summary>All that metrics are figures of, of one group.</summary>
    public CaptureFigures Of(ConnectionStatistics group) => new(group, Figures);
}
