using System.Text;
using System.Text.Json;
using CsCheck;
using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Comparison;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Analyzer.Tests.Connections;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Tests.Expectations;

/// <summary>What is missing from a capture decides, or does not.</summary>
public sealed class VerdictTests
{
    private const ulong Ms = 1_000_000;

    private static readonly Connection[] connections =
    [
        .. Enumerable.Range(0, 97).Select(i => Ends.Client("app", "10.0.0.2", 80, (ulong)i * Ms, (ulong)(i + 1) * Ms) with { BytesAcked = 101, BytesSent = 100, SegmentsSent = 10, Duration = (ulong)(i + 1) * 1000 }),
        .. Enumerable.Range(0, 3).Select(i => Ends.Client("app", "10.0.0.2", 80, (ulong)i, Ms).FailedWith(111)),
    ];

    [Theory]
    [InlineData("failed == 0", Verdict.Fails)]
    [InlineData("failed > 0", Verdict.Holds)]
    [InlineData("failed == 3", Verdict.Unknown)]
    [InlineData("failed <= 3", Verdict.Unknown)]
    [InlineData("failed <= 8", Verdict.Holds)]
    [InlineData("failed > 8", Verdict.Fails)]
    [InlineData("failed < 3", Verdict.Fails)]
    [InlineData("reset == 0", Verdict.Unknown)]
    [InlineData("opened >= 97", Verdict.Holds)]
    [InlineData("opened >= 98", Verdict.Unknown)]
    [InlineData("opened >= 103", Verdict.Fails)]
    [InlineData("opened.rate >= 0.97/s", Verdict.Holds)]
    [InlineData("opened.rate < 1/s", Verdict.Unknown)]
    [InlineData("failed.share < 8%", Verdict.Holds)]
    [InlineData("failed.share < 4%", Verdict.Unknown)]
    [InlineData("failed.share > 2.8%", Verdict.Holds)]
    [InlineData("connect.p50 < 60us", Verdict.Holds)]
    [InlineData("connect.p99 < 1s", Verdict.Unknown)]
    [InlineData("connect.max < 1s", Verdict.Unknown)]
    [InlineData("connect.max < 90us", Verdict.Fails)]
    [InlineData("lifetime.p50 < 100ms", Verdict.Holds)]
    [InlineData("lifetime.p50 < 49ms", Verdict.Unknown)]
    [InlineData("lifetime.p99 < 5s", Verdict.Unknown)]
    [InlineData("lifetime.max >= 97ms", Verdict.Holds)]
    [InlineData("bytes.sent >= 9700", Verdict.Holds)]
    [InlineData("bytes.sent < 1GiB", Verdict.Unknown)]
    [InlineData("retransmits == 0", Verdict.Unknown)]
    [InlineData("active.end <= 5", Verdict.Holds)]
    [InlineData("active.end == 0", Verdict.Unknown)]
    [InlineData("lost == 0", Verdict.Fails)]
    [InlineData("lost == 5", Verdict.Holds)]
    [InlineData("recorded > 1s", Verdict.Holds)]
    public void Five_lost_events_decide_only_what_they_can_change(string expectation, Verdict verdict) =>
        Assert.Equal(verdict, Check(Lossy(5), connections, expectation).Verdict);

    [Theory]
    [InlineData("failed == 0", Verdict.Holds)]
    [InlineData("lifetime.p99[process=curl] < 5s", Verdict.Holds)]
    public void Nothing_lost_is_nothing_in_doubt(string expectation, Verdict verdict)
    {
        var result = Check(Ends.Recording, [.. connections.Where(one => one.Ending != ConnectionEnding.Failed)], expectation.Replace("curl", "app", StringComparison.Ordinal));
        Assert.Equal((verdict, null), (result.Verdict, result.Reason));
    }

    [Fact]
    public void A_reset_of_a_connection_without_its_opening_may_have_been_another_end()
    {
        var doubtful = Ends.Client("app", "10.0.0.2", 80, 0, Ms) with { Ending = ConnectionEnding.Reset, IsPreexisting = true, IsUncertain = true, Role = ConnectionRole.Unknown };
        Assert.Equal(Verdict.Unknown, Check(Lossy(5), [doubtful], "reset > 0").Verdict);
        Assert.Equal(Verdict.Holds, Check(Lossy(5), [doubtful with { IsUncertain = false }], "reset > 0").Verdict);
    }

    [Fact]
    public void A_connection_that_seems_open_may_have_been_closed()
    {
        var open = Ends.Client("app", "10.0.0.2", 80, 0, Ms).StillOpen() with { IsUncertain = true };
        Assert.Equal(Verdict.Unknown, Check(Lossy(5), [open], "active.end > 0").Verdict);
        Assert.Equal(Verdict.Unknown, Check(Lossy(5), [open], "lifetime.p50 > 5ms").Verdict);
        Assert.Equal(Verdict.Holds, Check(Ends.Recording, [open], "active.end > 0").Verdict);
    }

    [Fact]
    public void Whatever_was_lost_the_bounds_have_the_figure_of_all() => Gen.Select(
        Gen.Select(Gen.ULong[0, 500], Gen.ULong[0, 400], Gen.Int[0, 9]).Array[1, 40], Gen.Int[0, 1 << 20]).Sample((all, seed) =>
    {
        // Of each connection the opening, the close, or both may be lost.
        Connection Make((ulong Opened, ulong Lifetime, int Kind) one)
        {
            var connection = Ends.Client("app", "10.0.0.2", 80, one.Opened * Ms, one.Lifetime * Ms) with { BytesSent = one.Lifetime, BytesAcked = one.Lifetime + 1, Duration = one.Lifetime + 1 };
            return one.Kind switch
            {
                0 => connection.FailedWith(111),
                1 => connection.StillOpen(),
                2 => connection with { Ending = ConnectionEnding.Reset },
                _ => connection,
            };
        }

        var random = new Random(seed);
        var truth = all.Select(Make).ToArray();
        var seen = new List<Connection>();
        var lost = 0UL;
        foreach (var one in truth)
        {
            var (opening, close) = (random.Next(4) == 0, one.Ending is not (ConnectionEnding.Failed or ConnectionEnding.Open) && random.Next(4) == 0);
            lost += (opening ? 1ul : 0) + (close ? 1ul : 0);
            if (!opening)
            {
                seen.Add(close ? one.StillOpen() with { IsUncertain = true, BytesSent = 0, BytesAcked = 0 } : one);
            }
            else if (!close && one.Ending is not (ConnectionEnding.Failed or ConnectionEnding.Open))
            {
                seen.Add(one with { Ending = ConnectionEnding.Closed, IsPreexisting = true, IsUncertain = true, Role = ConnectionRole.Unknown, Opened = 0, Duration = 0 });
            }
        }

        var (whole, part) = (Figures(Ends.Recording, truth), Figures(Lossy(lost), seen));
        foreach (var metric in MetricTable.All.Where(metric => metric.Evidence != Evidence.Recording && metric.Name is not ("preexisting" or "unseen" or "active.max")))
        {
            if (metric.Of(whole) is { } figure)
            {
                Assert.True(metric.Possible(part) is not null, $"{metric.Name}: {figure} has no bounds");
                var possible = metric.Possible(part)!.Value;
                var leeway = figure.Rounding + possible.Rounding + 1e-6;
                Assert.True(possible.Low <= figure.Low + leeway, $"{metric.Name}: {figure} is below {possible}");
                Assert.True(possible.High >= (double.IsInfinity(figure.High) ? figure.Low : figure.High) - leeway, $"{metric.Name}: {figure} is above {possible}");
            }
        }
    }, iter: 5_000);

    [Fact]
    public void Damage_and_a_missing_end_may_have_held_any_number()
    {
        foreach (var recording in new[] { new RecordedSpan { Start = 0, End = Ends.Recording.End, IsDamaged = true }, new RecordedSpan { Start = 0, End = Ends.Recording.End, IsTruncated = true } })
        {
            Assert.Equal(
                [Verdict.Unknown, Verdict.Holds, Verdict.Unknown],
                new[] { "reset == 0", "opened >= 97", "opened < 1000000" }.Select(text => Check(recording, connections, text).Verdict));
        }

        Assert.EndsWith("the capture is truncated", Check(new RecordedSpan { Start = 0, End = 5, IsTruncated = true }, [], "failed == 0").FigureText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pid 7", true)]
    [InlineData("uid 0", true)]
    [InlineData("cgroup /system.slice", true)]
    [InlineData("netns 4026531840", false)]
    [InlineData("ip version 4", false)]
    public void A_filter_of_tasks_may_part_openings_from_closes_but_hides_no_opening(string filter, bool parts)
    {
        var recording = new RecordedSpan { Start = 0, End = Ends.Recording.End };
        var space = filter.LastIndexOf(' ');
        recording.Describe(new CaptureHeader { Filters = new Dictionary<string, string> { [filter[..space]] = filter[(space + 1)..] } });
        Connection[] open = [.. connections, Ends.Client("app", "10.0.0.2", 80, 0, 0).StillOpen()];
        Assert.Equal(
            parts
                ? [Verdict.Holds, Verdict.Holds, Verdict.Unknown, Verdict.Unknown, Verdict.Holds]
                : [Verdict.Holds, Verdict.Holds, Verdict.Holds, Verdict.Holds, Verdict.Holds],
            new[] { "failed == 3", "active.end <= 1", "active.end == 1", "closed == 97", "connect.p99 < 1s" }.Select(text => Check(recording, open, text).Verdict));
    }

    [Theory]
    [InlineData("pid", "7", "", false)]
    [InlineData("not port", "22", "", false)]
    [InlineData("compat-filters", "yes", "", false)] // nothing was filtered
    [InlineData("pid", "7", "compat-filters", true)]
    [InlineData("addr", "10.0.0.0/8", "compat-filters", false)] // a socket has its addresses until it is closed
    public void A_filter_that_judges_connections_parts_nothing(string filter, string value, string also, bool parts)
    {
        var recording = new RecordedSpan { Start = 0, End = Ends.Recording.End };
        var filters = new Dictionary<string, string> { [filter] = value };
        if (also.Length > 0)
        {
            filters[also] = "yes";
        }

        recording.Describe(new CaptureHeader { Filters = filters, Options = new Dictionary<string, string> { ["filter-by"] = "connection" } });
        Assert.Equal(parts ? Verdict.Unknown : Verdict.Holds, Check(recording, [Ends.Client("app", "10.0.0.2", 80, 0, 0).StillOpen()], "open == 1").Verdict);
    }

    [Theory]
    [InlineData("--port 80 --from 1", Verdict.Holds, Verdict.Holds)]
    [InlineData("--pid 1", Verdict.Holds, Verdict.Unknown)]
    [InlineData("--pid 1 --keep-whole", Verdict.Holds, Verdict.Holds)]
    [InlineData("--type CA", Verdict.Unknown, Verdict.Unknown)]
    public void What_was_cut_out_of_a_capture_counts_as_its_filters_do(string selection, Verdict failed, Verdict open)
    {
        var recording = new RecordedSpan { Start = 0, End = Ends.Recording.End };
        recording.Describe(new CaptureHeader { Selection = [selection] });
        Assert.Equal(
            (failed, open),
            (Check(recording, connections, "failed == 3").Verdict, Check(recording, [Ends.Client("app", "10.0.0.2", 80, 0, 0).StillOpen()], "open == 1").Verdict));
    }

    [Theory]
    [InlineData("failed == 0", Verdict.Unknown)]
    [InlineData("opened > 0", Verdict.Unknown)]
    [InlineData("lifetime.p99 < 5s", Verdict.Unknown)]
    [InlineData("recorded > 1s", Verdict.Fails)]
    [InlineData("lost == 0", Verdict.Holds)]
    public void Nothing_can_be_told_of_nothing_whatever_is_allowed(string text, Verdict verdict)
    {
        foreach (var recordings in new RecordedSpan[][] { [], [new RecordedSpan { Start = 5, End = 5 }] })
        {
            var check = new CaptureCheck([Expectation.Parse(text)]) { AllowLoss = true };
            check.End(recordings);
            var result = Assert.Single(check.Results());
            Assert.Equal(verdict, result.Verdict);
            Assert.Equal(verdict == Verdict.Unknown ? "no time was recorded" : null, result.Reason);
        }
    }

    [Fact]
    public void Allowed_losses_are_told_all_the_same()
    {
        var result = Check(Lossy(5), connections, "failed <= 3", allowLoss: true);
        Assert.Equal((Verdict.Holds, "3 seen, allowed 3 to 8: 5 (ring full 5) of 1,000 events were lost"), (result.Verdict, result.FigureText));
        Assert.Equal("ok      failed <= 3  3 seen, allowed 3 to 8: 5 (ring full 5) of 1,000 events were lost\n", Encoding.UTF8.GetString(CheckText.Format([result], 0)));
    }

    [Fact]
    public void A_selector_that_nothing_matches_is_told()
    {
        var zero = Check(Ends.Recording, connections, "failed[process=typo] == 0");
        Assert.Equal((Verdict.Holds, "0: no connection matches [process=typo]"), (zero.Verdict, zero.FigureText));
        var nothing = Check(Ends.Recording, connections, "lifetime.p99[process=typo] < 5s");
        Assert.Equal((Verdict.Unknown, "nothing to measure: no connection matches [process=typo]"), (nothing.Verdict, nothing.FigureText));
        using var json = JsonDocument.Parse(CheckJson.Format([zero, nothing]));
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("holds").ValueKind);
        Assert.All(json.RootElement.GetProperty("expectations").EnumerateArray(), one =>
            Assert.Equal("no connection matches [process=typo]", one.GetProperty("reason").GetString()));
    }

    [Fact]
    public void The_json_tells_bounds_and_reasons()
    {
        using var json = JsonDocument.Parse(CheckJson.Format([Check(Lossy(5), connections, "failed == 3"), Check(Lossy(5), connections, "bytes.sent == 0")]));
        var (first, second) = (json.RootElement.GetProperty("expectations")[0], json.RootElement.GetProperty("expectations")[1]);
        Assert.Equal("fails", json.RootElement.GetProperty("verdict").GetString());
        Assert.Equal(
            (3, 3, 8, "unknown", JsonValueKind.Null, "5 (ring full 5) of 1,000 events were lost"),
            (first.GetProperty("value").GetInt64(), first.GetProperty("value_at_least").GetInt64(), first.GetProperty("value_at_most").GetInt64(), first.GetProperty("verdict").GetString(), first.GetProperty("holds").ValueKind, first.GetProperty("reason").GetString()));
        Assert.False(second.TryGetProperty("value_at_most", out _));
    }

    [Fact]
    public void Nothing_expected_is_nothing_printed()
    {
        Assert.Empty(CheckText.Format([], 80));
        Assert.Contains("\"verdict\":\"holds\"", Encoding.UTF8.GetString(CheckJson.Format([])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("failed > +0", 0, 0, Verdict.Fails)]
    [InlineData("failed > +0", 0, 5, Verdict.Unknown)]
    [InlineData("failed > +0", 5, 0, Verdict.Fails)]
    [InlineData("failed < -1", 5, 0, Verdict.Unknown)]
    [InlineData("failed > +9", 5, 5, Verdict.Fails)]
    [InlineData("failed > 3", 5, 0, Verdict.Fails)]
    [InlineData("failed > 3", 0, 5, Verdict.Unknown)]
    [InlineData("failed > 2", 5, 5, Verdict.Holds)]
    public void Of_two_captures_the_losses_of_both_count(string text, ulong lostBefore, ulong lostAfter, Verdict verdict)
    {
        var unwanted = Expectation.ParseComparison(text);
        var comparison = new CaptureComparison(Compared(lostBefore), Compared(lostAfter));
        Assert.Equal(verdict, comparison.Check(unwanted).Verdict);
        Assert.NotEqual(Verdict.Unknown, new CaptureComparison(comparison.Before, comparison.After) { AllowLoss = true }.Check(unwanted).Verdict);
        Assert.Equal((lostBefore > 0 ? 1 : 0) + (lostAfter > 0 ? 1 : 0), comparison.Missing.Count);

        ComparedCapture Compared(ulong lost)
        {
            var compared = new ComparedCapture([unwanted]);
            compared.Take(connections, Ends.Recording);
            compared.End([lost == 0 ? Ends.Recording : Lossy(lost)]);
            return compared;
        }
    }

    [Theory]
    [InlineData("a]b", "failed[process=\"a]b\"] == 0")]
    [InlineData("a[b", "failed[process=\"a[b\"] == 0")]
    [InlineData(" a b ", "failed[process=\" a b \"] == 0")]
    [InlineData("\"a\"", "failed[ process = \"\\\"a\\\"\" ] == 0")]
    [InlineData("a\\b\n\e\u2028", "failed[process=\"a\\\\b\\n\\x1b\\u2028\"] == 0")]
    [InlineData("a\"b", "failed[process=a\"b] == 0")]
    public void A_name_of_any_characters_can_be_selected(string name, string text)
    {
        var selector = Expectation.Parse(text).Terms.Single().Selector!;
        var context = ConnectionContext.Of(Ends.Recording);
        Assert.True(selector.Holds(Ends.Client(name, "10.0.0.2", 80, 0, Ms), context));
        Assert.False(selector.Holds(Ends.Client("other", "10.0.0.2", 80, 0, Ms), context));
    }

    private static RecordedSpan Lossy(ulong lost) =>
        new() { Start = 0, End = Ends.Recording.End, LossCounters = new LossCounters(1000, lost, 0, 0, 0) };

    private static CaptureFigures Figures(RecordedSpan recording, IReadOnlyList<Connection> all)
    {
        var figures = new CaptureFigures();
        figures.Take([.. all], recording);
        figures.End([recording]);
        return figures;
    }

    private static CheckResult Check(RecordedSpan recording, IReadOnlyList<Connection> all, string text, bool allowLoss = false)
    {
        var check = new CaptureCheck([Expectation.Parse(text)]) { AllowLoss = allowLoss };
        check.Take([.. all], recording);
        check.End([recording]);
        return Assert.Single(check.Results());
    }
}
