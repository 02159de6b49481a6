using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Html;
using TraceCap.Analyzer.Tests;

namespace TraceCap.Charts.Tests;

/// <summary>A file may tell of any time at all, and of any wall clock: whatever is drawn of it is drawn, within bounds.</summary>
public sealed class AnyTimeTests
{
    public static TheoryData<string, bool> Charts => new(
        from kind in ChartTable.All
        from grouped in (bool[])[false, true]
        where kind.Refuse(Options(grouped)) is null
        select (kind.Name, grouped));

    [Theory]
    [MemberData(nameof(Charts))]
    public void A_chart_of_any_times_is_drawn_within_bounds(string kind, bool grouped) => AnyCaptures.Sample(
        (file, filter) =>
        {
            var chart = ChartTable.Find(kind)!.Create(Options(grouped));
            var recordings = AnyCaptures.Read(file, filter, chart);
            chart.Describe(recordings);
            chart.ToSvg(recordings, new ChartSize(200, 200), ColorTheme.Light);
            chart.ToPng(recordings, new ChartSize(200, 200), ColorTheme.Light);
        },
        40);

    [Fact]
    public void A_report_of_any_times_is_drawn_within_bounds() => AnyCaptures.Sample(
        (file, filter) =>
        {
            var report = new TrafficReport(100, ReportCharts.All());
            AnyCaptures.Read(file, filter, report);
            report.ToHtml("");
        },
        100);

    [Fact]
    public void An_axis_reaches_from_one_end_of_time_to_the_other()
    {
        var recording = new RecordedSpan { Start = 0, End = ulong.MaxValue };
        var time = new TimeLine();
        var axis = new TimeScale(time, [recording], TimeZoneInfo.Utc);

        Assert.Equal(ulong.MaxValue / 86_400e9, axis.To, 1e-9);
        Assert.Equal(axis.To / 2, axis.At(time.At(AnyCaptures.Half, recording)), 1e-9);
        Assert.StartsWith("d since", axis.Clock.Label, StringComparison.Ordinal);
    }

    private static ChartOptions Options(bool grouped) => new(grouped ? GroupBy.Process : null);
}
