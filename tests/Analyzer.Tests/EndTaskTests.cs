using TraceCap.Analyzer.Filters;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Tests;

/// <summary>An end has no task, and is judged by the one that opened its connection.</summary>
public sealed class EndTaskTests
{
    private static readonly EventFilter ofNginx = EventFilter.Parse("-p 7 --comm nginx");

    private readonly EndTasks ends = new();

    [Theory]
    [InlineData(TcpEventType.Connect)]
    [InlineData(TcpEventType.Accept)]
    [InlineData(TcpEventType.Open)]
    public void It_goes_by_who_opened_the_connection(TcpEventType opening)
    {
        Assert.Equal("1E", Picked([Of(opening, 1, 7), Of(TcpEventType.Close, 1, 8), Of(TcpEventType.Ended, 1)])[^2..]);
        Assert.Equal("", Picked([Of(opening, 2, 8), Of(TcpEventType.Ended, 2)]));
    }

    [Fact]
    public void Whose_opening_nobody_saw_it_goes_by_who_closed_it()
    {
        Assert.Equal("1X 1E", Picked([Of(TcpEventType.Close, 1, 7), Of(TcpEventType.Ended, 1)]));
        Assert.Equal("", Picked([Of(TcpEventType.Close, 2, 8), Of(TcpEventType.Ended, 2), Of(TcpEventType.Ended, 3)]));
    }

    [Fact]
    public void It_may_come_before_the_close() =>
        Assert.Equal("1C 1E 1X", Picked([Of(TcpEventType.Connect, 1, 7), Of(TcpEventType.Ended, 1), Of(TcpEventType.Close, 1, 7)]));

    [Fact]
    public void Conditions_ask_as_options_do()
    {
        TcpEvent[] events = [Of(TcpEventType.Connect, 1, 7), Of(TcpEventType.Ended, 1), Of(TcpEventType.Connect, 2, 8), Of(TcpEventType.Ended, 2)];
        Assert.Equal("1E", Picked(events, EventFilter.Parse("--where 'type == E and pid == 7'".Replace('\'', '"'))));
        Assert.Equal("2C 2E", Picked(events, EventFilter.Parse("--where \"not pid == 7\"")));
    }

    /// <summary>Many more than are remembered: an end comes soon after its close.</summary>
    [Fact]
    public void Closes_without_ends_are_forgotten_in_time()
    {
        var events = Enumerable.Range(1, 200_000).Select(id => Of(TcpEventType.Close, (ulong)id, 7)).ToArray();
        ends.Pick(events, ofNginx);
        Assert.Equal("200000E", Picked([Of(TcpEventType.Ended, 1), Of(TcpEventType.Ended, 200_000)]));
    }

    [Fact]
    public void A_number_of_another_boot_is_of_another_connection()
    {
        foreach (var (next, picked) in new[] { ("a", "1E"), ("b", ""), ("", "") })
        {
            ends.Begin(new CaptureHeader { BootId = "a" });
            Picked([Of(TcpEventType.Connect, 1, 7)]);
            ends.Begin(new CaptureHeader { BootId = next });
            Assert.Equal(picked, Picked([Of(TcpEventType.Ended, 1)]));
        }
    }

    [Fact]
    public void Without_such_a_filter_it_is_judged_as_it_is()
    {
        Assert.Equal("1E", Picked([Of(TcpEventType.Ended, 1)], new EventFilter { Types = EventTypeSet.Parse("E") }));
        Assert.Equal("", Picked([Of(TcpEventType.Connect, 1, 7), Of(TcpEventType.Ended, 1)], ofNginx with { Types = EventTypeSet.Parse("X") }));
    }

    private string Picked(TcpEvent[] events, EventFilter? filter = null) =>
        string.Join(' ', ends.Pick(events, filter ?? ofNginx).ToArray().Select(one => $"{one.Connection}{(char)one.Type}"));

    private static TcpEvent Of(TcpEventType type, ulong connection, uint pid = 0) => new()
    {
        Type = type,
        Connection = connection,
        Pid = pid,
        IpVersion = 4,
        Comm = pid == 0 ? default : new ThreadName("nginx"),
    };
}
