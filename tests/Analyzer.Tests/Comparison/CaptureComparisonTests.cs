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
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

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
        Assert.Equal(ChangeVerdict.Noise, Change(comparison, "opened.rate").Verdict);
        Assert.Equal(ChangeVerdict.Changed, Change(comparison, "failed.share").Verdict);
        Assert.Equal(
            """
            METRIC               BEFORE     AFTER    CHANGE    99 % INTERVAL
            recorded           1.67 min  1.67 min         =
            opened.rate          5.62/s    5.72/s    +1.8 %     -31 to +50 % noise
            accepted.rate           0/s       0/s         =
            failed.rate             0/s    0.40/s   +0.40/s    x 4.2 or more changed
            failed.share            0 %    6.54 %   +6.5 pp   +3.8 to +10 pp changed
            reset.share             0 %       0 %         =
            active.max                3         3         =
            active.end                0         0         =
            lifetime.p50        10.0 ms   10.0 ms         =
            lifetime.p90        10.0 ms   10.0 ms         =
            lifetime.p99        10.0 ms   10.0 ms         =
            connect.p50               -         -         ?
            connect.p90               -         -         ?
            connect.p99               -         -         ?
            accept.p50                -         -         ?
            accept.p90                -         -         ?
            accept.p99                -         -         ?
            bytes.sent              0 B       0 B         =
            bytes.received          0 B       0 B         =
            retransmits.share         -         -         ?
            lost                      0         0         =

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

        Assert.InRange(comparison.Lifetimes!.Chance, 0, 1e-6);
        Assert.Equal(1, comparison.Lifetimes.Distance, 1e-9);
        var results = unwanted.Select(comparison.Check).ToArray();
        Assert.Equal([true, false, false, true, null, true], results.Select(result => result.Holds));
        Assert.Equal(
            [ChangeVerdict.Changed, ChangeVerdict.Changed, ChangeVerdict.Untested, ChangeVerdict.Noise, ChangeVerdict.Untested, ChangeVerdict.Untested],
            results.Select(result => result.Terms.Single().Change.Verdict));
        var lines = Encoding.UTF8.GetString(ComparisonText.Format(comparison, results, 0)).Split('\n');
        Assert.Equal(
            [
                "  FAILED  lifetime.p50 > +20%: 10.0 ms -> 15.0 ms (+50.0 %)",
                "  ok      lifetime.p50 > +200%: 10.0 ms -> 15.0 ms (+50.0 %)",
                "  ok      failed > 0: 0 -> 0 (=)",
                "  FAILED  opened[port=81] < -5: 20 -> 14 (-30.0 %); may be noise (p = 0.4)",
                "  UNKNOWN connect.p50 > +1ms: - -> - (?); before: there is nothing that it could be measured of; after: there is nothing that it could be measured of",
                "  FAILED  closed > +1: 320 -> 322 (+0.6 %)",
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

    [Fact]
    public void What_comes_in_one_burst_is_one_thing_that_happened()
    {
        Connection[] Burst(string peer, int count) => [.. Enumerable.Range(0, count).Select(i => Ends.Client("app", peer, 80, (50_000 + (ulong)i) * Ms, Ms))];
        var services = Compare([.. To("10.0.0.2", 80, 500, 10)], [.. To("10.0.0.2", 80, 500, 10), .. Burst("10.0.0.3", 200)]).Groups[0];
        Assert.Equal((200, ChangeVerdict.Noise), (services.New.Single().After, services.New.Single().Verdict));
    }

    [Fact]
    public void A_connection_within_the_host_counts_once()
    {
        Connection[] Within(int count) =>
        [
            .. To("127.0.0.1", 80, count, 10).Select(client => client with { LocalAddress = client.PeerAddress, IsJoined = true }).SelectMany(client => new[]
            {
                client,
                client with { Role = ConnectionRole.Server, LocalPort = client.PeerPort, PeerPort = client.LocalPort, IsSecondEnd = true },
            }),
        ];
        var comparison = Compare(Within(60), [.. To("10.0.0.2", 80, 50, 10)]);
        Assert.All(comparison.Groups.Take(2), groups => Assert.Equal(60, groups.Vanished.Single().Before));
        Assert.Equal(2, comparison.Before.Figures.Intervals!.Lifetimes.Least);
        Assert.Equal(2, comparison.Before.Figures.Intervals.ResetOfClosed.Least);
    }

    [Fact]
    public void A_change_that_lost_events_explain_cannot_be_told()
    {
        Connection[] before = [.. To("10.0.0.2", 80, 500, 10)];
        Connection[] after = [.. To("10.0.0.2", 80, 500, 15), .. Failed("10.0.0.2", 80, 40), .. To("10.0.0.3", 80, 60, 15)];
        ChangeVerdict[] Verdicts(RecordedSpan one, RecordedSpan other, bool allowLoss = false)
        {
            var comparison = new CaptureComparison(Read(before, [], one), Read(after, [], other)) { AllowLoss = allowLoss };
            return [Change(comparison, "failed").Verdict, Change(comparison, "failed.share").Verdict, Change(comparison, "lifetime.p50").Verdict, comparison.VerdictOf(MetricTest.Lifetimes).Verdict, comparison.Groups[0].New.Single().Verdict];
        }

        RecordedSpan Lossy(ulong lost) => new() { Start = 0, End = Ends.Recording.End, LossCounters = new LossCounters(10_000, lost, 0, 0, 0) };
        var (changed, unknown) = (ChangeVerdict.Changed, ChangeVerdict.Unknown);
        Assert.Equal([changed, changed, changed, changed, changed], Verdicts(Ends.Recording, Ends.Recording));
        // What the first lost may have been connects that failed, or of the service that seems new; what the second lost can only be more.
        Assert.Equal([unknown, unknown, changed, changed, unknown], Verdicts(Lossy(30), Ends.Recording));
        Assert.Equal([changed, changed, changed, changed, changed], Verdicts(Ends.Recording, Lossy(5)));
        Assert.Equal([unknown, unknown, unknown, unknown, unknown], Verdicts(Lossy(5_000), Ends.Recording));
        Assert.Equal([changed, changed, changed, changed, changed], Verdicts(Lossy(5_000), Ends.Recording, allowLoss: true));
        var text = Encoding.UTF8.GetString(ComparisonText.Format(new CaptureComparison(Read(before, [], Lossy(30)), Read(after, [], Ends.Recording)), [], 80));
        Assert.Contains(text.Split('\n'), line => line.StartsWith("failed.rate ", StringComparison.Ordinal) && line.EndsWith(" cannot be told", StringComparison.Ordinal));
    }

    [Fact]
    public void Captures_with_other_filters_tell_no_change()
    {
        var recording = new RecordedSpan { Start = 0, End = Ends.Recording.End };
        recording.Describe(new CaptureHeader { Filters = new Dictionary<string, string> { ["ip version"] = "4" } });
        Connection[] after = [.. To("10.0.0.2", 80, 500, 10), .. Failed("10.0.0.2", 80, 40)];
        var comparison = new CaptureComparison(Read([.. To("10.0.0.2", 80, 500, 10)], [], recording), Read(after, [], Ends.Recording));
        Assert.Equal(ChangeVerdict.Unknown, Change(comparison, "failed").Verdict);
        Assert.Equal(("before", "it was filtered by ip version, the other was not"), Assert.Single(comparison.Missing));
    }

    [Fact]
    public void Of_recordings_of_different_lengths_only_what_happens_in_time_is_compared()
    {
        var hour = new RecordedSpan { Start = 0, End = 36 * Ends.Recording.End };
        Connection[] Some(ulong seconds) => [.. Enumerable.Range(0, (int)(5 * seconds)).Select(i => Ends.Client("app", "10.0.0.2", 80, (ulong)i * 200 * Ms, 50_000 * Ms))
            .Select(connection => connection.Ended > seconds * 1_000 * Ms ? connection.StillOpen() with { Ended = seconds * 1_000 * Ms } : connection)];
        var comparison = new CaptureComparison(Read(Some(100), [], Ends.Recording), Read(Some(3_600), [], hour));
        Assert.DoesNotContain(comparison.Changes, change => change.Verdict is ChangeVerdict.Changed or ChangeVerdict.Unknown);
        Assert.Equal(ChangeVerdict.Untested, Change(comparison, "closed").Verdict);
        Assert.All(["sockets", "reset", "open", "active.max", "segments.sent", "retransmits", "retransmits.share", "bytes.sent", "lifetime.max"], metric => Assert.Null(MetricTable.Find(metric)!.Test));
    }

    private static MetricChange Change(CaptureComparison comparison, string metric) => comparison.Changes.Single(change => change.Metric.Name == metric);

    private static CaptureComparison Compare(Connection[] before, Connection[] after, params Expectation[] expectations) =>
        new(Read(before, expectations), Read(after, expectations));

    private static ComparedCapture Read(Connection[] connections, Expectation[] expectations, RecordedSpan? recording = null, int mostGroups = ComparedGroups.MaxGroups)
    {
        var compared = new ComparedCapture(expectations, mostGroups);
        compared.Take(connections, recording ?? Ends.Recording);
        compared.End([recording ?? Ends.Recording]);
        return compared;
    }

    private static IEnumerable<Connection> To(string peer, ushort port, int count, ulong milliseconds) =>
        Enumerable.Range(0, count).Select(i => Ends.Client("app", peer, port, (ulong)i * (90_000 / (ulong)count) * Ms, milliseconds * Ms));

    private static IEnumerable<Connection> Failed(string peer, ushort port, int count) =>
        To(peer, port, count, 1).Select(connection => connection.FailedWith(111));
}
