using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Html;
using TraceCap.Analyzer.Output.Tables;

namespace TraceCap.Charts;

/// <summary>The charts of a <see cref="TrafficReport"/>.</summary>
internal static class ReportCharts
{
    /// <summary>Those of a report, without connections yet.</summary>
    /// <exception cref="ChartException">A native library that draws is not there.</exception>
    public static IReadOnlyList<IReportPicture> All() =>
    [
        .. from kind in ChartTable.All
           from shown in kind.InReport
           select new ReportChart($"{kind.Name}{shown.By}".ToLowerInvariant(), kind.Create(new ChartOptions(Grouping.Of(shown.By))), shown.Explanation),
    ];

    private sealed class ReportChart(string name, Chart chart, string explanation) : IReportPicture
    {
        // Two of them side by side on a wide screen.
        private static readonly ChartSize size = new(720, 440);

        public string Name => name;

        public string Explanation => explanation;

        public string Describe(IReadOnlyList<RecordedSpan> recordings) => chart.Describe(recordings) is var text ? $"{text.Title}: {text.Subtitle}." : "";

        public TableData Data(IReadOnlyList<RecordedSpan> recordings) => chart.Data(recordings);

        public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording) => chart.Take(connections, recording);

        public string ToSvg(IReadOnlyList<RecordedSpan> recordings) => chart.ToSvg(recordings, size, ColorTheme.Light);
    }
}
