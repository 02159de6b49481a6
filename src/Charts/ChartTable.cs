using System.Collections.Immutable;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Charts;

/// <summary>The charts that there are. What <c>plot</c> takes and says of them, and what a report shows, comes from here.</summary>
internal static class ChartTable
{
    /// <summary>All of them, in the order in which a report shows them.</summary>
    public static ImmutableArray<ChartKind> All { get; } =
    [
        new("lifetime", "how many connections lived how long", options => new LifetimeChart(options))
        {
            InReport = [(null, "How many connections lived how long. Grey ones were still open at the end, and lived longer than that.")],
        },
        new("cdf", "the share that lived at most so long", options => new CdfChart(options))
        {
            HasPercentiles = true,
            InReport = [(GroupBy.Process, "The share of each process's connections that lived at most so long. A line that ends below 100 % ends where nothing more is known of those still open.")],
        },
        new("churn", "opened, accepted, closed and failed in each interval", options => new ChurnChart(options))
        {
            InReport =
            [
                (null, "What happened in each interval: high and steady lines are connections that could have been kept open."),
                (GroupBy.Process, "Which process opened and accepted them."),
            ],
        },
        new("active", "the most that were open at once, in each interval", options => new ActiveChart(options))
        {
            InReport = [(GroupBy.Service, "The most connections that were open at once, by what was connected to. A line that only rises is a leak.")],
        },
        new("bytes", "the bytes sent and received by the connections that ended, in each interval", options => new BytesChart(options))
        {
            InReport = [(null, "What those that ended in each interval had sent and received by then. A capture does not tell when it went, so a long one counts where it ends.")],
        },
        new("connect", "when connections were established, and how long that took", options => new ConnectChart(options))
        {
            IsLogByItself = true,
            NoGroups = "a heatmap shows all connections alike; for groups take lifetime or cdf",
            InReport = [(null, "How long it took to connect: bands at 1 s, 3 s and 7 s are SYNs that had to be sent again.")],
        },
        new("ports", "the most local ports in use at once, in each interval, by address and service unless --by says another", options => new PortsChart(options))
        {
            InReport = [(null, "Ports that this host's own connections hold, for a minute after their end too. There are some 28,000 for each address and service; after that, connects fail.")],
        },
        new("heatmap", "when connections ended, and how long they had lived", options => new HeatmapChart(options))
        {
            IsLogByItself = true,
            NoGroups = "a heatmap shows all connections alike; for groups take lifetime or cdf",
            InReport = [(null, "When connections ended, and how long they had lived by then: a change shows as a band that moves or splits.")],
        },
        new("peers", "the largest groups, by peer unless --by says another, and how their connections ended", options => new PeersChart(options))
        {
            NoLog = "peers are bars made of parts, which a logarithmic scale would distort",
            InReport = [(null, "The other ends with the most connections, and how these ended.")],
        },
        new("timeline", "each connection from its opening to its end", options => new TimelineChart(options))
        {
            NoLog = "a timeline has no counts to put on a logarithmic scale",
            InReport = [(null, "Connections one by one, from their opening to their end.")],
        },
    ];

    /// <summary>The chart of a name, such as <c>lifetime</c>; null if there is none.</summary>
    public static ChartKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);
}
