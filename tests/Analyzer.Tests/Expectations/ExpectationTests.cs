using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Conditions;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Tests.Expectations;

public sealed class ExpectationTests
{
    [Theory]
    [InlineData("failed == 0", "failed", Comparator.Equal, 0)]
    [InlineData(" failed!=12 ", "failed", Comparator.Unequal, 12)]
    [InlineData("lifetime.p99 <= 5ms", "lifetime.p99", Comparator.AtMost, 5e6)]
    [InlineData("lifetime.p99<1.5 s", "lifetime.p99", Comparator.Less, 1.5e9)]
    [InlineData("connect.max > 250us", "connect.max", Comparator.Greater, 250e3)]
    [InlineData("recorded >= 2min", "recorded", Comparator.AtLeast, 120e9)]
    [InlineData("recorded >= 2h", "recorded", Comparator.AtLeast, 7200e9)]
    [InlineData("lifetime.max > 0", "lifetime.max", Comparator.Greater, 0)]
    [InlineData("bytes.sent > 2MiB", "bytes.sent", Comparator.Greater, 2 << 20)]
    [InlineData("bytes.received > 500", "bytes.received", Comparator.Greater, 500)]
    [InlineData("failed.share < 2.5%", "failed.share", Comparator.Less, 0.025)]
    [InlineData("opened.rate < 10", "opened.rate", Comparator.Less, 10)]
    [InlineData("opened.rate < 10/s", "opened.rate", Comparator.Less, 10)]
    public void A_metric_is_compared_with_a_value_in_its_unit(string text, string metric, object comparator, double value)
    {
        var expectation = Term(text);
        Assert.Equal((metric, (Comparator)comparator, ExpectationKind.Value), (expectation.Metric.Name, expectation.Comparator, expectation.Kind));
        Assert.Equal(value, expectation.Value, 1e-6);
        Assert.Null(expectation.Selector);
    }

    [Theory]
    [InlineData("lifetime.p99 <= 5m", 300e9)]
    [InlineData("lifetime.p99 <= 5min", 300e9)]
    [InlineData("lifetime.p99 <= 2y", 2 * 365.25 * 86400e9)]
    [InlineData("bytes.sent > 64M", 64 << 20)]
    [InlineData("bytes.sent > 1.5 TiB", 1.5 * (1L << 40))]
    [InlineData("bytes.sent > 512kB", 512 << 10)]
    public void Units_are_those_of_all_options(string text, double value) => Assert.Equal(value, Term(text).Value);

    [Theory]
    [InlineData("ends == 1", "sockets")]
    [InlineData("older[port=80] == 0", "preexisting")]
    public void A_former_name_means_the_metric_that_it_was(string text, string metric) =>
        Assert.Equal(metric, Term(text).Metric.Name);

    [Theory]
    [InlineData("failed > +3", ExpectationKind.Change, 3)]
    [InlineData("failed < -3", ExpectationKind.Change, -3)]
    [InlineData("lifetime.p50 > +1.5ms", ExpectationKind.Change, 1.5e6)]
    [InlineData("lifetime.p99 > +20%", ExpectationKind.RelativeChange, 0.2)]
    [InlineData("opened.rate < - 20 %", ExpectationKind.RelativeChange, -0.2)]
    [InlineData("failed > 3", ExpectationKind.Value, 3)]
    public void Of_two_captures_a_sign_means_a_change(string text, object kind, double value)
    {
        var expectation = Change(text);
        Assert.Equal((ExpectationKind)kind, expectation.Kind);
        Assert.Equal(value, expectation.Value, 1e-6);
    }

    [Theory]
    [InlineData("", 0, 1, "the name of a metric, such as failed or lifetime.p99, is expected")]
    [InlineData("  == 0", 2, 1, "the name of a metric, such as failed or lifetime.p99, is expected")]
    [InlineData("faild == 0", 0, 5, "there is no metric 'faild'; did you mean failed?")]
    [InlineData("errors == 0", 0, 6, "there is no metric 'errors'; expected one of sockets opened ")]
    [InlineData("failed", 6, 1, "one of == != < <= > >= is expected")]
    [InlineData("failed = 0", 7, 1, "one of == != < <= > >= is expected")]
    [InlineData("failed ==", 9, 1, "a number is expected")]
    [InlineData("failed == many", 10, 1, "a number is expected")]
    [InlineData("failed == 1.2.3", 10, 5, "a number is expected")]
    [InlineData("failed == 5ms", 11, 2, "failed is a number without a unit")]
    [InlineData("lifetime.p99 < 5", 16, 1, "lifetime.p99 is a time with its unit")]
    [InlineData("bytes.sent < 5PB", 14, 2, "bytes.sent is a size")]
    [InlineData("failed.share < 5", 16, 1, "failed.share is a percentage")]
    [InlineData("failed == 0 and more", 16, 4, "there is no metric 'more'")]
    [InlineData("failed == 0, opened > 1", 11, 1, "failed is a number without a unit")]
    [InlineData("failed == 0 and", 15, 1, "the name of a metric, such as failed or lifetime.p99, is expected")]
    [InlineData("failed == 0 or )", 15, 1, "the name of a metric, such as failed or lifetime.p99, is expected")]
    [InlineData("(failed == 0", 0, 1, "a ) is missing")]
    [InlineData("failed == 0)", 11, 1, "there is no ( for this )")]
    [InlineData("not failed", 10, 1, "one of == != < <= > >= is expected")]
    [InlineData("lifetime.p99 > 20%", 17, 1, "lifetime.p99 is a time with its unit, such as 50us, 5ms, 1.5s, 5m, 1h, 2d or 1y; by how many percent it changed only two captures tell: tracecap diff --fail-if 'lifetime.p99 > +20%'")]
    [InlineData("failed[process=\"a] == 0", 15, 8, "a closing \" is missing")]
    [InlineData("failed[process=\"a\\q\"] == 0", 17, 2, "one of \\\" ")]
    [InlineData("failed[process=\"a\"b] == 0", 18, 2, "and, or or ] is expected")]
    [InlineData("failed[process=a]b] == 0", 17, 2, "one of == != < <= > >= is expected")]
    [InlineData("lifetime.p99 < 5ms or more", 22, 4, "there is no metric 'more'")]
    [InlineData("lifetime.p99 < 5ms more", 19, 4, "and, or or the end is expected")]
    [InlineData("failed < +5", 9, 2, "a value without a sign is expected")]
    [InlineData("failed[port=443", 6, 9, "a ] is missing")]
    [InlineData("failed[port=443 == 0", 16, 2, "and, or or ] is expected")]
    [InlineData("failed[] == 0", 7, 1, "the name of a field, such as peer or lifetime, is expected")]
    [InlineData("failed[port=x] == 0", 12, 1, "port: a port from 0 to 65535")]
    [InlineData("failed[peer=10.0] == 0", 12, 4, "peer: '10.0' is no address")]
    [InlineData("failed[service=::1:80] == 0", 15, 6, "service: an address and a port such as")]
    [InlineData("failed[service=10.0.0.1] == 0", 15, 8, "service: an address and a port such as")]
    [InlineData("failed[errno=EWHAT] == 0", 13, 5, "errno: a word such as EPERM is expected")]
    [InlineData("failed[process=a-name-too-long--] == 0", 15, 17, "process: a thread's name of at most 16 bytes")]
    [InlineData("lost[port=443] == 0", 4, 10, "lost is known of the recording only")]
    public void An_error_points_at_the_characters_that_are_wrong(string text, int offset, int length, string reason)
    {
        var error = Assert.Throws<ConditionFormatException>(() => Expectation.Parse(text));
        var lines = error.Message.Split('\n');
        Assert.StartsWith(reason, lines[0], StringComparison.Ordinal);
        Assert.Equal([$"  {text}", "  " + new string(' ', offset) + new string('^', length)], lines[1..]);
        Assert.Equal(offset, error.Offset);
    }

    [Theory]
    [InlineData("lifetime.p99 > 20%", "lifetime.p99 is a time with its unit, such as 50us, 5ms, 1.5s, 5m, 1h, 2d or 1y; its change in percent has a sign, such as +20% or -20%")]
    public void Of_two_captures_an_error_names_what_diff_takes(string text, string reason) => Assert.Equal(
        reason, Assert.Throws<ConditionFormatException>(() => Expectation.ParseComparison(text)).Message.Split('\n')[0]);

    [Fact]
    public void What_would_move_the_cursor_is_shown_and_the_mark_stays_below_what_it_marks() => Assert.EndsWith(
        "\n  failed \\u001b== 0\n         ^^^^^^^^",
        Assert.Throws<ConditionFormatException>(() => Expectation.Parse("failed \e== 0")).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("failed == 1 and opened == 1", "hu f hf uf uu hh", "u f f f u h")]
    [InlineData("failed == 1 or opened == 1", "hu uf ff hf uu fh", "h u f h u h")]
    [InlineData("not failed == 1 and opened == 1", "fh hh uh fu fu ff", "h f u u u f")]
    [InlineData("not (failed == 1 and opened == 1)", "hh fh uf uh hu ff", "f h h u u h")]
    [InlineData("failed == 1 || opened == 1 && reset == 1", "hff fhh fhf fuh uff", "h h f u u")]
    public void Several_are_judged_together_by_the_logic_of_three_values(string text, string verdicts, string expected)
    {
        var expectation = Expectation.Parse(text);
        Assert.All(verdicts.Split(' ').Zip(expected.Split(' ')), each => Assert.Equal(
            Of(each.Second[0]), expectation.Judge(each.First.PadRight(expectation.Terms.Count, 'h').Select(Of))));

        static Verdict Of(char letter) => letter switch { 'h' => Verdict.Holds, 'f' => Verdict.Fails, _ => Verdict.Unknown };
    }

    [Fact]
    public void Several_keep_their_own_texts() =>
        Assert.Equal(["failed[port in {1,2}] == 0", "opened>1", "lifetime.p99 < 5 ms"], Expectation.Parse("( failed[port in {1,2}] == 0 or opened>1 )and lifetime.p99 < 5 ms").Terms.Select(term => term.Text.Trim()));

    [Fact]
    public void Every_metric_can_be_asked_for() => Assert.All(MetricTable.All, metric =>
    {
        Assert.Same(metric, Term($"{metric.Name} >= 0").Metric);
        Assert.Equal(ExpectationKind.RelativeChange, Change($"{metric.Name} > +1%").Kind);
    });

    [Theory]
    [InlineData("failed == 5", true, false, false)]
    [InlineData("failed != 5", false, true, true)]
    [InlineData("failed < 5", false, false, true)]
    [InlineData("failed <= 5", true, false, true)]
    [InlineData("failed > 5", false, true, false)]
    [InlineData("failed >= 5", true, true, false)]
    public void Comparators_mean_what_they_say(string text, bool five, bool six, bool four)
    {
        var expectation = Term(text);
        Assert.Equal((five, six, four), (expectation.Holds(new Figure(5)), expectation.Holds(new Figure(6)), expectation.Holds(new Figure(4))));
    }

    [Theory]
    [InlineData("lifetime.p99 > 2s", true)]
    [InlineData("lifetime.p99 >= 3s", true)]
    [InlineData("lifetime.p99 > 3s", null)]
    [InlineData("lifetime.p99 > 4s", null)]
    [InlineData("lifetime.p99 < 2s", false)]
    [InlineData("lifetime.p99 < 3s", false)]
    [InlineData("lifetime.p99 <= 3s", null)]
    [InlineData("lifetime.p99 < 4s", null)]
    [InlineData("lifetime.p99 == 2s", false)]
    [InlineData("lifetime.p99 == 4s", null)]
    [InlineData("lifetime.p99 != 2s", true)]
    [InlineData("lifetime.p99 != 4s", null)]
    public void What_is_only_known_to_be_greater_decides_only_what_it_can(string text, bool? holds) =>
        Assert.Equal(holds, Term(text).Holds(new Figure(3e9, double.PositiveInfinity)));

    [Theory]
    [InlineData("lifetime.p99 <= 5ms", true)]
    [InlineData("lifetime.p99 < 5ms", true)]
    [InlineData("lifetime.p99 < 4.9ms", false)]
    [InlineData("lifetime.p99 == 5ms", true)]
    [InlineData("lifetime.p99 >= 5.05ms", true)]
    [InlineData("lifetime.p99 > 5.1ms", false)]
    [InlineData("lifetime.p99 != 5ms", true)]
    public void An_expectation_does_not_fail_by_a_rounding_nor_does_a_dread_come_true(string text, bool holds)
    {
        // A bucket from 4.98 to 5.06 ms.
        var figure = new Figure(5.02e6) { Rounding = 0.04e6 };
        Assert.Equal(holds, Term(text).Holds(figure));
        Assert.False(Change(text).Holds(figure, figure));
    }

    [Theory]
    [InlineData("lifetime.p99 > +1%", false)]
    [InlineData("lifetime.p99 > +0.3%", true)]
    [InlineData("lifetime.p99 > +10us", true)]
    [InlineData("lifetime.p99 > +30us", false)]
    public void A_change_by_a_rounding_is_none(string text, bool holds) => Assert.Equal(holds, Change(text).Holds(
        new Figure(5e6) { Rounding = 0.02e6 }, new Figure(5.06e6) { Rounding = 0.02e6 }));

    [Fact]
    public void What_cannot_be_measured_decides_nothing()
    {
        Assert.Null(Term("lifetime.p99 > 0").Holds(null));
        Assert.Null(Change("lifetime.p99 > +0%").Holds(null, new Figure(1)));
        Assert.Null(Change("lifetime.p99 > +0%").Holds(new Figure(1), null));
    }

    [Theory]
    [InlineData("failed > +20%", 10, 12, false)]
    [InlineData("failed > +20%", 10, 13, true)]
    [InlineData("failed < -20%", 10, 7, true)]
    [InlineData("failed > +1000000%", 0, 1, true)]
    [InlineData("failed > +0%", 0, 0, false)]
    [InlineData("failed > +2", 10, 12, false)]
    [InlineData("failed > +2", 10, 13, true)]
    [InlineData("failed < -2", 10, 7, true)]
    [InlineData("failed > 12", 10, 13, true)]
    public void A_change_is_that_from_the_first_to_the_second(string text, double before, double after, bool holds) =>
        Assert.Equal(holds, Change(text).Holds(new Figure(before), new Figure(after)));

    [Theory]
    [InlineData("lifetime.p99 > +20%", 1, 1, 2, double.PositiveInfinity, true)]
    [InlineData("lifetime.p99 > +20%", 1, double.PositiveInfinity, 2, 2, null)]
    [InlineData("lifetime.p99 > +20%", 3, double.PositiveInfinity, 2, 2, false)]
    [InlineData("lifetime.p99 > +20%", 1, double.PositiveInfinity, 1, double.PositiveInfinity, null)]
    public void Of_bounds_a_change_is_known_as_far_as_they_tell(string text, double low, double high, double lowAfter, double highAfter, bool? holds) =>
        Assert.Equal(holds, Change(text).Holds(new Figure(low, high), new Figure(lowAfter, highAfter)));

    private static MetricComparison Term(string text) => Expectation.Parse(text).Terms.Single();

    private static MetricComparison Change(string text) => Expectation.ParseComparison(text).Terms.Single();
}
