using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TraceCap.Format.Events;
using TraceCap.Recorder.Probes;
using TraceCap.Recorder.Session;

namespace TraceCap.Recorder.Tests;

/// <summary>Connections that were open before recording began.</summary>
[Collection(Live.Name)]
public class OpenConnectionTests
{
    private static readonly uint Self = (uint)Environment.ProcessId;

    [Theory]
    [InlineData("127.0.0.1", TcpEventFlags.None)]
    [InlineData("::1", TcpEventFlags.None)]
    [InlineData("::ffff:127.0.0.1", TcpEventFlags.V4Mapped)]
    public void One_is_told_and_has_the_id_that_its_close_has(string address, TcpEventFlags flags)
    {
        using var connection = new Connection(IPAddress.Parse(address));
        var events = Record(new ProbeOptions { Pids = Self }, connection.Dispose);

        var open = events.Single(e => e.Type == TcpEventType.Open && e.LocalPort == connection.ClientPort);
        Assert.Equal(connection.ServerPort, open.PeerPort);
        Assert.Equal(flags, open.Flags);
        Assert.Equal(address, open.LocalAddress.ToIPAddress(open.IpVersion).ToString());
        Assert.Equal(File.ReadAllText("/proc/self/comm"), open.Comm + "\n");
        Assert.NotEqual(0ul, open.Connection);
        var ends = events.GroupBy(e => e.Connection).Select(socket => string.Concat(socket.Select(e => (char)e.Type)));
        Assert.Equal(["OXE", "OXE"], ends);
        var close = events.Single(e => e.Type == TcpEventType.Close && e.LocalPort == connection.ClientPort);
        Assert.Equal(
            (open.Connection, open.Pid, open.Uid, open.Netns, open.Mntns, open.Cgroup),
            (close.Connection, close.Pid, close.Uid, close.Netns, close.Mntns, close.Cgroup));
    }

    [Fact]
    public void One_that_is_still_to_be_accepted_is_told_by_its_accept()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        var events = Record(new ProbeOptions { Pids = Self }, () => listener.Accept().Dispose());

        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var server = events.Where(e => e.LocalPort == port).ToArray();
        Assert.Matches("^AXE?$", string.Concat(server.Select(e => (char)e.Type)));
        Assert.NotEqual(0ul, server[0].Connection);
        Assert.Equal(server[0].Connection, server[1].Connection);
    }

    [Fact]
    public async Task Each_connection_begins_once_however_many_come_while_recording_begins()
    {
        using var stop = new CancellationTokenSource();
        var churning = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    Loopback.Churn(100);
                }
            },
            TestContext.Current.CancellationToken);
        var events = Record(new ProbeOptions { Pids = Self }, () => { });
        await stop.CancelAsync();
        await churning;

        Assert.All(
            events.GroupBy(e => e.Connection),
            socket => Assert.Matches("^([OCA](X?E?|EX))?$", string.Concat(socket.Select(e => (char)e.Type))));
    }

    /// <summary>The connect is known by the process that holds the socket; when it began nobody knows.</summary>
    [Theory]
    [InlineData("established", "OCXE")]
    [InlineData("given_up", "OF")]
    public void A_connect_that_is_under_way_has_its_end(string end, string expected)
    {
        Live.SkipUnlessAllowed();
        using var cgroup = new TestCgroup();
        using var connecting = cgroup.Start("python3", Repository.File("tests/vm/corners.py"), "under_way", end);
        Assert.Equal("ready", connecting.StandardOutput.ReadLine());
        var all = Record(new ProbeOptions(), () =>
        {
            connecting.StandardInput.WriteLine();
            connecting.WaitForExit();
        });

        Assert.Equal(0, connecting.ExitCode);
        var client = cgroup.Own(all).Where(e => e.PeerPort == 9).ToList();
        Assert.Equal(expected, string.Concat(client.Select(e => (char)e.Type)));
        Assert.Single(client.Select(e => e.Connection).Distinct());
        Assert.Equal((2, (uint)connecting.Id, 0ul), (client[0].State, client[0].Pid, client[1].Duration));
        Assert.Equal((client[0].Pid, client[0].Comm, client[0].Cgroup), (client[1].Pid, client[1].Comm, client[1].Cgroup));
    }

    [Fact]
    public void Those_of_other_network_namespaces_are_told_too()
    {
        Live.SkipUnlessAllowed();
        using var cgroup = new TestCgroup();
        using var holding = cgroup.Start("python3", Repository.File("tests/vm/corners.py"), "hold");
        Assert.Equal("ready", holding.StandardOutput.ReadLine());
        var events = cgroup.Own(Record(new ProbeOptions(), () => holding.StandardInput.WriteLine()));
        holding.WaitForExit();

        Assert.Equal("OO", string.Concat(events.Take(2).Select(e => (char)e.Type)));
        Assert.All(events.Where(e => e.Type != TcpEventType.Ended), e => Assert.Equal(("hold", (uint)holding.Id), (e.Comm.ToString(), e.Pid)));
        Assert.Single(events.Select(e => e.Netns).Distinct());
        Assert.NotEqual(FilterTests.NamespaceInode("net"), events[0].Netns);
    }

    /// <summary>By what can still be entered: a file that it is mounted on, a descriptor of it, a thread in it; or nothing, but
    /// that its sockets are held.</summary>
    [Theory]
    [InlineData("file")]
    [InlineData("descriptor")]
    [InlineData("thread")]
    [InlineData("nothing")]
    public void Those_of_network_namespaces_in_which_no_process_lives_are_told_too(string by)
    {
        Live.SkipUnlessAllowed();
        using var cgroup = new TestCgroup();
        using var holding = cgroup.Start("python3", Repository.File("tests/Recorder.Tests/deserted.py"), by);
        Assert.Equal("ready", holding.StandardOutput.ReadLine());
        var events = cgroup.Own(Record(new ProbeOptions(), () =>
        {
            holding.StandardInput.WriteLine();
            holding.WaitForExit();
        }));

        Assert.Equal("OOXX", string.Concat(events.Where(e => e.Type is TcpEventType.Open or TcpEventType.Close).Select(e => (char)e.Type)));
        Assert.All(events, e => Assert.Equal(events[0].Netns, e.Netns));
        var id = Assert.Single(events.Where(e => e.Type == TcpEventType.Open).Select(e => e.NetnsId).Distinct());
        Assert.NotEqual(0ul, id);
    }

    [Fact]
    public void One_that_several_processes_hold_is_told_for_each_of_them_that_is_asked_for()
    {
        Live.SkipUnlessAllowed();
        using var cgroup = new TestCgroup();
        using var holding = cgroup.Start("python3", "-c", """
            import os, socket, sys
            l = socket.create_server(("127.0.0.1", 0))
            c = socket.create_connection(l.getsockname()); s, _ = l.accept()
            r, w = os.pipe()
            child = os.fork()
            if child == 0:
                os.close(w); os.read(r, 1); os._exit(0)
            print(child, flush=True)
            sys.stdin.readline()
            os.close(w); os.wait()
            """);
        var child = uint.Parse(holding.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
        var ofChild = Record(new ProbeOptions { Pids = child }, () => { }).Where(e => e.Type == TcpEventType.Open).ToArray();
        var ofParent = Record(new ProbeOptions { Pids = (uint)holding.Id }, () => { }).Where(e => e.Type == TcpEventType.Open).ToArray();
        holding.StandardInput.WriteLine();
        holding.WaitForExit();

        Assert.Equal([child, child], ofChild.Select(e => e.Pid));
        Assert.Equal(2, ofParent.Length);
        Assert.All(ofParent, e => Assert.Equal((uint)holding.Id, e.Pid));
        Assert.Equal(ofChild.Select(e => e.Connection).Order(), ofParent.Select(e => e.Connection).Order());
    }

    [Fact]
    public void One_that_is_under_way_is_told()
    {
        Live.SkipUnlessAllowed();
        using var cgroup = new TestCgroup();
        using var holding = cgroup.Start("python3", "-c", """
            import socket, sys
            l = socket.create_server(("127.0.0.1", 0), backlog=0)
            full = [socket.create_connection(l.getsockname())]
            s = socket.socket(); s.setblocking(False)
            s.connect_ex(l.getsockname())
            print(s.getsockname()[1], flush=True)
            sys.stdin.readline()
            """);
        var port = ushort.Parse(holding.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
        var events = cgroup.Own(Record(new ProbeOptions(), () => { }));
        holding.StandardInput.WriteLine();
        holding.WaitForExit();

        var underWay = events.Single(e => e.Type == TcpEventType.Open && e.LocalPort == port);
        Assert.Equal((2, (uint)holding.Id), (underWay.State, underWay.Pid));
        Assert.NotEqual(0ul, underWay.Connection);
    }

    [Fact]
    public void Those_of_one_cgroup_and_below_it_are_told()
    {
        Live.SkipUnlessAllowed();
        using var cgroup = new TestCgroup();
        using var below = new TestCgroup(cgroup);
        using var connection = new Connection(IPAddress.Loopback);
        using var holding = below.Start("python3", Repository.File("tests/vm/corners.py"), "hold");
        Assert.Equal("ready", holding.StandardOutput.ReadLine());
        var events = Record(new ProbeOptions { Cgroups = cgroup.Name }, () => holding.StandardInput.WriteLine());
        holding.WaitForExit();

        Assert.Equal("OO", string.Concat(events.Take(2).Select(e => (char)e.Type)));
        Assert.All(events.Where(e => e.Type != TcpEventType.Ended), e => Assert.Equal(below.Id, e.Cgroup));
    }

    [Fact]
    public void Filters_keep_them_out()
    {
        using var connection = new Connection(IPAddress.Loopback);
        ProbeOptions[] filters =
        [
            new() { Pids = Self + 1 }, new() { Pids = Self, Uids = 65533 }, new() { Pids = Self, IpVersion = 6 },
            new() { Netns = 1 }, new() { Pids = Self, BeyondTcptracer = false },
        ];
        Assert.All(filters, filter => Assert.DoesNotContain(
            Record(filter, () => { }), e => e.LocalPort == connection.ClientPort));
    }

    /// <summary>What is recorded, of a connection that is open before and what is done then, in the order of time.</summary>
    private static List<TcpEvent> Record(ProbeOptions options, Action meanwhile)
    {
        Live.SkipUnlessAllowed();
        using var session = LiveSession.Start(options with { ProbeSet = Live.ProbeSet });
        Assert.Empty(session.Limits);
        var sink = new Everything();
        meanwhile();
        session.Stop();
        session.Run(sink, duration: null);
        Assert.Equal((ulong)sink.Events.Count, sink.LossCounters.Emitted);
        return [.. sink.Events.OrderBy(e => e.Timestamp)];
    }

    private sealed class Connection : IDisposable
    {
        private readonly Socket client;
        private readonly Socket server;

        internal Connection(IPAddress address)
        {
            using var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            client = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (address.IsIPv4MappedToIPv6)
            {
                listener.DualMode = client.DualMode = true;
            }

            listener.Bind(new IPEndPoint(address, 0));
            listener.Listen();
            client.Connect(listener.LocalEndPoint!);
            server = listener.Accept();
            (ClientPort, ServerPort) = (((IPEndPoint)client.LocalEndPoint!).Port, ((IPEndPoint)server.LocalEndPoint!).Port);
        }

        internal int ClientPort { get; }

        internal int ServerPort { get; }

        public void Dispose()
        {
            client.Dispose();
            server.Dispose();
        }
    }
}
