using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Findings;

/// <summary>Sums up connections: all together, by group, and findings. Memory is bounded, whatever their number.
/// </summary>
/// <param name="by">The groups that are wanted.</param>
internal sealed class TrafficSummary(Grouping by) : IConnectionSink
{
    private readonly ConnectionGroups processes = new(Grouping.ProcessAndService);
    private readonly ConnectionGroups services = new(Grouping.LocalAddressAndService);
    private readonly ConnectionGroups outgoing = new(Grouping.LocalAddressAndService);

    private IReadOnlyList<RecordedSpan> recordings = [];
    private CaptureFigures? figures;

    /// <summary>The counts of all connections so far, but for those of ports.</summary>
    public ConnectionStatistics All => Figures.Connections;

    /// <summary>All that metrics are figures of, but how many were open at once.</summary>
    public CaptureFigures Figures => figures ??= new CaptureFigures(processes.Sum(), recordings);

    /// <summary>How many connections there are, those within the host counted once; null if that cannot be told.</summary>
    public long? Connections => Figures.ConnectionCount;

    /// <summary>The counts of the groups.</summary>
    public ConnectionGroups Groups { get; } = new(by);

    /// <summary>In which order the groups are shown; null: the largest first.</summary>
    internal MetricOrder? Order { get; init; }

    /// <summary>The groups in that order.</summary>
    internal IEnumerable<(GroupKey Key, ConnectionStatistics Statistics)> GroupsInOrder =>
        Order is { } order ? order.Sort(Groups.InOrder, group => Of(group.Statistics)) : Groups.InOrder;

    /// <summary>What is worth a look, the loss of events first.</summary>
    public IReadOnlyList<Finding> Findings =>
    [
        .. new[] { FindingRules.OfLosses(Figures.LossCounters, All.Uncertain) }.OfType<Finding>(),
        .. processes.InOrder.SelectMany(group => FindingRules.OfProcess(group.Key, group.Statistics)),
        .. outgoing.InOrder.SelectMany(group => FindingRules.OfService(group.Key, group.Statistics)),
        .. services.InOrder.SelectMany(group => FindingRules.OfService(group.Key, group.Statistics)),
    ];

    /// <inheritdoc />
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        figures = null;
        foreach (ref readonly var connection in connections)
        {
            Groups.Add(in connection, recording);
            processes.Add(in connection, recording);
            if (connection.Role == ConnectionRole.Client)
            {
                outgoing.Add(in connection, recording);
            }
            else
            {
                services.Add(in connection, recording);
            }
        }
    }

    /// <inheritdoc />
    public void End(IReadOnlyList<RecordedSpan> recordings)
    {
        this.recordings = recordings;
        figures = null;
    }

    /// <summary>All that metrics are figures of, of one group.</summary>
    public CaptureFigures Of(ConnectionStatistics group) => new(group, Figures);
}
