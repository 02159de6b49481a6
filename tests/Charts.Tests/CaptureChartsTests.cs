using System.Text;
using TraceCap.Analyzer;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Charts.Tests;

/// <summary>Charts and reports by one call, as tests of other projects make them.</summary>
public sealed class CaptureChartsTests : IDisposable
{
    private readonly Capture capture = Capture.Open(Repository.File("samples/captures/nginx.tcap"));

    public static TheoryData<string> Charts => [.. CaptureCharts.Names];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => capture.Dispose();

    [Theory]
    [MemberData(nameof(Charts))]
    public void Each_chart_is_a_picture(string chart)
    {
        Assert.Equal("\x89PNG", Encoding.Latin1.GetString(capture.ChartPng(chart, new ChartSettings { Width = 300, Height = 200, Dark = true }, token: Token)[..4]));
        Assert.Contains("<svg ", capture.ChartSvg(chart, filter: ConnectionFilter.Parse("--comm wrk"), token: Token)[..200], StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_is_a_page_that_says_which_connections_it_is_of()
    {
        var page = capture.Report(ConnectionFilter.Parse("--comm wrk"), rows: 5, token: Token);
        Assert.Contains("<code>--comm wrk</code>", page, StringComparison.Ordinal);
        Assert.Contains("<figure id=\"chart-lifetime\">", page, StringComparison.Ordinal);
    }

    [Fact]
    public void What_there_is_not_is_refused_with_what_there_is()
    {
        Assert.Contains("expected one of lifetime, cdf", Assert.Throws<ArgumentException>(() => capture.ChartPng("pie", token: Token)).Message, StringComparison.Ordinal);
        Assert.Contains("heatmap", Assert.Throws<ArgumentException>(() => capture.ChartPng("heatmap", new ChartSettings { By = GroupBy.Port }, token: Token)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ChartSettings { Width = 10 });
    }
}
