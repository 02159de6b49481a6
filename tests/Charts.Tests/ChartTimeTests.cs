using System.Globalization;
using System.Xml.Linq;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Output.Html;
using TraceCap.Analyzer.Tests.Connections;

namespace TraceCap.Charts.Tests;

/// <summary>Charts over time: by which clock they go, and what they say of what happened when.</summary>
public sealed class ChartTimeTests
{
    private const ulong Second = 1_000_000_000;

    private static readonly TimeZoneInfo berlin = TimeZoneInfo.CreateCustomTimeZone(
        "Berlin", TimeSpan.FromHours(1), "Berlin", "CET", "CEST",
        [TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
            DateTime.MinValue.Date, DateTime.MaxValue.Date, TimeSpan.FromHours(1),
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 2, 0, 0), 3, 5, DayOfWeek.Sunday),
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 3, 0, 0), 10, 5, DayOfWeek.Sunday))]);

    public static TheoryData<string> OverTime => ["churn", "active", "bytes", "connect", "ports", "heatmap", "timeline"];

    [Theory]
    [MemberData(nameof(OverTime))]
    public void It_says_when_most_failed_and_when_events_were_lost(string kind)
    {
        var chart = ChartTable.Find(kind)!.Create(new());
        var recordings = SampleTraffic.Give(chart, SampleIncident.Capture());

        var text = chart.Describe(recordings).Subtitle;

        Assert.Contains("; 690 of 690 connects to 10.0.2.5:5432 failed between 2026-03-15 00:00:00 and 00:00:30;", text, StringComparison.Ordinal);
        Assert.EndsWith("; 240 events lost, 2026-03-15 00:02:36 to 00:02:40", text, StringComparison.Ordinal);
        // And so does the picture, to those who do not see it.
        Assert.Contains($"{text}.</title>", chart.ToSvg(recordings, ChartSize.Default, ColorTheme.Light), StringComparison.Ordinal);
    }

    [Fact]
    public void It_says_that_ever_more_are_open()
    {
        var (leak, steady) = (ChartTable.Find("active")!.Create(new()), ChartTable.Find("active")!.Create(new()));

        Assert.Contains("they grow all the time: 80, 145, 210 and 267 after each quarter", leak.Describe(SampleTraffic.Give(leak, SampleIncident.Capture())).Subtitle, StringComparison.Ordinal);
        steady.Take([.. Enumerable.Range(0, 60).Select(i => Ends.Client("a", "10.0.0.2", 80, (ulong)i * Second, 3 * Second))], Recording(0, 60));
        Assert.DoesNotContain("grow", steady.Describe([Recording(0, 60)]).Subtitle, StringComparison.Ordinal);
    }

    [Fact]
    public void Intervals_begin_at_round_times_and_those_recorded_in_part_are_not_complete()
    {
        var chart = ChartTable.Find("churn")!.Create(new());
        var recordings = SampleTraffic.Give(chart, SampleIncident.Capture());

        var rows = Csv(chart, recordings);

        Assert.Equal("2026-03-14T23:55:00.000000000Z", rows[0]["time"]);
        Assert.Equal("2026-03-14T23:55:10.000000000Z", rows[1]["time"]);
        Assert.All(rows, row => Assert.Equal("10000000000", row["length_ns"]));
        Assert.Equal("-7.3", rows[0]["seconds"]);
        Assert.Equal(("false", "true", "false"), (rows[0]["complete"], rows[1]["complete"], rows[^1]["complete"]));
        var lossy = rows.Where(row => row["lossy"] == "true").ToArray();
        Assert.Equal(["2026-03-15T00:02:30.000000000Z", "2026-03-15T00:02:40.000000000Z"], lossy.Select(row => row["time"]));
        Assert.All(lossy, row => Assert.Equal("false", row["complete"]));
        Assert.Equal(690, rows.Sum(row => int.Parse(row["failed"], CultureInfo.InvariantCulture)));
    }

    [Theory]
    // A day in two zones.
    [InlineData("2026-01-31T12:00:00Z", 30 * 3600, false, new[] { "12:00\n2026-01-31", "18:00", "00:00\n2026-02-01", "06:00", "12:00", "18:00" }, "time (UTC)")]
    [InlineData("2026-01-31T12:00:00Z", 30 * 3600, true, new[] { "18:00\n2026-01-31", "00:00\n2026-02-01", "06:00", "12:00", "18:00" }, "time (UTC+01:00)")]
    // Clocks are put forward, from 02:00 to 03:00, and back, from 03:00 to 02:00.
    [InlineData("2026-03-28T23:00:00Z", 24 * 3600, true, new[] { "00:00\n2026-03-29", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00", "00:00\n2026-03-30" }, "time (UTC+01:00)")]
    [InlineData("2026-10-24T22:00:00Z", 24 * 3600, true, new[] { "00:00", "02:00", "04:00", "06:00", "08:00", "10:00", "12:00", "14:00", "16:00", "18:00", "20:00", "22:00" }, "time of day, 2026-10-25 (UTC+02:00)")]
    [InlineData("2026-01-31T12:00:03Z", 9, false, new[] { "12:00:03", "12:00:04", "12:00:05", "12:00:06", "12:00:07", "12:00:08", "12:00:09", "12:00:10", "12:00:11", "12:00:12" }, "time of day, 2026-01-31 (UTC)")]
    [InlineData("2026-01-31T12:00:03Z", 100 * 86_400, false, new[] { "2026-02-16", "2026-03-08", "2026-03-28", "2026-04-17", "2026-05-07" }, "time (UTC)")]
    public void An_axis_shows_the_clock_of_a_zone(string start, int seconds, bool isBerlin, string[] labels, string name)
    {
        var wall = (long)(DateTimeOffset.Parse(start, CultureInfo.InvariantCulture).ToUnixTimeSeconds() * (decimal)Second);
        var recording = new RecordedSpan { Start = Second, End = Second + ((ulong)seconds * Second), WallOffset = wall - (long)Second };
        var chart = ChartTable.Find("timeline")!.Create(new(Zone: isBerlin ? berlin : null));
        chart.Take([Ends.Client("a", "10.0.0.2", 80, Second, Second)], recording);

        var texts = XDocument.Parse(chart.ToSvg([recording], new(900, 600), ColorTheme.Light)).Descendants()
            .Where(element => element.Name.LocalName == "text").Select(element => element.Value.Trim()).ToArray();

        Assert.Contains(name, texts);
        Assert.Equal(labels.SelectMany(label => label.Split('\n')).Order(StringComparer.Ordinal), texts.Where(text => text.Length > 4 && char.IsAsciiDigit(text[0]) && text.All(letter => char.IsAsciiDigit(letter) || letter is ':' or '-')).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Ports_in_time_wait_are_in_use_for_a_minute()
    {
        var chart = ChartTable.Find("ports")!.Create(new());
        // Closed here first from ESTABLISHED, and by the peer.
        chart.Take(
            [
                Ends.Client("a", "10.0.0.2", 80, 0, Second) with { State = 1, LocalAddress = Ends.Client("a", "10.0.0.9", 80, 0, 0).PeerAddress },
                Ends.Client("a", "10.0.0.3", 80, 0, Second) with { State = 8, LocalAddress = Ends.Client("a", "10.0.0.9", 80, 0, 0).PeerAddress },
            ],
            Recording(0, 100));

        var rows = Csv(chart, [Recording(0, 100)]);

        Assert.Equal("10.0.0.9 to 10.0.0.2:80", rows[0]["group"]);
        // In intervals of a second, of which the last has but an instant of it.
        Assert.Equal(62, rows.Where(row => row["group"] == "10.0.0.9 to 10.0.0.2:80").Sum(Used), 1);
        Assert.Equal(2, rows.Where(row => row["group"] == "10.0.0.9 to 10.0.0.3:80").Sum(Used), 1);

        static double Used(Dictionary<string, string> row) => double.Parse(row["in_use_max"], CultureInfo.InvariantCulture) * double.Parse(row["length_ns"], CultureInfo.InvariantCulture) / Second;
    }

    [Theory]
    [InlineData(1, new long[] { 1 })]
    [InlineData(32, new long[] { 1, 2, 5, 10, 20 })]
    [InlineData(235, new long[] { 1, 3, 10, 30, 100 })]
    [InlineData(1_000_000, new long[] { 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000 })]
    public void Colours_of_a_heatmap_are_for_round_counts(long most, long[] starts)
    {
        var levels = Heatmap.Levels(most, 7, log: true);

        Assert.Equal(starts, levels.Select(level => level.From));
        Assert.Equal(most, levels[^1].To);
    }

    private static RecordedSpan Recording(ulong from, ulong to) => new() { Start = from * Second, End = to * Second, WallOffset = 1_767_225_600_000_000_000 };

    private static Dictionary<string, string>[] Csv(Chart chart, IReadOnlyList<RecordedSpan> recordings)
    {
        var stream = new MemoryStream();
        chart.Data(recordings).Write(stream, Analyzer.Output.Tables.TableFormat.All.Single(format => format.Name == "csv"));
        var lines = System.Text.Encoding.UTF8.GetString(stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r').Split(',')).ToArray();
        return [.. lines[1..].Select(line => lines[0].Zip(line).ToDictionary(pair => pair.First, pair => pair.Second))];
    }
}
