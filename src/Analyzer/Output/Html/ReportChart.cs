using System.Text.RegularExpressions;
using TraceCap.Analyzer.Charts;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>A chart of a report.</summary>
/// <param name="Name">Unlike those of the others; letters only.</param>
/// <param name="Chart">The chart.</param>
/// <param name="Explanation">How to read it.</param>
internal sealed partial record ReportChart(string Name, Chart Chart, string Explanation)
{
    // Two of them side by side on a wide screen.
    private static readonly ChartSize size = new(720, 440);

    /// <summary>Those of a report, without connections yet.</summary>
    internal static ReportChart[] All() =>
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

    /// <summary>The chart as a part of the page: it has the page's colours, and names that nothing else has.</summary>
    internal string ToSvg(IReadOnlyList<RecordedSpan> recordings)
    {
        var svg = Chart.ToSvg(recordings, size, ChartTheme.Light);
        // Not in its text, which may say anything.
        return Tag().Replace(svg[svg.IndexOf("<svg ", StringComparison.Ordinal)..], tag => Paint(tag.Value)
            .Replace("id=\"", $"id=\"{Name}-", StringComparison.Ordinal)
            .Replace("url(#", $"url(#{Name}-", StringComparison.Ordinal));
    }

    private static ReportChart Create(ChartKind kind, GroupBy? by, string explanation) =>
        new($"{kind}{by}".ToLowerInvariant(), Charts.Chart.Create(new ChartOptions(kind, by)), explanation);

    private static string Paint(string tag) => Color().Replace(tag, color =>
        ChartTheme.Light.All.IndexOf(color.Groups[1].Value) is >= 0 and var number ? $"\"var({ReportStyle.Variable(number)})\"" : color.Value);

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("\"(#[0-9A-F]{6})\"")]
    private static partial Regex Color();
}
