using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Analyzer.Findings;

/// <summary>Sums up connections: all together, by group, and what stands out. Memory is bounded, whatever their number.
/// </summary>
/// <param name="by">The groups that somebody wants to see.</param>
/// <param name="isFiltered">Whether connections may come with one of their two ends only.</param>
public sealed class TrafficSummary(GroupBy by, bool isFiltered) : IConnectionSink
{
    private readonly ConnectionGroups processes = new(Grouping.ProcessAndService);
    private readonly ConnectionGroups services = new(Grouping.LocalAddressAndService);
    private readonly ConnectionGroups outgoing = new(Grouping.LocalAddressAndService);

    private ConnectionStatistics? all;

    /// <summary>The figures of all connections so far, but for those of ports.</summary>
    public ConnectionStatistics All => all ??= processes.Sum();

    /// <summary>How many connections there are, those within the host counted once; null if that cannot be told.</summary>
    public long? Connections => isFiltered ? null : All.Ends - All.SecondEnds;

    /// <summary>The figures of the groups.</summary>
    public ConnectionGroups Groups { get; } = new(by);

    /// <inheritdoc />
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        all = null;
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

    /// <summary>What stands out, the loss of events first.</summary>
    /// <param name="recordings">What the connections were recorded in.</param>
    public IReadOnlyList<Finding> Findings(IReadOnlyList<RecordedSpan> recordings) =>
    [
        .. new[] { FindingRules.OfLedger(RecordedSpan.LossCountersOf(recordings), All.Uncertain) }.OfType<Finding>(),
        .. processes.InOrder.SelectMany(group => FindingRules.OfProcess(group.Key, group.Statistics)),
        .. outgoing.InOrder.SelectMany(group => FindingRules.OfService(group.Key, group.Statistics)),
        .. services.InOrder.SelectMany(group => FindingRules.OfService(group.Key, group.Statistics)),
    ];
}
