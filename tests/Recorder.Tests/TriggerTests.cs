using TraceCap.Format.Events;
using TraceCap.Recorder.Flight;

namespace TraceCap.Recorder.Tests;

/// <summary>When a flight recorder writes what it keeps.</summary>
public class TriggerTests
{
    private const ulong Second = 1_000_000_000;

    [Theory]
    [InlineData("closes>2/s", "XXX", true)]
    [InlineData("closes>2/s", "XXCA", false)]
    [InlineData("connects>0/s", "C", true)]
    [InlineData("accepts>0/s", "CX", false)]
    [InlineData("churn>3/s", "CAXXF", true)]
    [InlineData("churn>4/s", "CAXXF", false)]
    [InlineData("events>4/s", "CAXXF", true)]
    [InlineData("fails>0/s", "F", true)]
    [InlineData("ECONNREFUSED", "F", true)]
    [InlineData("ECONNREFUSED>1/s", "FF", true)]
    [InlineData("ETIMEDOUT", "FF", false)]
    [InlineData("closes>2/min", "XXX", true)]
    [InlineData("closes>2/0.5d", "XXX", true)]
    [InlineData("closed > 2/s", "XXX", true)]
    [InlineData(" opened >0/ s ", "C", true)]
    [InlineData("accepted > 0/s", "A", true)]
    [InlineData("failed > 1/10s", "FF", true)]
    [InlineData("events > 4/s", "CAXEE", true)]
    [InlineData("churn > 3/s", "CAXEOE", false)]
    [InlineData("closed > 1/s", "XEE", false)]
    [InlineData("failed > 0/s", "E", false)]
    [InlineData("ended > 1/s", "EXE", true)]
    [InlineData("reset > 0/s", "E", true)]
    [InlineData("reset > 0/s", "F", false)]
    [InlineData("ECONNREFUSED", "E", false)]
    [InlineData("ECONNRESET", "E", true)]
    [InlineData("ECONNRESET", "F", false)]
    public void It_counts_what_it_is_told_to(string trigger, string events, bool fires) =>
        Assert.Equal(fires, TriggerParser.Parse(trigger).Fires([.. events.Select(type => At(100 * Second, (TcpEventType)type))]));

    [Theory]
    [InlineData("closed > 0/s", false)]
    [InlineData("churn > 0/s", false)]
    [InlineData("events > 0/s", true)]
    public void The_close_of_what_failed_to_connect_is_no_close_of_a_connection(string trigger, bool fires) => Assert.Equal(
        fires, TriggerParser.Parse(trigger).Fires([At(100 * Second, TcpEventType.Close) with { Flags = TcpEventFlags.ConnectFailed }]));

    [Fact]
    public void An_end_by_two_FINs_is_no_reset() => Assert.False(
        TriggerParser.Parse("reset > 0/s").Fires([At(100 * Second, TcpEventType.Ended) with { Error = 0, State = 9 }]));

    [Theory]
    [InlineData("closes[yes]>2/s", true)]
    [InlineData("closes [no] > 2/s", false)]
    [InlineData("closes[a > 5 and b == \"]\"] > 2/s", true)]
    [InlineData("closes[service == [::1]:80] > 2/s", true)]
    public void Only_events_count_that_are_meant(string text, bool fires)
    {
        var asked = "";
        var trigger = TriggerParser.Parse(text, condition =>
        {
            asked = condition;
            return (in _) => condition != "no";
        });

        Assert.Equal(text[(text.IndexOf('[', StringComparison.Ordinal) + 1)..text.LastIndexOf(']')], asked);
        Assert.Equal(fires, Fires(trigger, [100 * Second, 100 * Second, 100 * Second]));
    }

    [Fact]
    public void More_than_so_many_within_a_period_fire_it_and_as_many_over_a_longer_time_do_not()
    {
        var trigger = TriggerParser.Parse("closes>10/10s");
        Assert.False(Fires(trigger, Enumerable.Range(0, 100).Select(i => 100 * Second + (ulong)i * Second)));
        Assert.True(Fires(trigger, Enumerable.Range(0, 2).Select(i => 199 * Second + (ulong)i)));
    }

    [Fact]
    public void A_storm_fires_it_once_and_the_next_storm_again()
    {
        var trigger = TriggerParser.Parse("closes>5/s");
        Assert.True(Fires(trigger, Storm(100)));
        Assert.False(Fires(trigger, Storm(101)));
        Assert.False(Fires(trigger, Enumerable.Range(102, 120).SelectMany(second => Storm((ulong)second))));
        Assert.True(Fires(trigger, Storm(300)));
        Assert.False(Fires(trigger, Storm(320)));
        Assert.True(Fires(trigger, Storm(400)));

        static IEnumerable<ulong> Storm(ulong second) => Enumerable.Range(0, 20).Select(i => second * Second + (ulong)i * Second / 20);
    }

    [Fact]
    public void Events_that_come_late_count_in_their_own_time()
    {
        var trigger = TriggerParser.Parse("closes>2/s");
        Assert.False(Fires(trigger, [100 * Second, 90 * Second, 90 * Second, 90 * Second, 99 * Second]));
        Assert.True(Fires(trigger, [100 * Second - Second / 2, 100 * Second - Second / 3]));
    }

    [Theory]
    [InlineData("", 0, "expected what to count: opened, accepted, closed, failed, ended, reset, churn, events, or an error such as ECONNREFUSED")]
    [InlineData("close>1/s", 0, "expected what to count")]
    [InlineData("closes", 6, "expected > and how many")]
    [InlineData("closes>", 7, "expected a whole number")]
    [InlineData("closes>1000", 11, "expected a period")]
    [InlineData("closes[>1/s", 6, "expected > and how many")]
    [InlineData("closes>10x/s", 9, "expected a period after the number")]
    [InlineData("closes>10x", 9, "expected a period after the number")]
    [InlineData("closes>-1/s", 7, "expected a whole number")]
    [InlineData("closes>1/", 9, "expected a period: ns, us, ms, s, m or min, h, d, with a number")]
    [InlineData("closes>1/0s", 9, "expected a period: ns, us")]
    [InlineData("closes>1/5", 9, "expected a period: ns, us, ms, s, m or min, h, d, with a number")]
    [InlineData("EWHATEVER", 0, "expected what to count")]
    public void An_error_points_at_its_character(string text, int character, string what)
    {
        var lines = Assert.Throws<FormatException>(() => TriggerParser.Parse(text)).Message.Split('\n');

        Assert.StartsWith(what, lines[0], StringComparison.Ordinal);
        Assert.Equal("  " + text, lines[1]);
        Assert.Equal("  " + new string(' ', character) + "^", lines[2]);
    }

    private static bool Fires(Trigger trigger, IEnumerable<ulong> closes) =>
        trigger.Fires([.. closes.Select(time => At(time, TcpEventType.Close))]);

    private static TcpEvent At(ulong time, TcpEventType type) =>
        new() { Timestamp = time, Type = type, Error = type switch { TcpEventType.ConnectFailed => 111, TcpEventType.Ended => 104, _ => 0 } };
}
