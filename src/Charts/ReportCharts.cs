using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Html;

namespace TraceCap.Charts;

/// <summary>The charts of a <see cref="TrafficReport"/>.</summary>
public static class ReportCharts
{
    /// <summary>Those of a report, without connections yet.</summary>
    /// <exception cref="ChartException">A native library that draws is not there.</exception>
    public static IReadOnlyList<IReportPicture> All() =>
    [
        Create(ChartKind.Lifetime, null, "How many connections lived how long. Grey ones were still open at the end, and lived longer than that."),
        Create(ChartKind.Cdf, GroupBy.Process, "The share of each process's connections that lived at most so long. A line that ends below 100 % ends where nothing more is known of those still open."),
        Create(ChartKind.Churn, null, "What happened in each interval: high and steady lines are connections that could have been kept open."),
        Create(ChartKind.Churn, GroupBy.Process, "Which process opened and accepted them."),
        Create(ChartKind.Active, GroupBy.Service, "Connections open at a time, by what was connected to. A line that only rises is a leak."),
        Create(ChartKind.Heatmap, null, "When connections ended, and how long they had lived by then: a change shows as a band that moves or splits."),
        Create(ChartKind.Peers, null, "The other ends with the most connections, and how these ended."),
        Create(ChartKind.Timeline, null, "Connections one by one, from their opening to their end."),
    ];

    private static ReportChart Create(ChartKind kind, GroupBy? by, string explanation) =>
        new($"{kind}{by}".ToLowerInvariant(), Chart.Create(new ChartOptions(kind, by)), explanation);

    private sealed class ReportChart(string name, Chart chart, string explanation) : IReportPicture
    {
        // Two of them side by side on a wide screen.
        private static readonly ChartSize size = new(720, 440);

        public string Name => name;

        public string Explanation => explanation;

        public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording) => chart.Take(connections, recording);

        public string ToSvg(IReadOnlyList<RecordedSpan> recordings) => chart.ToSvg(recordings, size, ColorTheme.Light);
    }
}
