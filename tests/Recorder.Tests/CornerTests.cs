using TraceCap.Format.Events;
using TraceCap.Recorder.Probes;

namespace TraceCap.Recorder.Tests;

/// <summary>
/// Connections that a tracer easily gets wrong: tests/vm/corners.py, and accepts that no library function makes. The
/// expected events are those of tcptracer (C connect, A accept, X close) and failed connects (F), each with the name of
/// its thread.
/// </summary>
[Collection(Live.Name)]
public class CornerTests
{
    [Theory]
    [InlineData("plain", "C A X X")]
    [InlineData("unspec", "C A X")]
    [InlineData("self_connect", "C X")]
    [InlineData("fast_open", "C A X X")]
    [InlineData("mptcp", "C A X X")]
    [InlineData("mptcp_to_plain", "C A X X")]
    [InlineData("mptcp_refused", "F")]
    [InlineData("passed", "C A X:receiver X")]
    [InlineData("exec_close", "C A X:true X")]
    [InlineData("dup3", "C A X X")]
    [InlineData("reset_unaccepted", "C X A X")]
    [InlineData("unread", "C A X X")]
    [InlineData("refused_nonblocking", "F X")]
    [InlineData("refused_blocking", "F")]
    [InlineData("refused_port_0", "F")]
    [InlineData("refused_twice", "F F C A X X")]
    [InlineData("given_up", "F")]
    [InlineData("given_up_by_exit", "F")]
    [InlineData("disconnected", "F")]
    [InlineData("unreachable", "F")]
    [InlineData("timed_out", "F")]
    [InlineData("rejected", "F F")]
    [InlineData("half_closed", "C A X X")]
    [InlineData("not_tcp", "")]
    public void A_connection_of_this_kind_gives(string name, string expected)
    {
        SkipUnlessMptcp(name);
        var events = Record("python3", Repository.File("tests/vm/corners.py"), name);

        Assert.Equal(expected, string.Join(' ', events.Select(e => (char)e.Type + Name(e, name))));
        Assert.All(events, e => Assert.NotEqual(0ul, e.Connection));
        AssertPaired(events);
    }

    [Fact]
    public void The_subflow_of_an_mptcp_connection_is_marked()
    {
        SkipUnlessMptcp("mptcp");
        Assert.All(
            Record("python3", Repository.File("tests/vm/corners.py"), "mptcp"),
            e => Assert.Equal(TcpEventFlags.Mptcp, e.Flags));
    }

    [Theory]
    [InlineData("uring", TcpEventFlags.IoUring)]
    [InlineData("uring_slot", TcpEventFlags.IoUring)]
    [InlineData("uring_any_slot", TcpEventFlags.IoUring)]
    [InlineData("compat", TcpEventFlags.CompatTask)]
    [InlineData("thread", TcpEventFlags.None)]
    public void An_accept_by_this_way_is_seen(string way, TcpEventFlags flags)
    {
        SkipUnlessAcceptsBy(way);
        var events = Record(AcceptProgram.Value, way);

        // Some kernels close a direct descriptor later, in a thread of their own, which is in no test's cgroup.
        var direct = way.EndsWith("slot", StringComparison.Ordinal);
        Assert.Matches(direct ? "^CAXX?$" : "^CAXX$", string.Concat(events.Select(e => (char)e.Type)));
        Assert.Equal(Live.TellsWay ? flags : TcpEventFlags.None, events[1].Flags);
        Assert.Equal(way == "thread" ? "acceptor" : "accepts", events[1].Comm.ToString());
        Assert.Equal(way == "thread", events[1].Tid != events[1].Pid);
        AssertPaired(events);
    }

    [Fact]
    public void A_request_that_accepts_many_times_shows_each()
    {
        SkipUnlessAcceptsBy("uring_multishot");
        var events = Record(AcceptProgram.Value, "uring_multishot");

        Assert.Equal(2, events.Count(e => e.Type == TcpEventType.Connect));
        Assert.All(
            events.Where(e => e.Type == TcpEventType.Accept),
            e => Assert.Equal(Live.TellsWay ? TcpEventFlags.IoUring : TcpEventFlags.None, e.Flags));
        Assert.Equal("AX AX CX CX", string.Join(' ', events.GroupBy(e => e.Connection)
            .Select(socket => string.Concat(socket.Select(e => (char)e.Type))).Order()));
    }

    /// <summary>The ways that read the most kinds of structures, with the programs for kernels before 6.2.</summary>
    [Theory]
    [InlineData("uring")]
    [InlineData("uring_any_slot")]
    [InlineData("compat")]
    public void The_programs_for_older_kernels_see_the_same(string way)
    {
        SkipUnlessAcceptsBy(way);
        var events = Record(new ProbeOptions { CopyReads = true }, AcceptProgram.Value, way);
        var expected = Record(AcceptProgram.Value, way);

        Assert.Equal(expected.Select(Facts), events.Select(Facts));
        AssertPaired(events);

        static object Facts(TcpEvent e) =>
            (e.Type, e.Flags, e.State, e.Uid, e.Comm, e.IpVersion, e.LocalAddress, e.PeerAddress, e.Error,
                e.BytesSent, e.BytesAcked, e.BytesReceived, e.Retransmits, e.Mntns != 0, e.Netns != 0);
    }

    [Fact]
    public void All_accepts_are_seen_however_many_threads_wait_for_one() => Assert.Equal(
        64,
        Record("python3", Repository.File("tests/vm/corners.py"), "many_waiting").Count(e => e.Type == TcpEventType.Accept));

    [Theory]
    [InlineData("refused_nonblocking", 111)]
    [InlineData("refused_blocking", 111)]
    [InlineData("refused_port_0", 111)]
    [InlineData("mptcp_refused", 111)]
    [InlineData("unreachable", 113)]
    [InlineData("timed_out", 110)]
    [InlineData("rejected", 113)]
    [InlineData("given_up", 0)]
    [InlineData("disconnected", 0)]
    public void A_connect_that_fails_tells_why_and_how_long_it_tried(string name, int error)
    {
        SkipUnlessMptcp(name);
        var failed = Record("python3", Repository.File("tests/vm/corners.py"), name)
            .Last(e => e.Type == TcpEventType.ConnectFailed);

        Assert.Equal(error, failed.Error);
        Assert.InRange(failed.Duration, name == "timed_out" ? 900_000_000ul : 1ul, 60_000_000_000ul);
    }

    [Fact]
    public void Durations_and_counters_are_those_of_the_connection()
    {
        var events = Record("python3", Repository.File("tests/vm/corners.py"), "unread");
        var (connect, server, client) = (events[0], events[2], events[3]);

        Assert.InRange(connect.Duration, 1ul, 1_000_000_000ul);
        Assert.Equal((10ul, 11ul), (client.BytesSent, client.BytesAcked));
        Assert.Equal((0ul, 10ul), (server.BytesSent, server.BytesReceived));
        Assert.Equal(0u, client.Retransmits);
        Assert.InRange(client.SegmentsSent, 2u, 10u);
        Assert.InRange(client.SmoothedRtt, 1u, 1_000_000u);
    }

    [Fact]
    public void An_accepted_socket_that_another_thread_closed_at_once_is_recorded_or_counted()
    {
        const int connections = 500;
        var (types, missed) = Count("tracepoint", RacedProgram.Value, $"{connections}");

        // What passes a filter on tasks is decided when it opens: a missed accept has a close and an end that are not shown.
        var accepted = types.GetValueOrDefault(TcpEventType.Accept);
        Assert.Equal(connections, types[TcpEventType.Connect]);
        Assert.Equal(connections + accepted, types[TcpEventType.Close]);
        Assert.Equal(3 * (connections - accepted), missed);
    }

    [Fact]
    public void An_accept_that_fails_after_it_accepted_is_recorded()
    {
        var (types, missed) = Count(null, "python3", Repository.File("tests/vm/corners.py"), "bad_address");

        Assert.Equal((1, 1, 2), (types[TcpEventType.Connect], types[TcpEventType.Accept], types[TcpEventType.Close]));
        Assert.Equal(0, missed);
    }

    /// <summary>Else any user could have the recording of the whole host say that it may have lost events.</summary>
    [Theory]
    [InlineData("bad_address_unix")]
    [InlineData("accept_that_never_was")]
    public void A_failure_of_what_accepted_no_connection_is_not_counted(string name)
    {
        var (types, missed) = Count(null, "python3", Repository.File("tests/vm/corners.py"), name);

        Assert.Empty(types);
        Assert.Equal(0, missed);
    }

    [Fact]
    public void An_accept_of_what_was_reset_in_the_queue_is_marked()
    {
        var events = Record("python3", Repository.File("tests/vm/corners.py"), "reset_unaccepted");

        var accept = events.Single(e => e.Type == TcpEventType.Accept);
        Assert.Equal((TcpEventFlags.ResetBeforeAccept, (byte)7), (accept.Flags, accept.State));
        Assert.Equal(events[0].PeerPort, accept.LocalPort);
        Assert.All(events.Where(e => e.Type != TcpEventType.Accept), e => Assert.Equal(TcpEventFlags.None, e.Flags));
    }

    [Theory]
    [InlineData("refused_nonblocking", "F X:ConnectFailed")]
    [InlineData("refused_twice", "F F C A X X")]
    public void The_close_of_a_socket_whose_connect_failed_is_marked(string name, string expected) => Assert.Equal(
        expected,
        string.Join(' ', Record("python3", Repository.File("tests/vm/corners.py"), name).Select(e => (char)e.Type + (e.Flags == 0 ? "" : $":{e.Flags}"))));

    private static readonly Lazy<string> AcceptProgram = Compiled("accepts");
    private static readonly Lazy<string> RacedProgram = Compiled("raced");

    /// <summary>A compiled program of tests/vm, for as long as the tests run.</summary>
    private static Lazy<string> Compiled(string name) => new(() =>
    {
        var program = Path.Combine(Directory.CreateTempSubdirectory().FullName, name);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Path.GetDirectoryName(program)!, recursive: true);
        Tool.Run("clang", "-O1", "-Wall", "-Werror", "-pthread", "-o", program, Repository.File($"tests/vm/{name}.c"));
        return program;
    });

    /// <summary>What a kernel is built with does not tell whether its host lets it work.</summary>
    private static void SkipUnlessAcceptsBy(string way)
    {
        Live.SkipUnlessAllowed();
        var reason = Tool.Run(AcceptProgram.Value, "can", way);
        Assert.SkipUnless(reason.Length == 0, reason);
    }

    private static void SkipUnlessMptcp(string name) => Assert.SkipWhen(
        name.StartsWith("mptcp", StringComparison.Ordinal) && !File.Exists("/proc/sys/net/mptcp/enabled"), "the kernel has no MPTCP");

    /// <summary>Counts the events that a command has, and the times that a probe may have missed one.</summary>
    private static (Dictionary<TcpEventType, int> Types, int Missed) Count(string? probeSet, params string[] command)
    {
        Live.SkipUnlessAllowed();
        using var cgroup = new TestCgroup();
        using var map = new TestMap(cgroup.Id);
        using var probes = Live.Attach(new ProbeOptions { ProbeSet = probeSet, CgroupMap = map.Path });
        cgroup.Run(command);
        probes.Detach();
        return (Live.Drain(probes).CountBy(e => e.Type).ToDictionary(), (int)probes.LossCounters.Read().ProbeMissed);
    }

    private static List<TcpEvent> Record(params string[] command) => Record(new ProbeOptions(), command);

    /// <summary>What tasks did: no ends, which come when they come.</summary>
    private static List<TcpEvent> Record(ProbeOptions options, params string[] command) =>
        [.. RecordAll(options, command).Where(e => e.Type != TcpEventType.Ended)];

    /// <summary>Whatever else the host does, it does not fill the ring.</summary>
    internal static List<TcpEvent> RecordAll(ProbeOptions options, params string[] command)
    {
        Live.SkipUnlessAllowed();
        using var cgroup = new TestCgroup();
        using var map = new TestMap(cgroup.Id);
        using var probes = Live.Attach(options with { CgroupMap = map.Path });
        cgroup.Run(command);
        return cgroup.Own(Live.Drain(probes));
    }

    /// <summary>The name of the thread, where it is not the case's own.</summary>
    private static string Name(TcpEvent e, string usual)
    {
        var name = e.Comm.ToString();
        return usual.StartsWith(name, StringComparison.Ordinal) ? "" : ":" + name;
    }

    /// <summary>Each id belongs to one socket, which was opened once and closed once at most.</summary>
    private static void AssertPaired(List<TcpEvent> events) => Assert.All(events.GroupBy(e => e.Connection), socket =>
    {
        Assert.Matches("^F*[CA]?X?$", string.Concat(socket.Select(e => (char)e.Type)));
        var opened = socket.Where(e => e.Type != TcpEventType.ConnectFailed);
        Assert.InRange(opened.DistinctBy(e => (e.LocalAddress, e.LocalPort, e.PeerAddress, e.PeerPort)).Count(), 0, 1);
    });
}
