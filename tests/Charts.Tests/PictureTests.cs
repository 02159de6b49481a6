using SkiaSharp;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Html;

namespace TraceCap.Charts.Tests;

/// <summary>Charts look as they did when a person last looked at them.</summary>
public class PictureTests
{
    private static readonly Dictionary<string, (Func<MemoryStream> Traffic, string Kind, ChartOptions Options, ChartSize Size, ColorTheme Theme)> goldens = new()
    {
        ["lifetime"] = (Mixed, "lifetime", new(), new(640, 400), ColorTheme.Light),
        ["lifetime-by-process"] = (Mixed, "lifetime", new(GroupBy.Process), new(640, 400), ColorTheme.Light),
        ["lifetime-log"] = (Mixed, "lifetime", new(Log: true), new(640, 400), ColorTheme.Light),
        ["lifetime-by-process-dark"] = (Mixed, "lifetime", new(GroupBy.Process, Log: true), new(640, 400), ColorTheme.Dark),
        ["cdf-by-service"] = (Mixed, "cdf", new(GroupBy.Service), new(640, 400), ColorTheme.Light),
        ["cdf-log-dark"] = (Mixed, "cdf", new(Log: true), new(640, 400), ColorTheme.Dark),
        ["cdf-percentiles"] = (Mixed, "cdf", new(GroupBy.Process, Percentiles: true), new(640, 400), ColorTheme.Light),
        ["churn"] = (Mixed, "churn", new(), new(640, 400), ColorTheme.Light),
        ["churn-outage"] = (SampleIncident.Capture, "churn", new(), new(1000, 600), ColorTheme.Light),
        ["churn-outage-dark"] = (SampleIncident.Capture, "churn", new(), new(1000, 600), ColorTheme.Dark),
        ["churn-small-dark"] = (Mixed, "churn", new(), new(200, 200), ColorTheme.Dark),
        ["active-by-port"] = (Mixed, "active", new(GroupBy.Port), new(640, 400), ColorTheme.Light),
        ["active-leak-dark"] = (SampleIncident.Capture, "active", new(GroupBy.Process), new(1000, 600), ColorTheme.Dark),
        ["bytes"] = (SampleIncident.Capture, "bytes", new(), new(1000, 600), ColorTheme.Light),
        ["bytes-log-dark"] = (SampleIncident.Capture, "bytes", new(GroupBy.Process, Log: true), new(640, 400), ColorTheme.Dark),
        ["connect"] = (SampleIncident.Capture, "connect", new(), new(1000, 600), ColorTheme.Light),
        ["ports"] = (SampleIncident.Capture, "ports", new(), new(1000, 600), ColorTheme.Light),
        ["heatmap"] = (Mixed, "heatmap", new(), new(640, 400), ColorTheme.Light),
        ["heatmap-outage-dark"] = (SampleIncident.Capture, "heatmap", new(), new(1000, 600), ColorTheme.Dark),
        ["heatmap-linear"] = (SampleIncident.Capture, "heatmap", new(Log: false), new(640, 400), ColorTheme.Light),
        ["timeline"] = (Mixed, "timeline", new(), new(640, 400), ColorTheme.Light),
        ["timeline-by-process"] = (Mixed, "timeline", new(GroupBy.Process), new(1000, 600), ColorTheme.Light),
        ["timeline-small-dark"] = (Mixed, "timeline", new(), new(200, 200), ColorTheme.Dark),
        ["peers"] = (Mixed, "peers", new(), new(640, 400), ColorTheme.Light),
        ["peers-broken"] = (SampleIncident.Capture, "peers", new(), new(1000, 600), ColorTheme.Light),
        ["peers-large-dark"] = (Mixed, "peers", new(), new(1600, 1000), ColorTheme.Dark),
    };

    public static TheoryData<string> Names => [.. goldens.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_chart_looks_as_it_did(string name)
    {
        var (traffic, kind, options, size, theme) = goldens[name];
        var chart = ChartTable.Find(kind)!.Create(options);
        var recordings = SampleTraffic.Give(chart, traffic());

        Pictures.Compare(Repository.File($"tests/Charts.Tests/Goldens/{name}.png"), chart.ToPng(recordings, size, theme));
    }

    [Fact]
    public void Pictures_that_differ_are_told_apart()
    {
        using var one = SKBitmap.Decode(Repository.File("tests/Charts.Tests/Goldens/heatmap.png"));
        using var other = SKBitmap.Decode(Repository.File("tests/Charts.Tests/Goldens/timeline.png"));

        Assert.InRange(Pictures.Difference(one, other), 0.05, 1);
    }

    [Fact]
    public void A_chart_can_be_drawn_again()
    {
        var chart = ChartTable.Find("timeline")!.Create(new());
        var recordings = SampleTraffic.Give(chart);

        Assert.Equal(
            chart.ToPng(recordings, ChartSize.Default, ColorTheme.Dark),
            chart.ToPng(recordings, ChartSize.Default, ColorTheme.Dark));
    }

    [Theory]
    [InlineData(ChartSize.Least, ChartSize.Least)]
    [InlineData(ChartSize.Least, ChartSize.Most)]
    [InlineData(ChartSize.Most, ChartSize.Least)]
    public void A_chart_has_the_size_that_was_asked_for(int width, int height)
    {
        var chart = ChartTable.Find("peers")!.Create(new());
        var recordings = SampleTraffic.Give(chart);

        using var picture = SKBitmap.Decode(chart.ToPng(recordings, new(width, height), ColorTheme.Light));

        Assert.Equal((width, height), (picture.Width, picture.Height));
    }

    private static MemoryStream Mixed() => SampleTraffic.Capture(SampleTraffic.Events("api"), isLossy: true);
}
