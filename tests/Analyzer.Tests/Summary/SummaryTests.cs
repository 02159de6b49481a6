using System.Text;
using CsCheck;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Analyzer.Tests.Connections;
using TraceCap.Format.Events;
using TraceCap.Format.Reading;

namespace TraceCap.Analyzer.Tests.Summary;

public sealed class SummaryTests
{
    private const ulong Ms = 1_000_000;
    private const ulong S = 1_000_000_000;

    [Fact]
    public void The_page_lists_how_connections_end() => Assert.Contains(
        string.Concat(Ending.All.Select(ending => $"| `{ending.Word}` | {ending.Meaning} |\n")),
        File.ReadAllText(Repository.File("docs/analysis.md")),
        StringComparison.Ordinal);

    [Fact]
    public void Each_way_to_end_has_its_words() => Assert.All(
        Enum.GetValues<ConnectionEnding>(), ending => Assert.Equal((ending, $"{ending}".ToLowerInvariant()), (Ending.Of(ending).Value, Ending.Of(ending).Word)));

    [Fact]
    public void Connections_within_the_host_are_told_as_what_they_are()
    {
        var summary = new TrafficSummary(GroupBy.Process);
        Connection[] all = [.. Many(3, _ => Ends.Client("app", "10.0.0.2", 80, 0, Ms)), Ends.Client("web", "10.0.0.1", 80, 0, Ms) with { Role = ConnectionRole.Server, IsJoined = true, IsSecondEnd = true }];
        summary.Take(all, Ends.Recording);
        summary.End([Ends.Recording]);
        Assert.Contains("connections 3 (1 of them within this host, seen from both sides: 4 sockets)\n", Text(summary), StringComparison.Ordinal);

        summary.End([new RecordedSpan { Start = 0, IsFiltered = true }]);
        Assert.Contains("connections 4 sockets; a filter may have left out the other side\n", Text(summary), StringComparison.Ordinal);
        Assert.Null(summary.Connections);

        summary = new TrafficSummary(GroupBy.Process);
        summary.Take(all.AsSpan(0, 3), Ends.Recording);
        Assert.Contains("connections 3 (none of them within this host)\n", Text(summary), StringComparison.Ordinal);

        static string Text(TrafficSummary summary) => Encoding.UTF8.GetString(TrafficSummaryText.Format(summary, 20, 0));
    }

    [Fact]
    public void Json_has_more_digits_than_a_double()
    {
        var summary = new TrafficSummary(GroupBy.Process);
        var recording = new RecordedSpan { Start = 0, End = ulong.MaxValue, LossCounters = new LossCounters(ulong.MaxValue - 1, (1UL << 53) + 1, 0, 0, 0) };
        summary.Take([Ends.Client("app", "10.0.0.2", 80, 0, (1UL << 60) + 1)], recording);
        summary.End([recording]);
        var json = Encoding.UTF8.GetString(TrafficSummaryJson.Format(summary));
        Assert.Contains("\"max_ns\":1152921504606846977,", json, StringComparison.Ordinal);
        Assert.Contains("\"events_emitted\":18446744073709551614,\"events_lost\":9007199254740993,", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_names_groups_as_they_are()
    {
        var summary = new TrafficSummary(GroupBy.Process);
        var recording = new RecordedSpan { Start = 0 };
        summary.Take([Ends.Client("a\"\n\u202e<", "10.0.0.2", 80, 0, 1)], recording);
        summary.End([recording]);
        using var json = System.Text.Json.JsonDocument.Parse(TrafficSummaryJson.Format(summary));
        var group = Assert.Single(json.RootElement.GetProperty("groups").EnumerateArray());
        Assert.Equal(("process", "a\"\n\u202e<"), (group.GetProperty("by").GetString(), group.GetProperty("name").GetString()));
    }

    [Fact]
    public void Losses_are_dated_and_what_they_can_change_has_bounds()
    {
        var summary = new TrafficSummary(GroupBy.Process);
        var recording = new RecordedSpan { Start = 0, End = 10_000_000_000, LossCounters = new LossCounters(1_000, 0, 5, 0, 0) };
        recording.NoteLoss(new DatedLoss(new LossCounters(9, 0, 2, 0, 0), 1_000_000_000, 2_000_000_000, IsDamaged: false));
        recording.NoteLoss(new DatedLoss(new LossCounters(9, 0, 3, 0, 0), 4_000_000_000, 4_500_000_000, IsDamaged: false));
        summary.Take([Ends.Client("app", "10.0.0.2", 80, 0, 7), Ends.Client("app", "10.0.0.2", 80, 0, 9)], recording);
        summary.End([recording]);
        Assert.Contains("\nlost        5 (map full 5) of 1,000 events, between 1.000 s and 4.500 s, in 2 periods; any count may be off by as many\n", Encoding.UTF8.GetString(TrafficSummaryText.Format(summary, 20, 0)), StringComparison.Ordinal);
        using var json = System.Text.Json.JsonDocument.Parse(TrafficSummaryJson.Format(summary));
        var losses = json.RootElement.GetProperty("recordings")[0].GetProperty("losses");
        Assert.Equal(("4000000000", "4500000000", 3, 3), (losses[1].GetProperty("from_monotonic_ns").GetString(), losses[1].GetProperty("to_monotonic_ns").GetString(), losses[1].GetProperty("events_at_most").GetInt32(), losses[1].GetProperty("map_full").GetInt32()));
        var all = json.RootElement.GetProperty("all");
        Assert.Equal((2, 2, 7), (all.GetProperty("opened").GetInt32(), all.GetProperty("opened_at_least").GetInt32(), all.GetProperty("opened_at_most").GetInt32()));
        Assert.Equal(0, all.GetProperty("lifetime").GetProperty("p50_at_least_ns").GetInt64());
        Assert.False(all.GetProperty("lifetime").TryGetProperty("p50_at_most_ns", out _));
    }

    [Fact]
    public void Lost_events_come_first()
    {
        var summary = new TrafficSummary(GroupBy.Process);
        summary.End([new RecordedSpan { Start = 0, LossCounters = new LossCounters(1_000, 7, 0, 0, 0) }]);
        Assert.StartsWith("7 of 1,000 events were lost while recording", Assert.Single(summary.Findings).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(GroupBy.Process, "app,web")]
    [InlineData(GroupBy.Peer, "10.0.0.2,10.0.0.3")]
    [InlineData(GroupBy.Service, "10.0.0.1:40000,10.0.0.2:80")]
    [InlineData(GroupBy.Port, "40000,80")]
    [InlineData(GroupBy.Errno, "EHOSTUNREACH")]
    public void Connections_are_grouped_by_what_is_asked(GroupBy by, string names)
    {
        var groups = new ConnectionGroups(by);
        Connection[] connections =
        [
            Ends.Client("app", "10.0.0.2", 80, 0, Ms),
            Ends.Client("app", "10.0.0.2", 80, 0, Ms).FailedWith(113),
            Ends.Client("web", "10.0.0.3", 50_000, 0, Ms) with { Role = ConnectionRole.Server },
        ];
        foreach (ref readonly var connection in connections.AsSpan())
        {
            groups.Add(in connection, Ends.Recording);
        }

        Assert.Equal(names.Split(','), groups.InOrder.Select(group => groups.By.Text(group.Key)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(80)]
    [InlineData(60)]
    [InlineData(40)]
    public void A_table_fits_and_tells_services_apart(int width)
    {
        var summary = new TrafficSummary(GroupBy.Service);
        summary.Take([.. Enumerable.Range(0, 3).Select(i => Ends.Client("app", "127.0.0.1", (ushort)(40_000 + i), 0, Ms)), Ends.Client("app", "2001:db8:1234:5678:9abc:def0:1234:5678", 65_535, 0, Ms) with { IpVersion = 6 }], Ends.Recording);
        summary.End([Ends.Recording]);
        var lines = Encoding.UTF8.GetString(TrafficSummaryText.Format(summary, 20, width)).Split('\n');
        Assert.All(lines, line => Assert.InRange(line.Length, 0, width == 0 ? int.MaxValue : width));
        for (var i = 0; i < 3; i++)
        {
            Assert.Single(lines, line => line.Contains($"127.0.0.1:4000{i} ", StringComparison.Ordinal));
        }

        var header = Assert.Single(lines, line => line.StartsWith("SERVICE", StringComparison.Ordinal));
        Assert.Contains(" SOCKETS ", header, StringComparison.Ordinal);
        Assert.Contains(" FAILED", header, StringComparison.Ordinal);
        Assert.Equal(width is 0 or 100, header.Contains(" P90", StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains(":65535", StringComparison.Ordinal) || line.Contains("5678]:65", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_time_there_is_no_rate()
    {
        var recording = new RecordedSpan { Start = 5, End = 5 };
        var summary = new TrafficSummary(GroupBy.Process);
        summary.Take([Ends.Client("app", "10.0.0.2", 80, 5, 0)], recording);
        summary.End([recording]);
        var text = Encoding.UTF8.GetString(TrafficSummaryText.Format(summary, 20, 0));
        Assert.Contains("1 opened (-), 0 accepted (-)", text, StringComparison.Ordinal);
        Assert.Contains("recorded    for a time that is not known\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "0 ns")]
    [InlineData(999, "999 ns")]
    [InlineData(999_400, "999 us")]
    [InlineData(999_600, "1.00 ms")]
    [InlineData(9_996_000, "10.0 ms")]
    [InlineData(99_960_000, "100 ms")]
    [InlineData(59_000_000_000, "59.0 s")]
    [InlineData(90_000_000_000, "1.50 min")]
    [InlineData(9_000_000_000_000, "2.50 h")]
    [InlineData(216_000_000_000_000, "2.50 d")]
    [InlineData(ulong.MaxValue, "585 y")]
    public void Durations_have_three_digits(ulong nanoseconds, string text) => Assert.Equal(text, DurationText.Of(nanoseconds));

    private static Connection[] Many(int count, Func<int, Connection> make) => [.. Enumerable.Range(0, count).Select(make)];
}
