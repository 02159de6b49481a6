using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Formatting;
using static TraceCap.Analyzer.Tests.Findings.Traffic;

namespace TraceCap.Analyzer.Tests.Findings;

public sealed class FindingListTests
{
    [Fact]
    public void Findings_are_in_the_order_of_the_rules_and_of_one_rule_the_largest_is_first()
    {
        var found = Find([.. Many(200, i => Done((ulong)i * 100 * Ms, peer: "10.0.0.7")), .. Many(300, i => Done((ulong)i * 100 * Ms, peer: "10.0.0.8")), .. Many(9, i => Refused((ulong)i * S))]);
        Assert.Equal([("refused", "10.0.0.2:5432"), ("pool", "app to 10.0.0.8:5432"), ("pool", "app to 10.0.0.7:5432")], found.Select(finding => (finding.Rule, finding.Subject)));
    }

    [Fact]
    public void At_most_a_dozen_are_shown_and_the_rest_is_counted()
    {
        var one = Find(Many(9, i => Refused((ulong)i * S)))[0];
        var (shown, left) = FindingList.ForPeople([.. FindingRule.All.SelectMany(rule => Enumerable.Range(0, 5).Select(i => one with { Rule = rule.Name, Subject = $"{rule.Name} {i}" }))]);
        Assert.Equal((12, 5), (shown.Count, left));
        Assert.All(shown, each => Assert.Equal(4, each.Alike.Count));
        Assert.Equal("and so 4 more: lost 1, lost 2, lost 3 and 1 more; --json has all", FindingList.TextOf(shown[0].Alike));
        Assert.Equal(3, FindingList.ForPeople([one, one, one]).Shown.Count);
    }

    [Fact]
    public void Confidence_falls_with_what_is_missing()
    {
        Connection[] refused = Many(9, i => Refused((ulong)i * S));
        Assert.Equal(FindingConfidence.High, Find(refused)[0].Confidence);
        var damaged = new RecordedSpan { Start = 0, End = 100 * S, IsDamaged = true };
        Assert.Equal((FindingConfidence.Medium, "it was counted, but parts of the capture are damaged or missing"), (Find(damaged, refused)[0].Confidence, Find(damaged, refused)[0].Basis));
    }

    [Fact]
    public void Without_a_recording_nothing_is_found() => Assert.Empty(Empty());

    [Theory]
    [InlineData("run.tcap", "run.tcap")]
    [InlineData("my run.tcap", "'my run.tcap'")]
    [InlineData("it's", @"'it'\''s'")]
    [InlineData("", "''")]
    [InlineData("$(x)", "'$(x)'")]
    public void A_word_for_a_shell_is_quoted_where_it_must_be(string word, string quoted) => Assert.Equal(quoted, ShellText.Quote(word));

    [Fact]
    public void Names_are_quoted_for_the_expression_and_for_the_shell()
    {
        var found = Find(Many(100, i => Done((ulong)i * 10 * Ms, "it's \"a\"")));
        Assert.Equal(@"--where 'service == 10.0.0.2:5432 and process == ""it'\''s \""a\""""'", Assert.Single(found).RowOptions);
    }

    [Fact]
    public void The_command_line_keeps_the_filters_and_has_one_time()
    {
        var outage = Find(Many(100, i => i < 60 ? Done((ulong)i * S) : Refused((ulong)i * S)))[0];
        var command = new FindingCommand("'a b.tcap'", "--comm app", "--from 1 --to 99");
        Assert.Equal("tracecap lifetimes 'a b.tcap' --comm app --from 60.000000000 --to 99.000000001 --where 'service == 10.0.0.2:5432 and ending == failed'", command.Of(outage));
        Assert.StartsWith("tracecap lifetimes 'a b.tcap' --comm app --from 1 --to 99 --where ", command.Of(Find(Many(9, i => Refused((ulong)i * S)))[0]), StringComparison.Ordinal);
    }

    [Fact]
    public void Times_of_several_recordings_are_those_of_the_wall_clock()
    {
        var summary = new TrafficSummary(GroupBy.Process);
        var first = new RecordedSpan { Start = 0, End = S, WallOffset = 1_799_999_000 * (long)S, BootId = "a" };
        var second = new RecordedSpan { Start = 0, End = 100 * S, WallOffset = 1_800_000_000 * (long)S, BootId = "b" };
        summary.Take([], first);
        summary.Take(Many(100, i => i < 60 ? Done((ulong)i * S) : Refused((ulong)i * S)), second);
        summary.End([first, second]);
        Assert.StartsWith("--from 2027-01-15T08:01:00.000000000Z --to 2027-01-15T08:01:39.000000001Z --where", summary.Findings[0].RowOptions, StringComparison.Ordinal);
    }

    private static IReadOnlyList<Finding> Empty()
    {
        var summary = new TrafficSummary(GroupBy.Process);
        summary.End([]);
        return summary.Findings;
    }
}
