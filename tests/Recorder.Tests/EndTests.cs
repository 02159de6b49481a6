using TraceCap.Format.Events;
using TraceCap.Recorder.Probes;

namespace TraceCap.Recorder.Tests;

/// <summary>How and when TCP has finished with a connection.</summary>
[Collection(Live.Name)]
public class EndTests
{
    /// <summary>Each end by the state that it came from (tcp_states.h) with "+" if the peer's FIN had come, "q" if it was not accepted,
    /// and the error, if there is one; the client's before the server's.</summary>
    [Theory]
    [InlineData("plain", "5+?", "9+")]
    [InlineData("half_closed", "5+", "9+")]
    [InlineData("linger_0", "1", "1:104")]
    [InlineData("unread", "1:104", "1")]
    [InlineData("unsent", "9+", "5+?")]
    [InlineData("user_timeout", "1:110", "1")]
    [InlineData("unspec", "1", "1:104")]
    public void A_connection_of_this_kind_ends(string name, string client, string server)
    {
        var events = Recorded(name);
        var connect = events.Single(e => e.Type == TcpEventType.Connect);

        var ends = events.FindAll(e => e.Type == TcpEventType.Ended);
        Assert.Equal(2, ends.Count);
        AssertHow(client, ends.Single(e => e.LocalPort == connect.LocalPort));
        AssertHow(server, ends.Single(e => e.LocalPort == connect.PeerPort));
        Assert.All(ends, e => Assert.Equal((0u, 0u, 0u, 0ul, ""), (e.Pid, e.Tid, e.Mntns, e.Cgroup, e.Comm.ToString())));
        Assert.All(ends, e => Assert.Equal((connect.Netns, connect.NetnsId), (e.Netns, e.NetnsId)));
    }

    /// <summary>With a filter on tasks nobody knows whose it would have been, until it is accepted.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_connection_that_is_reset_in_the_queue_ends_before_it_is_accepted(bool byTask)
    {
        Live.SkipUnlessAllowed();
        using var cgroup = new TestCgroup();
        using var map = new TestMap(cgroup.Id);
        using var probes = Live.Attach(new ProbeOptions { RingBytes = 32 << 20, CgroupMap = byTask ? map.Path : null });
        cgroup.Run("python3", Repository.File("tests/vm/corners.py"), "reset_unaccepted");
        probes.Detach();

        var events = cgroup.Own(Live.Drain(probes));
        Assert.Equal("CXE EAX", string.Join(' ', events.GroupBy(e => e.Connection).Select(socket => string.Concat(socket.Select(e => (char)e.Type)))));
        Assert.Equal(["1", "1q:104"], events.Where(e => e.Type == TcpEventType.Ended).Select(How));
    }

    [Fact]
    public void Its_counters_have_what_was_sent_after_the_close()
    {
        var events = Recorded("unsent");
        var accept = events.Single(e => e.Type == TcpEventType.Accept);
        var close = events.Single(e => e.Type == TcpEventType.Close && e.Connection == accept.Connection);
        var end = events.Single(e => e.Type == TcpEventType.Ended && e.Connection == accept.Connection);
        var received = events.Single(e => e.Type == TcpEventType.Ended && e.Connection != accept.Connection).BytesReceived;

        Assert.True(close.Timestamp < end.Timestamp);
        Assert.InRange(close.BytesAcked, 1ul, end.BytesAcked - 1);
        Assert.Equal(received, end.BytesAcked); // of both, one is for the FIN
        Assert.InRange(end.SegmentsSent, close.SegmentsSent + 1, uint.MaxValue);
    }

    [Fact]
    public void A_connection_that_was_there_before_has_its_end_too()
    {
        Live.SkipUnlessAllowed();
        using var cgroup = new TestCgroup();
        using var holding = cgroup.Start("python3", Repository.File("tests/vm/corners.py"), "hold");
        Assert.Equal("ready", holding.StandardOutput.ReadLine());
        using var probes = Live.Attach(new ProbeOptions { RingBytes = 32 << 20 });
        holding.StandardInput.WriteLine();
        holding.WaitForExit();
        probes.Detach();

        // Nobody asked for its id before: the close makes it.
        Assert.Equal("XEXE", string.Concat(cgroup.Own(Live.Drain(probes)).OrderBy(e => e.Connection).ThenBy(e => e.Timestamp).Select(e => (char)e.Type)));
    }

    [Fact]
    public void An_accept_says_how_long_its_connection_waited()
    {
        var events = Recorded("waited");
        var connect = events.Single(e => e.Type == TcpEventType.Connect);
        var accept = events.Single(e => e.Type == TcpEventType.Accept);

        // The client's end is established a moment before the server's.
        Assert.InRange(accept.Timestamp - accept.Duration, connect.Timestamp - 1_000, connect.Timestamp + 100_000_000);
        Assert.InRange(accept.Duration, 200_000_000ul, 60_000_000_000ul);
    }

    private static List<TcpEvent> Recorded(string name) =>
        CornerTests.RecordAll(new ProbeOptions(), "python3", Repository.File("tests/vm/corners.py"), name);

    /// <summary>The kernel waits for the peer's FIN with a smaller socket, unless it comes with the acknowledgement of its own.</summary>
    private static void AssertHow(string expected, in TcpEvent end) =>
        Assert.Equal(expected.TrimEnd('?'), How(end) + (expected == "5+?" && !end.Flags.HasFlag(TcpEventFlags.FinReceived) ? "+" : ""));

    private static string How(TcpEvent end) => FormattableString.Invariant(
        $"{end.State}{(end.Flags.HasFlag(TcpEventFlags.FinReceived) ? "+" : "")}{(end.Flags.HasFlag(TcpEventFlags.NotAccepted) ? "q" : "")}{(end.Error == 0 ? "" : $":{end.Error}")}");
}
