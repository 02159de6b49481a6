using System.Text;
using System.Text.Json;
using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Comparison;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Analyzer.Tests.Connections;

namespace TraceCap.Analyzer.Tests.Comparison;

public sealed class CaptureComparisonTests
{
    private const ulong Ms = 1_000_000;

    [Fact]
    public void New_and_vanished_services_and_failures_are_told_and_noise_is_called_so()
    {
        var comparison = Compare(
            [.. To("10.0.0.2", 80, 500, 10), .. To("10.0.0.3", 80, 60, 10), .. To("10.0.0.4", 80, 2, 10)],
            [.. To("10.0.0.2", 80, 510, 10), .. To("10.0.0.5", 80, 60, 10), .. To("10.0.0.6", 80, 2, 10), .. Failed("10.0.0.2", 80, 40)]);

        var services = comparison.Groups.Single(groups => groups.By == Grouping.Of(GroupBy.Service));
        Assert.Equal([("10.0.0.5:80", 0, 60, true), ("10.0.0.6:80", 0, 2, false)], services.New.Select(Row));
        Assert.Equal([("10.0.0.3:80", 60, 0, true), ("10.0.0.4:80", 2, 0, false)], services.Vanished.Select(Row));
        Assert.Equal([("10.0.0.2:80", 0, 40, true)], services.Failures.Select(Row));
        Assert.Equal([("ECONNREFUSED", 0, 40, true)], comparison.Groups.Single(groups => groups.By == Grouping.Of(GroupBy.Errno)).Failures.Select(Row));
        Assert.True(services.IsComplete);
        Assert.False(Change(comparison, "opened.rate").IsSignificant);
        Assert.True(Change(comparison, "failed.share").IsSignificant);
        Assert.Equal(
            """
            METRIC                   BEFORE        AFTER     CHANGE
            recorded               1.67 min     1.67 min          =
            opened.rate              5.62/s       5.72/s     +1.8 %  noise
            accepted.rate               0/s          0/s          =
            failed.rate                 0/s       0.40/s    +0.40/s  changed
            failed.share                0 %       6.54 %    +6.54 %  changed
            reset.share                 0 %          0 %          =
            active.max                    3            3          =
            active.end                    0            0          =
            lifetime.p50            10.0 ms      10.0 ms          =
            lifetime.p90            10.0 ms      10.0 ms          =
            lifetime.p99            10.0 ms      10.0 ms          =
            connect.p50                   -            -          ?
            connect.p90                   -            -          ?
            connect.p99                   -            -          ?
            bytes.sent                  0 B          0 B          =
            bytes.received              0 B          0 B          =
            retransmits.share             -            -          ?
            lost                          0            0          =

            lifetimes   nothing to compare: 562 before, 572 after
            connects    nothing to compare: 0 before, 0 after

            services
              new          10.0.0.5:80           0 -> 60
              vanished     10.0.0.3:80          60 -> 0
              failing      10.0.0.2:80           0 -> 40
              new          1 others, too few to be told from noise
              vanished     1 others, too few to be told from noise

            peers
              new          10.0.0.5              0 -> 60
              vanished     10.0.0.3             60 -> 0
              failing      10.0.0.2              0 -> 40
              new          1 others, too few to be told from noise
              vanished     1 others, too few to be told from noise

            reasons of failures
              failing      ECONNREFUSED          0 -> 40

            """.ReplaceLineEndings("\n"),
            Encoding.UTF8.GetString(ComparisonText.Format(comparison, [], 80)));

        static (string, long, long, bool) Row(GroupChange row) => (row.Name, row.Before, row.After, row.IsSignificant);
    }

    [Fact]
    public void Lifetimes_that_grew_are_told_and_what_must_not_hold_is_checked()
    {
        Expectation[] unwanted =
        [
            .. new[] { "lifetime.p50 > +20%", "lifetime.p50 > +200%", "failed > 0", "opened[port=81] < -5", "connect.p50 > +1ms", "closed > +1" }
                .Select(Expectation.ParseComparison),
        ];
        var comparison = Compare([.. To("10.0.0.2", 80, 300, 10), .. To("10.0.0.2", 81, 20, 10)], [.. To("10.0.0.2", 80, 308, 15), .. To("10.0.0.2", 81, 14, 15)], unwanted);

        Assert.InRange(comparison.Lifetimes!.Value.Chance, 0, 1e-6);
        Assert.Equal(1, comparison.Lifetimes.Value.Distance, 1e-9);
        var results = unwanted.Select(comparison.Check).ToArray();
        Assert.Equal([true, false, false, true, null, true], results.Select(result => result.Holds));
        Assert.Equal([true, true, null, false, null, false], results.Select(result => result.Terms.Single().Change.IsSignificant));
        var lines = Encoding.UTF8.GetString(ComparisonText.Format(comparison, results, 0)).Split('\n');
        Assert.Equal(
            [
                "  FAILED  lifetime.p50 > +20%: 10.0 ms -> 15.0 ms (+50.0 %)",
                "  ok      lifetime.p50 > +200%: 10.0 ms -> 15.0 ms (+50.0 %)",
                "  ok      failed > 0: 0 -> 0 (=)",
                "  FAILED  opened[port=81] < -5: 20 -> 14 (-30.0 %); may be noise (p = 0.39)",
                "  UNKNOWN connect.p50 > +1ms: - -> - (?); before: there is nothing that it could be measured of; after: there is nothing that it could be measured of",
                "  FAILED  closed > +1: 320 -> 322 (+0.6 %); may be noise (p = 0.97)",
            ],
            lines[^7..^1]);

        using var json = JsonDocument.Parse(ComparisonJson.Format(comparison, results));
        var root = json.RootElement;
        Assert.True(root.GetProperty("fails").GetBoolean());
        Assert.Equal(MetricTable.All.Select(metric => metric.Name), root.GetProperty("metrics").EnumerateArray().Select(metric => metric.GetProperty("metric").GetString()));
        Assert.Equal(0.5, root.GetProperty("fail_if")[0].GetProperty("relative_change").GetDouble(), 0.02);
        Assert.Equal((JsonValueKind.Null, "unknown"), (root.GetProperty("fail_if")[4].GetProperty("holds").ValueKind, root.GetProperty("fail_if")[4].GetProperty("verdict").GetString()));
        Assert.True(root.GetProperty("lifetime").GetProperty("significant").GetBoolean());
    }

    [Theory]
    [InlineData(1_000_000, 999_999, "0.0 %")]
    [InlineData(1_000_000, 1_000_001, "0.0 %")]
    [InlineData(1_000_000, 1_000_000, "=")]
    [InlineData(1_000_000, 998_000, "-0.2 %")]
    [InlineData(1_000, 9_999, "+899.9 %")]
    [InlineData(1_000, 254_000, "x 254")]
    [InlineData(0, 5, "+5 B")]
    [InlineData(5, 0, "-100.0 %")]
    [InlineData(254_000, 1_000, "/ 254")]
    [InlineData(9_999, 1_000, "-90.0 %")]
    public void A_change_is_told_in_percent_or_as_a_factor(ulong before, ulong after, string change)
    {
        Connection[] Sent(ulong bytes) => [Ends.Client("app", "10.0.0.2", 80, 0, Ms) with { BytesAcked = bytes + 1, BytesSent = bytes }];
        var text = Encoding.UTF8.GetString(ComparisonText.Format(Compare(Sent(before), Sent(after)), [], 80));
        Assert.EndsWith(" " + change, Assert.Single(text.Split('\n'), line => line.StartsWith("bytes.sent ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(60)]
    [InlineData(40)]
    public void Its_lines_fit(int width)
    {
        Connection[] Some(string peer, int count) => [.. Enumerable.Range(0, count).Select(i => Ends.Client("app", peer, 40_000, (ulong)i * Ms, Ms) with { BytesSent = 5_000_000_000, BytesAcked = 5_000_000_000 })];
        var lines = Encoding.UTF8.GetString(ComparisonText.Format(Compare(Some("10.100.100.100", 2000), Some("10.100.100.101", 50)), [], width)).Split('\n');
        Assert.All(lines, line => Assert.InRange(line.Length, 0, width));
        Assert.Contains(lines, line => line.StartsWith("opened.rate", StringComparison.Ordinal) && line.Contains("/ 40", StringComparison.Ordinal));
        Assert.Equal(width > 40, lines[0].Contains("BEFORE", StringComparison.Ordinal));
    }

    [Fact]
    public void A_hundred_services_that_come_and_go_by_chance_are_no_change()
    {
        var random = new Random(1);
        Connection[] Some() => [.. Enumerable.Range(1, 100).SelectMany(i => To($"10.0.1.{i}", 80, random.Next(0, 12), 10))];
        var services = Compare(Some(), Some()).Groups[0];
        Assert.NotEmpty(services.New);
        Assert.DoesNotContain(services.New.Concat(services.Vanished), change => change.IsSignificant);
    }

    [Fact]
    public void Where_there_were_too_many_groups_it_is_said()
    {
        var many = Enumerable.Range(0, 3_000).Select(i => Ends.Client("app", "10.0.0.2", (ushort)(1 + i), 0, Ms)).ToArray();
        Assert.True(Compare(many, many[..5]).Groups[0].IsComplete);
        var comparison = new CaptureComparison(Read(many, [], mostGroups: 2_000), Read(many[..5], []));
        Assert.False(comparison.Groups[0].IsComplete);
        Assert.Contains("there were too many to keep all", Encoding.UTF8.GetString(ComparisonText.Format(comparison, [], 0)), StringComparison.Ordinal);
    }

    private static MetricChange Change(CaptureComparison comparison, string metric) => comparison.Changes.Single(change => change.Metric.Name == metric);

    private static CaptureComparison Compare(Connection[] before, Connection[] after, params Expectation[] expectations) =>
        new(Read(before, expectations), Read(after, expectations));

    private static ComparedCapture Read(Connection[] connections, Expectation[] expectations, int mostGroups = ConnectionGroups.MaxGroups)
    {
        var compared = new ComparedCapture(expectations, mostGroups);
        compared.Take(connections, Ends.Recording);
        compared.End([Ends.Recording]);
        return compared;
    }

    private static IEnumerable<Connection> To(string peer, ushort port, int count, ulong milliseconds) =>
        Enumerable.Range(0, count).Select(i => Ends.Client("app", peer, port, (ulong)i * 20 * Ms, milliseconds * Ms));

    private static IEnumerable<Connection> Failed(string peer, ushort port, int count) =>
        To(peer, port, count, 1).Select(connection => connection.FailedWith(111));
}
