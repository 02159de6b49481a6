using System.Xml.Linq;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Html;
using TraceCap.Analyzer.Tests.Connections;

namespace TraceCap.Charts.Tests;

public class ChartSvgTests
{
    public static TheoryData<string> Kinds => [.. ChartTable.All.Select(kind => kind.Name)];

    [Fact]
    public void A_histogram_has_a_title_units_counts_and_percentiles_as_text()
    {
        var texts = Texts(Draw("lifetime", new()));

        Assert.Contains("Lifetime of connections", texts);
        Assert.Matches(
            @"^n = 470 connections; p50 \d+\.\d+ ms, p90 \d\.\d+ s, p99 >53\.2 s, max >53\.2 s; 12 still open; 10 events lost$",
            texts.Single(text => text.StartsWith("n = ", StringComparison.Ordinal)));
        Assert.Subset(texts.ToHashSet(), new HashSet<string> { "1 ms", "10 ms", "100 ms", "1 s", "ended", "still open: lived longer", "p50 7.63 ms", "number of connections in each step" });
    }

    [Fact]
    public void An_axis_of_time_says_when_it_begins()
    {
        var texts = Texts(Draw("churn", new()));

        Assert.Contains("time of day, 2026-01-01 (UTC)", texts);
        Assert.Contains("00:00:10", texts);
        Assert.Contains("number of connections in each 1 s", texts);
    }

    [Theory]
    [InlineData(GroupBy.Process, "worker")]
    [InlineData(GroupBy.Peer, "10.0.1.3")]
    [InlineData(GroupBy.Service, "10.0.0.1:443")]
    [InlineData(GroupBy.Port, "5432")]
    public void Groups_are_named(GroupBy by, string name) =>
        Assert.Contains(name, Texts(Draw("cdf", new(by))));

    [Theory]
    [InlineData("churn")]
    [InlineData("active")]
    [InlineData("heatmap")]
    [InlineData("timeline")]
    public void Time_in_which_events_were_lost_is_marked(string kind)
    {
        Assert.Contains(Texts(Draw(kind, new())), text => text.StartsWith("events lost", StringComparison.Ordinal));
        Assert.DoesNotContain(Texts(Draw(kind, new(), isLossy: false)), text => text.StartsWith("events lost", StringComparison.Ordinal));
    }

    [Fact]
    public void A_line_is_faint_where_events_were_lost()
    {
        static int Lines(XDocument svg, bool isFaint) => svg.Descendants().Count(shape =>
            shape.Name.LocalName == "path" && shape.Attribute("stroke")?.Value == ColorTheme.Light.Series[0] && shape.Parent!.Attribute("clip-path") is not null
            && shape.Attribute("stroke-opacity") is not null == isFaint);

        Assert.Equal((1, 1), (Lines(Draw("active", new()), false), Lines(Draw("active", new()), true)));
        Assert.Equal((1, 0), (Lines(Draw("active", new(), isLossy: false), false), Lines(Draw("active", new(), isLossy: false), true)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_colour_is_one_of_the_theme(string kind)
    {
        var allowed = ColorTheme.Dark.All.Append("none").ToHashSet();

        var used = Draw(kind, new(), theme: ColorTheme.Dark).Descendants()
            .SelectMany(shape => new[] { shape.Attribute("fill")?.Value, shape.Attribute("stroke")?.Value })
            .OfType<string>().ToHashSet();

        Assert.Subset(allowed, used);
    }

    [Theory]
    [InlineData("<script>a()")]
    [InlineData("a&b<c>\"'")]
    [InlineData("\u202Egpj.exe", "\\u202egpj.exe")]
    [InlineData("a\n\x1b[31m", "a\\n\\x1b[31m")]
    [InlineData("日本", "\\u65e5\\u672c")]
    public void A_hostile_name_is_shown(string comm, string? shown = null)
    {
        var svg = Draw("lifetime", new(GroupBy.Process), comm: comm);

        Assert.Contains(shown ?? comm, Texts(svg));
        Assert.DoesNotContain(svg.Descendants(), element => element.Name.LocalName == "script");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Without_connections_a_chart_says_so(string kind)
    {
        var chart = ChartTable.Find(kind)!.Create(new());
        var empty = SampleTraffic.Give(chart, SampleTraffic.Capture([], isLossy: false));

        var svg = XDocument.Parse(chart.ToSvg(empty, ChartSize.Default, ColorTheme.Light));

        // No axis, no legend: nothing but the title.
        Assert.Equal(2, Texts(svg).Length);
        Assert.Contains(Texts(svg), text => text.Contains("no connection", StringComparison.Ordinal));
    }

    [Fact]
    public void A_legend_has_only_what_is_drawn()
    {
        foreach (var kind in new[] { "lifetime", "cdf" })
        {
            var chart = ChartTable.Find(kind)!.Create(new(GroupBy.Process));
            var failed = Ends.Client("failing", "10.0.0.2", 80, 0, 10).FailedWith(111);
            chart.Take([Ends.Client("living", "10.0.0.2", 80, 0, 10_000_000), failed, failed], Ends.Recording);
            var texts = Texts(XDocument.Parse(chart.ToSvg([Ends.Recording], ChartSize.Default, ColorTheme.Light)));
            Assert.Contains("living", texts);
            Assert.DoesNotContain("failing", texts);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(GroupBy.Process)]
    public void The_most_that_were_open_at_once_are_those_of_active_max(GroupBy? by)
    {
        // All four are over long before the interval is.
        Connection[] connections = [.. Enumerable.Range(0, 4).Select(i => Ends.Client("curl", "10.0.0.2", 80, 1_000 + (ulong)i, 500))];
        var (chart, metrics) = (ChartTable.Find("active")!.Create(new(by)), new ActiveConnections());
        chart.Take(connections, Ends.Recording);
        Array.ForEach(connections, connection => metrics.Add(in connection, Ends.Recording));

        Assert.Equal("connections open at once: 4 at most, 0 at the end", chart.Describe([Ends.Recording]).Subtitle);
        Assert.Equal((4, 0), metrics.Count([Ends.Recording]));
        // The axis reaches as high.
        Assert.Contains("4", Texts(XDocument.Parse(chart.ToSvg([Ends.Recording], ChartSize.Default, ColorTheme.Light))));
    }

    [Fact]
    public void Those_still_open_are_told_from_those_that_ended_in_every_group()
    {
        var chart = ChartTable.Find("lifetime")!.Create(new(GroupBy.Process));
        chart.Take(
            [
                .. Enumerable.Repeat(Ends.Client("ending", "10.0.0.2", 80, 0, 10_000_000), 3),
                .. Enumerable.Repeat(Ends.Client("leaking", "10.0.0.2", 80, 0, 10_000_000).StillOpen(), 90),
            ],
            Ends.Recording);
        var texts = Texts(XDocument.Parse(chart.ToSvg([Ends.Recording], ChartSize.Default, ColorTheme.Light)));

        Assert.Contains("ending", texts);
        Assert.Contains("leaking, still open: lived longer", texts);
        Assert.DoesNotContain("leaking", texts);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void No_label_is_on_another(string kind)
    {
        foreach (var by in (GroupBy?[])[null, GroupBy.Service])
        {
            if (ChartTable.Find(kind)!.Refuse(new(by)) is not null)
            {
                continue;
            }

            var chart = ChartTable.Find(kind)!.Create(new(by));
            var recordings = SampleTraffic.Give(chart, SampleIncident.Capture());
            foreach (var size in (ReadOnlySpan<ChartSize>)[new(200, 200), new(300, 600), new(640, 400), new(1600, 900)])
            {
                // Labels of the axes are those in the size and colour of such.
                var labels = XDocument.Parse(chart.ToSvg(recordings, size, ColorTheme.Light)).Descendants()
                    .Where(element => element.Name.LocalName == "text" && element.Attribute("font-size")?.Value is "12" or "11" && element.Attribute("fill")?.Value == ColorTheme.Light.Muted && element.Value.Trim() != "")
                    .Select(Box).ToArray();
                Assert.NotEmpty(labels);
                var pairs = from i in Enumerable.Range(0, labels.Length) from j in Enumerable.Range(0, i) select (One: labels[i], Other: labels[j]);
                Assert.DoesNotContain(pairs, pair =>
                    pair.One.Left < pair.Other.Right && pair.Other.Left < pair.One.Right && pair.One.Top < pair.Other.Bottom && pair.Other.Top < pair.One.Bottom);
            }
        }

        // From the first letter to the last, which is some 5 pixels wide, and as high as a digit.
        static (string Text, double Left, double Right, double Top, double Bottom) Box(XElement text)
        {
            // matrix(1.5 0 0 1.5 100 200) or translate(100 200).
            var numbers = text.Attribute("transform")!.Value.Split('(')[1].TrimEnd(')').Split(' ').Select(Number).ToArray();
            var (scale, place) = (numbers.Length == 6 ? numbers[0] : 1, numbers[^2..].Select(number => number / (numbers.Length == 6 ? numbers[0] : 1)).ToArray());
            Assert.True(scale > 0, text.ToString());
            var letters = text.Attribute("x")!.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Number).ToArray();
            var bottom = place[1] + Number(text.Attribute("y")!.Value.Split(',')[0]);
            return (text.Value.Trim(), place[0] + letters[0], place[0] + letters[^1] + 5, bottom - 8, bottom);
        }

        static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void A_recording_without_length_has_an_axis_of_a_second()
    {
        var chart = ChartTable.Find("churn")!.Create(new());
        var recording = new RecordedSpan { Start = 5, End = 5 };
        chart.Take([Ends.Client("curl", "10.0.0.2", 80, 5, 0)], recording);
        Assert.Contains("ms since the capture begins", Texts(XDocument.Parse(chart.ToSvg([recording], ChartSize.Default, ColorTheme.Light))));
    }

    [Fact]
    public void What_a_chart_cannot_show_is_refused()
    {
        Assert.Throws<ArgumentException>(() => ChartTable.Find("heatmap")!.Create(new(GroupBy.Peer)));
        Assert.Throws<ArgumentException>(() => ChartTable.Find("timeline")!.Create(new(Log: true)));
        Assert.Throws<ArgumentException>(() => ChartTable.Find("peers")!.Create(new(Log: true)));
    }

    private static XDocument Draw(string kind, ChartOptions options, bool isLossy = true, string comm = "api", ColorTheme? theme = null)
    {
        var chart = ChartTable.Find(kind)!.Create(options);
        var recordings = SampleTraffic.Give(chart, isLossy, comm);
        return XDocument.Parse(chart.ToSvg(recordings, new(1400, 800), theme ?? ColorTheme.Light));
    }

    private static string[] Texts(XDocument svg) =>
        [.. svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value.Trim())];
}
