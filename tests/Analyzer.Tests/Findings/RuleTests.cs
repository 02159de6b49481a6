using System.Net;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Tests.Connections;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using static TraceCap.Analyzer.Tests.Findings.Traffic;

namespace TraceCap.Analyzer.Tests.Findings;

/// <summary>Each rule at its limits.</summary>
public sealed class RuleTests
{
    [Theory]
    [InlineData(100, 0.99, 999, true)]
    [InlineData(99, 0.99, 999, false)] // too few
    [InlineData(100, 1.02, 999, false)] // not one a second
    [InlineData(100, 0.99, 1_010, false)] // they live longer
    public void Short_connections_in_quick_succession_should_be_pooled(int count, double seconds, ulong lifetime, bool isFound) =>
        AssertFound("pool", isFound, Many(count, i => Ends.Client("app", "10.0.0.2", 5432, (ulong)(i * seconds * S), lifetime * Ms)));

    [Theory]
    [InlineData("")]
    [InlineData("as long as it is")] // as no kernel has one
    [InlineData("a \"name\"\\\n")]
    public void The_rows_of_a_process_are_its_own_whatever_its_name_is(string name)
    {
        var connections = Many(100, i => Ends.Client(name, "10.0.0.2", 5432, (ulong)i * S / 100, Ms));
        var rows = Only("pool", connections).Rows;
        Assert.True(rows!.Has(in connections[0], ConnectionContext.Of(Ends.Recording)));
        Assert.False(rows.Has(Ends.Client("other", "10.0.0.2", 5432, 0, Ms), ConnectionContext.Of(Ends.Recording)));
    }

    [Theory]
    [InlineData(5, 5, true)]
    [InlineData(4, 0, false)] // too few
    [InlineData(5, 6, false)] // most do well
    public void A_service_that_refuses_is_told(int failed, int established, bool isFound) =>
        AssertFound("refused", isFound,
            [.. Many(failed, _ => Ends.Client("app", "10.0.0.2", 5432, 0, Ms).FailedWith(111)), .. Many(established, _ => Ends.Client("app", "10.0.0.2", 5432, 0, Ms))]);

    [Fact]
    public void What_refuses_is_told_with_its_errors()
    {
        var found = Find([.. Many(5, _ => Ends.Client("app", "10.0.0.2", 5432, 0, Ms).FailedWith(111)), Ends.Client("b", "10.0.0.2", 5432, 0, Ms).FailedWith(110)]);
        Assert.Equal("6 of 6 connects of app, b from 10.0.0.1 to 10.0.0.2:5432 failed (ECONNREFUSED 5, ETIMEDOUT 1): is it listening, and is the way to it open?", Assert.Single(found).Text);
    }

    [Theory]
    [InlineData(15, 5, 20, true)]
    [InlineData(14, 5, 19, false)] // too few
    [InlineData(15, 5, 21, false)] // most were closed
    [InlineData(16, 4, 20, false)] // a pool that was filled at the beginning
    [InlineData(4, 16, 20, false)] // a pool that was filled at the end
    [InlineData(20, 20, 0, true)]
    public void Connections_that_are_opened_all_the_time_and_never_closed_are_a_leak(int early, int late, int closed, bool isFound) =>
        AssertFound("leak", isFound,
        [
            .. Many(closed, _ => Ends.Client("app", "10.0.0.2", 5432, 0, 50 * S)),
            .. Many(early, i => Ends.Client("app", "10.0.0.2", 5432, (ulong)i * S, 0).StillOpen()),
            .. Many(late, i => Ends.Client("app", "10.0.0.2", 5432, (51 * S) + (ulong)i, 0).StillOpen()),
        ]);

    [Theory]
    [InlineData(14_116, 1, "10.0.0.1", true)]
    [InlineData(14_115, 1, "10.0.0.1", false)] // less than half
    [InlineData(14_116, 8, "10.0.0.1", false)] // the peer closed first
    [InlineData(14_116, 1, "127.0.0.1", false)] // ports of the loopback are used again at once
    public void Ports_in_TIME_WAIT_that_run_out_are_told(int count, byte state, string local, bool isFound) => AssertFound(
        "ports", isFound, Many(count, i => Ends.Client("app", "10.0.0.2", 5432, 0, 2 * S * (ulong)i / 10_000) with { State = state, LocalAddress = new(IPAddress.Parse(local)) }));

    [Theory]
    [InlineData(14_116, ConnectionEnding.Closed, true)]
    [InlineData(14_115, ConnectionEnding.Closed, false)]
    [InlineData(14_116, ConnectionEnding.Reset, true)]
    public void Ports_of_open_connections_count_however_these_end(int count, ConnectionEnding ending, bool isFound) => AssertFound(
        "ports", isFound, Many(count, i => Ends.Client("app", "10.0.0.2", 5432, (ulong)i * Ms / 10, 10 * S) with { State = 8, Ending = ending }));

    [Fact]
    public void A_reset_leaves_no_port_in_TIME_WAIT() => AssertFound(
        "ports", false, Many(20_000, i => Ends.Client("app", "10.0.0.2", 5432, (ulong)i * Ms, 2 * S) with { State = 7, Ending = ConnectionEnding.Reset }));

    [Theory]
    [InlineData(5, 1_000, true)]
    [InlineData(4, 1_000, false)]
    [InlineData(5, 999, false)]
    public void Connects_whose_SYN_was_sent_again_are_told(int count, ulong milliseconds, bool isFound) =>
        AssertFound("slow", isFound, Many(count, _ => Ends.Client("app", "10.0.0.2", 5432, 0, Ms) with { Duration = milliseconds * Ms }));

    [Theory]
    [InlineData(1_000, 10, true)]
    [InlineData(1_000, 9, false)]
    [InlineData(999, 10, false)]
    public void A_path_that_loses_packets_is_told(uint sent, uint retransmits, bool isFound) =>
        AssertFound("retransmits", isFound, [Ends.Client("app", "10.0.0.2", 5432, 0, Ms) with { SegmentsSent = sent, Retransmits = retransmits }]);

    [Theory]
    [InlineData(20, 20, true)]
    [InlineData(19, 0, false)]
    [InlineData(20, 21, false)]
    public void A_service_that_resets_is_told(int reset, int closed, bool isFound) =>
        AssertFound("reset", isFound,
            [.. Many(reset, _ => Ends.Client("app", "10.0.0.2", 5432, 0, Ms) with { Ending = ConnectionEnding.Reset }), .. Many(closed, _ => Ends.Client("app", "10.0.0.2", 5432, 0, Ms))]);

    [Fact]
    public void What_this_end_resets_is_its_own_way_to_be_done() =>
        AssertFound("reset", false, Many(20, _ => Ends.Client("app", "10.0.0.2", 5432, 0, Ms) with { Ending = ConnectionEnding.Reset, HasEnd = true, EndedBy = TcpEnd.ResetSent }));

    [Theory]
    [InlineData(700, 7, true)]
    [InlineData(2_900, 29, true)]
    [InlineData(1_001, 10, false)]
    public void A_share_is_held_against_its_limit_exactly(uint sent, uint retransmits, bool isFound) =>
        AssertFound("retransmits", isFound, [.. Many(2, _ => Ends.Client("app", "10.0.0.2", 5432, 0, Ms) with { SegmentsSent = sent, Retransmits = retransmits })]);

    [Fact]
    public void What_may_have_been_closed_is_no_leak()
    {
        Connection[] open = Many(40, i => Ends.Client("app", "10.0.0.2", 5432, (ulong)i * 2 * S, 0).StillOpen());
        AssertFound("leak", true, open);
        AssertFound("leak", false, [.. open.Select(one => one with { IsUncertain = true })]);

        var filtered = new RecordedSpan { Start = 0, End = 100 * S };
        filtered.Describe(new CaptureHeader { Filters = new Dictionary<string, string> { ["pid"] = "7" } });
        Assert.DoesNotContain(Find(filtered, open), finding => finding.Rule == "leak");

        // Closes by others are there as well.
        var whole = new RecordedSpan { Start = 0, End = 100 * S };
        whole.Describe(new CaptureHeader
        {
            Filters = new Dictionary<string, string> { ["pid"] = "7" },
            Options = new Dictionary<string, string> { ["filter-by"] = "connection" },
        });
        Assert.Contains(Find(whole, open), finding => finding.Rule == "leak");

        var shorter = new RecordedSpan { Start = 0, End = 50 * S };
        Assert.DoesNotContain(Find(shorter, [.. open.Select(one => one with { Opened = one.Opened / 2, Ended = 50 * S })]), finding => finding.Rule == "leak");
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)] // each does much
    public void Short_connections_that_do_much_are_no_waste(uint segments, bool isFound) =>
        AssertFound("pool", isFound, Many(100, i => Done((ulong)i * 10 * Ms) with { SegmentsSent = segments }));

    [Theory]
    [InlineData(ConnectionRole.Client, 7, 7, true)]
    [InlineData(ConnectionRole.Server, 7, 7, false)] // a client ends what it was answered as it likes
    [InlineData(ConnectionRole.Server, 0, 7, true)]
    [InlineData(ConnectionRole.Server, 0, 0, false)] // a probe
    public void What_clients_reset_counts_if_they_had_no_answer(ConnectionRole role, ulong sent, ulong received, bool isFound) => AssertFound(
        "reset", isFound, Many(20, i => Accepted((ulong)i) with { Role = role, Ending = ConnectionEnding.Reset, State = 7, BytesSent = sent, BytesAcked = sent + 1, BytesReceived = received }));

    [Theory]
    [InlineData(20, 200, true)]
    [InlineData(19, 200, false)] // too few
    [InlineData(20, 100, false)] // not for long
    [InlineData(20, 70_000, false)] // once a minute or less
    public void A_crash_loop_is_told_with_its_interval(int count, ulong milliseconds, bool isFound) => AssertFound(
        "reconnect", isFound, Many(count, i => Refused((ulong)i * milliseconds * Ms)));

    [Fact]
    public void A_crash_loop_is_regular_or_not()
    {
        Assert.Contains("about every 201 ms (regularly), and 30 times in vain", Only("reconnect", Many(30, i => Refused((ulong)i * 200 * Ms))).Text, StringComparison.Ordinal);
        Assert.Contains("(irregularly, half of the times within", Only("reconnect", Many(30, i => Refused((ulong)(i * i) * 10 * Ms))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_that_hangs_up_without_a_word_is_in_vain_and_one_that_answers_is_not()
    {
        Connection[] hungUp = Many(30, i => Done((ulong)i * S) with { State = 8 });
        AssertFound("reconnect", true, hungUp);
        AssertFound("reconnect", false, [.. hungUp.Select(one => one with { BytesReceived = 100 })]);
        // A probe of a load balancer closes first.
        AssertFound("reconnect", false, [.. hungUp.Select(one => one with { State = 1 })]);
    }

    [Theory]
    [InlineData(5, 2, 0, true)]
    [InlineData(4, 2, 0, false)] // too few
    [InlineData(5, 1, 4, false)] // nobody listens
    [InlineData(2, 2, 3, true)] // its queue was full
    public void A_server_that_stops_accepting_is_told(int count, int established, int refused, bool isFound) => AssertFound("stopped", isFound,
    [
        .. Many(30, i => Accepted((ulong)i * S)),
        .. Many(30, i => Done((ulong)i * S)),
        .. Many(Math.Max(count - refused, established), i => Done((40 + (ulong)i) * S)),
        .. Many(refused, i => Refused((50 + (ulong)i) * S).FailedWith(110)),
    ]);

    [Fact]
    public void A_server_that_stops_accepting_is_told_by_when_it_accepts_what_the_kernel_had_established() => AssertFound("stopped", true,
    [
        .. Many(30, i => Accepted((ulong)i * S)),
        .. Many(40, i => Done((ulong)i * S)),
        .. Many(10, i => Accepted((30 + (ulong)i) * S) with { Duration = (40 - (ulong)i) * S }),
    ]);

    [Fact]
    public void A_server_that_pauses_as_it_never_did_is_told_unless_it_ends_so()
    {
        var hour = new RecordedSpan { Start = 0, End = 3_600 * S };
        Connection[] early = Many(1_500, i => Accepted((ulong)i * S));
        Connection[] late = Many(1_500, i => Accepted((2_000 + (ulong)i) * S));
        AssertStopped(false, [.. early]);
        AssertStopped(false, [.. early, .. late]);
        var day = new RecordedSpan { Start = 0, End = 24 * 3_600 * S };
        Connection[] steady = Many(60_000, i => Accepted((ulong)i * S));
        Connection[] again = Many(10_000, i => Accepted((70_000 + (ulong)i) * S));
        Assert.Empty(Find(day, steady));
        Assert.Empty(Find(day, [.. steady, .. again]));
        Connection[] soon = Many(10_000, i => Accepted((65_900 + (ulong)i) * S));
        Assert.Equal(FindingConfidence.Low, Assert.Single(Find(day, [.. steady, .. soon])).Confidence);

        void AssertStopped(bool isFound, Connection[] connections) => Assert.Equal(isFound, Find(hour, connections).Any(finding => finding.Rule == "stopped"));
    }

    [Fact]
    public void A_program_that_tries_several_addresses_and_takes_the_first_fails_at_none()
    {
        Connection[] given = Many(50, i => Refused((ulong)i * S).FailedWith(0));
        Assert.Empty(Find(given));
        Assert.Contains(Find([.. given.Select(one => one with { Duration = S })]), finding => finding.Rule == "refused");
    }

    [Fact]
    public void One_service_is_refused_once_from_wherever()
    {
        var found = Find(Many(40, i => Refused((ulong)i * 100 * S / 41) with { LocalAddress = new(IPAddress.Parse($"10.0.1.{i % 4}")) }));
        Assert.Contains("from 10.0.1.0, 10.0.1.1, 10.0.1.2 and 1 more to 10.0.0.2:5432", Assert.Single(found, finding => finding.Rule == "refused").Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, 20, 5, true)]
    [InlineData(3, 20, 5, false)] // too few of them
    [InlineData(4, 9, 5, false)] // too few connects
    [InlineData(4, 20, 4, false)] // too few failures
    public void A_peer_that_differs_from_the_others_is_told(int peers, int each, int failed, bool isFound) => AssertFound("differs", isFound,
    [
        .. Enumerable.Range(1, peers).SelectMany(peer => Many(each, i => peer == 2 && i < failed ? Refused((ulong)i * S, peer: $"10.0.0.{peer}") : Done((ulong)i * S, peer: $"10.0.0.{peer}"))),
    ]);

    [Theory]
    [InlineData(20, true)]
    [InlineData(10, false)] // not so much longer
    public void A_peer_that_is_slower_than_the_others_is_told(ulong milliseconds, bool isFound) => AssertFound("differs", isFound,
    [
        .. Enumerable.Range(1, 6).SelectMany(peer => Many(30, i => Done((ulong)i * S, peer: $"10.0.0.{peer}") with { Duration = peer == 4 ? milliseconds * Ms : 2 * Ms })),
    ]);

    [Fact]
    public void A_process_that_fails_where_others_do_not_is_told() => Assert.StartsWith(
        "of 4 processes that connect to 10.0.0.2:5432 b differs: 20 of its 20 connects failed, of the 60 of the others 0 did",
        Only("differs", [.. "abcd".SelectMany(name => Many(20, i => name == 'b' ? Refused((ulong)i * S, $"{name}") : Done((ulong)i * S, $"{name}")))]).Text,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(6, 500, true)]
    [InlineData(5, 500, false)] // too few to call them steady
    [InlineData(6, 400, false)] // not late enough
    public void A_service_that_is_new_in_the_end_is_told(int services, ulong first, bool isFound) =>
        Assert.Equal(isFound, Find(new RecordedSpan { Start = 0, End = 650 * S },
        [
            .. Enumerable.Range(1, services - 1).SelectMany(peer => Many(50, i => Done((ulong)i * 10 * S, peer: $"10.0.1.{peer}"))),
            .. Many(5, i => Done((first + (ulong)i) * S)),
        ]).Any(finding => finding.Rule == "new"));

    private static Finding Only(string rule, Connection[] connections) => Assert.Single(Find(connections), finding => finding.Rule == rule);

    [Fact]
    public void The_page_lists_the_rules() => Assert.Contains(
        string.Concat(FindingRule.All.Select(rule => $"| `{rule.Name}` | {rule.Severity.ToString().ToLowerInvariant()} | {rule.Condition} | {rule.Meaning} |\n")),
        File.ReadAllText(Repository.File("docs/analysis.md")),
        StringComparison.Ordinal);

    [Fact]
    public void Limits_are_in_the_conditions() => Assert.All(FindingRule.All, rule =>
        Assert.All(rule.Limits, limit => Assert.Contains($"{limit}", rule.Condition, StringComparison.Ordinal)));
}
