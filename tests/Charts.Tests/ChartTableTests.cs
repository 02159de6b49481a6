using System.Text.RegularExpressions;
using SkiaSharp;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Html;

namespace TraceCap.Charts.Tests;

/// <summary>Whatever is in the table is drawn, explained and documented.</summary>
public partial class ChartTableTests
{
    public static TheoryData<string, GroupBy?, bool?> Charts => new(
        from kind in ChartTable.All
        from grouping in Enum.GetValues<GroupBy>().Cast<GroupBy?>().Prepend(null)
        from log in (bool?[])[null, false, true]
        // Those that failed, which alone have an errno, did not live.
        where grouping != GroupBy.Errno
        where kind.Refuse(new(grouping, log)) is null
        select (kind.Name, grouping, log));

    [Theory]
    [MemberData(nameof(Charts))]
    public void Each_chart_shows_the_traffic_in_either_theme(string name, GroupBy? by, bool? log)
    {
        var chart = ChartTable.Find(name)!.Create(new(by, log));
        var recordings = SampleTraffic.Give(chart);

        Assert.Contains(chart.Describe(recordings).Subtitle, letter => char.IsAsciiDigit(letter));
        foreach (var theme in (ColorTheme[])[ColorTheme.Light, ColorTheme.Dark])
        {
            using var picture = SKBitmap.Decode(chart.ToPng(recordings, new(640, 400), theme));
            var background = SKColor.Parse(theme.Background);
            // More than a title is drawn: below a quarter of the height, in at least one colour that stands for data.
            var data = theme.Series.AddRange(theme.Heat).Add(theme.Other).Select(SKColor.Parse).ToHashSet();
            Assert.Contains(picture.Pixels.Skip(640 * 100), data.Contains);
            Assert.Equal(background, picture.GetPixel(1, 1));
        }
    }

    [Fact]
    public void Names_are_unlike_each_other_and_found()
    {
        Assert.Distinct(ChartTable.All.Select(kind => kind.Name));
        Assert.All(ChartTable.All, kind => Assert.Same(kind, ChartTable.Find(kind.Name)));
        Assert.Null(ChartTable.Find("pie"));
    }

    [Fact]
    public void A_report_shows_each_in_the_order_of_the_table()
    {
        var pictures = ReportCharts.All();

        Assert.Distinct(pictures.Select(picture => picture.Name));
        Assert.Equal(ChartTable.All.Select(kind => kind.Name), pictures.Select(picture => ChartTable.All.First(kind => picture.Name.StartsWith(kind.Name, StringComparison.Ordinal)).Name).Distinct());
    }

    [Fact]
    public void The_page_of_the_analysis_has_a_row_for_each()
    {
        var page = File.ReadAllText(Repository.File("docs/analysis.md"));
        var rows = Row().Matches(page[page.IndexOf("| chart | shows |", StringComparison.Ordinal)..page.IndexOf("## The report", StringComparison.Ordinal)]);

        Assert.Equal(ChartTable.All.Select(kind => kind.Name), rows.Select(row => row.Groups[1].Value));
        Assert.All(ChartTable.All.Zip(rows), pair => Assert.StartsWith(pair.First.Meaning, pair.Second.Groups[2].Value, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^\| `(\w+)` \| (.*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
