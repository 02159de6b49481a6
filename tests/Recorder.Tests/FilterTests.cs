using System.Net;
using System.Net.Sockets;
using TraceCap.Format.Events;
using TraceCap.Recorder.Kernel;
using TraceCap.Recorder.Probes;

namespace TraceCap.Recorder.Tests;

/// <summary>What a filter keeps out never took room: the ledger has only what was let through.</summary>
[Collection(Live.Name)]
public class FilterTests
{
    private static readonly uint Self = (uint)Environment.ProcessId;

    /// <summary>One connection of another process, in namespaces and a cgroup of its own, to itself: four events.</summary>
    private static readonly string[] OneConnection = ["python3", Repository.File("tests/vm/corners.py"), "plain"];

    [Fact]
    public void By_process() => Recorded(
        new ProbeOptions { Pids = Self },
        cgroup =>
        {
            Loopback.Churn(3);
            cgroup.Run(OneConnection);
        },
        events => Assert.All(events, e => Assert.Equal(Self, e.Pid)),
        expected: 12);

    [Theory]
    [InlineData(4, 8)]
    [InlineData(6, 4)]
    public void By_family(int version, int expected) => Recorded(
        new ProbeOptions { IpVersion = version, Pids = Self },
        _ =>
        {
            Loopback.Churn(2, IPAddress.Loopback);
            Loopback.Churn(1, IPAddress.IPv6Loopback);
        },
        events => Assert.All(events, e => Assert.Equal(version, e.IpVersion)),
        expected);

    [Fact]
    public void By_user() => Recorded(
        new ProbeOptions { Uids = 65534u },
        cgroup =>
        {
            Loopback.Churn(1);
            cgroup.Run([.. OneConnection, "127.0.0.1", "65534"]);
        },
        events => Assert.All(events, e => Assert.Equal(65534u, e.Uid)),
        expected: 4);

    [Fact]
    public void By_user_zero_is_a_filter_too()
    {
        Live.SkipUnlessAllowed();
        using var cgroup = new TestCgroup();
        Recorded(
            new ProbeOptions { Uids = 0u, Cgroups = cgroup.Folder },
            _ => cgroup.Run([.. OneConnection, "::1", "65534"]),
            _ => { },
            expected: 0);
    }

    [Theory]
    [InlineData("plain", 4)]
    [InlineData("pla", 0)]
    public void By_the_name_of_the_thread(string name, int expected)
    {
        Live.SkipUnlessAllowed();
        using var cgroup = new TestCgroup();
        Recorded(
            new ProbeOptions { Comms = new ThreadName(name), Cgroups = cgroup.Folder },
            _ => cgroup.Run(OneConnection),
            events => Assert.All(events, e => Assert.Equal(name, e.Comm.ToString())),
            expected);
    }

    [Fact]
    public void By_port_of_either_end()
    {
        using var one = new Server(IPAddress.Loopback);
        using var other = new Server(IPAddress.Loopback);
        Recorded(
            new ProbeOptions { Ports = new Wanted<ushort> { Only = [one.Port, 1] }, Pids = Self },
            _ => Connect(one, other),
            events => Assert.All(events, e => Assert.Contains(one.Port, new[] { e.LocalPort, e.PeerPort })),
            expected: 4);
        Recorded(
            new ProbeOptions { Ports = new Wanted<ushort> { Not = [one.Port] }, Pids = Self },
            _ => Connect(one, other),
            events => Assert.All(events, e => Assert.Contains(other.Port, new[] { e.LocalPort, e.PeerPort })),
            expected: 4);
    }

    [Theory]
    [InlineData("127.0.0.0/8", 8)]
    [InlineData("127.1.2.3/32", 0)]
    [InlineData("::/0", 12)]
    [InlineData("::1/128", 4)]
    public void By_address_of_either_end(string network, int expected)
    {
        using var v4 = new Server(IPAddress.Loopback);
        using var mapped = new Server(IPAddress.Loopback.MapToIPv6());
        using var v6 = new Server(IPAddress.IPv6Loopback);
        Recorded(new ProbeOptions { Addresses = IPNetwork.Parse(network), Pids = Self }, _ => Connect(v4, mapped, v6), _ => { }, expected);
        Recorded(
            new ProbeOptions { Addresses = new Wanted<IPNetwork> { Not = [IPNetwork.Parse(network)] }, Pids = Self },
            _ => Connect(v4, mapped, v6),
            _ => { },
            12 - expected);
    }

    [Fact]
    public void Of_two_networks_the_smaller_decides()
    {
        using var one = new Server(IPAddress.Loopback);
        using var other = new Server(IPAddress.Parse("127.0.1.1"));
        var wanted = new Wanted<IPNetwork> { Only = [IPNetwork.Parse("127.0.0.0/8")], Not = [IPNetwork.Parse("127.0.1.0/24")] };
        Recorded(
            new ProbeOptions { Addresses = wanted, Pids = Self },
            _ => Connect(one, other),
            events => Assert.All(events, e => Assert.Contains(one.Port, new[] { e.LocalPort, e.PeerPort })),
            expected: 4);
    }

    [Fact]
    public void All_but_one_process()
    {
        Live.SkipUnlessAllowed();
        using var cgroup = new TestCgroup();
        Recorded(
            new ProbeOptions { Pids = new Wanted<uint> { Not = [Self] }, Cgroups = new Wanted<string> { Only = ["/"] }, Comms = new ThreadName("plain") },
            _ =>
            {
                Loopback.Churn(1);
                cgroup.Run(OneConnection);
            },
            events => Assert.All(events, e => Assert.NotEqual(Self, e.Pid)),
            expected: 4);
    }

    [Fact]
    public void All_but_a_cgroup_below_the_one_that_is_wanted()
    {
        Live.SkipUnlessAllowed();
        using var cgroup = new TestCgroup();
        using var below = new TestCgroup(cgroup);
        Recorded(
            new ProbeOptions { Cgroups = new Wanted<string> { Only = [cgroup.Folder], Not = [below.Name] } },
            _ =>
            {
                cgroup.Run(OneConnection);
                below.Run(OneConnection);
            },
            events => Assert.All(events, e => Assert.Equal(cgroup.Id, e.Cgroup)),
            expected: 4);
    }

    /// <summary>A child closes what its parent accepted.</summary>
    [Theory]
    [InlineData(false, 4)]
    [InlineData(true, 3)]
    public void A_close_passes_if_its_opening_did_whoever_closes_it(bool eachEvent, int expected)
    {
        Live.SkipUnlessAllowed();
        using var cgroup = new TestCgroup();
        Recorded(
            new ProbeOptions { Comms = new ThreadName("passed"), Cgroups = cgroup.Folder, FilterEachEvent = eachEvent },
            _ => cgroup.Run("python3", Repository.File("tests/vm/corners.py"), "passed"),
            events => Assert.Equal(eachEvent ? 0 : 1, events.Count(e => e.Comm.ToString() == "receiver")),
            expected);
    }

    private static void Connect(params Server[] servers)
    {
        foreach (var server in servers)
        {
            server.Connect();
        }
    }

    private sealed class Server : IDisposable
    {
        private readonly Socket listener;

        internal Server(IPAddress address)
        {
            listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { };
            if (address.IsIPv4MappedToIPv6)
            {
                listener.DualMode = true;
            }

            listener.Bind(new IPEndPoint(address, 0));
            listener.Listen();
        }

        internal ushort Port => (ushort)((IPEndPoint)listener.LocalEndPoint!).Port;

        /// <summary>Makes a connection and closes both ends.</summary>
        internal void Connect()
        {
            using var client = new Socket(listener.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (listener.DualMode)
            {
                client.DualMode = true;
            }

            client.Connect(listener.LocalEndPoint!);
            using var server = listener.Accept();
        }

        public void Dispose() => listener.Dispose();
    }

    [Fact]
    public void By_network_namespace()
    {
        var own = NamespaceInode("net");
        Recorded(
            new ProbeOptions { Netns = own, Pids = Self },
            cgroup => Loopback.Churn(1),
            events => Assert.All(events, e => Assert.Equal(own, e.Netns)),
            expected: 4);
        Recorded(new ProbeOptions { Netns = own + 1 }, _ => Loopback.Churn(1), _ => { }, expected: 0);
    }

    [Fact]
    public void By_the_cgroups_of_a_pinned_map()
    {
        Live.SkipUnlessAllowed();
        using var cgroup = new TestCgroup();
        using var map = new TestMap(cgroup.Id);
        Recorded(
            new ProbeOptions { CgroupMap = map.Path },
            _ =>
            {
                Loopback.Churn(1);
                cgroup.Run(OneConnection);
            },
            events => Assert.All(events, e => Assert.Equal(cgroup.Id, e.Cgroup)),
            expected: 4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void By_a_cgroup_and_those_below_it(bool copyReads)
    {
        Live.SkipUnlessAllowed();
        using var cgroup = new TestCgroup();
        using var below = new TestCgroup(cgroup);
        Recorded(
            new ProbeOptions { Cgroups = cgroup.Folder, CopyReads = copyReads },
            beside =>
            {
                using var later = new TestCgroup(below);
                Loopback.Churn(1);
                beside.Run(OneConnection);
                cgroup.Run(OneConnection);
                below.Run(OneConnection);
                later.Run(OneConnection);
            },
            events => Assert.Equal([cgroup.Id, below.Id], events.Select(e => e.Cgroup).Distinct().Take(2)),
            expected: 12);
        Recorded(
            new ProbeOptions { Cgroups = below.Name, CopyReads = copyReads },
            _ =>
            {
                cgroup.Run(OneConnection);
                below.Run(OneConnection);
            },
            events => Assert.All(events, e => Assert.Equal(below.Id, e.Cgroup)),
            expected: 4);
    }

    [Theory]
    [InlineData("/no-such-cgroup")]
    [InlineData("/etc")]
    [InlineData("/../../..")]
    public void A_cgroup_that_is_not_there_is_named(string path)
    {
        Live.SkipUnlessAllowed();
        var error = Assert.Throws<ProbeException>(() => AttachedProbes.Attach(new ProbeOptions { Cgroups = path }));
        Assert.StartsWith($"{path} is no cgroup", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void By_the_mount_namespaces_of_a_pinned_map()
    {
        Live.SkipUnlessAllowed();
        var own = NamespaceInode("mnt");
        using var map = new TestMap(own);
        using var cgroup = new TestCgroup();
        Recorded(
            new ProbeOptions { MountNamespaceMap = map.Path, Cgroups = cgroup.Folder },
            _ =>
            {
                cgroup.Run(["nsenter", $"--mount=/proc/{Self}/ns/mnt", .. OneConnection]);
                cgroup.Run(OneConnection);
            },
            events => Assert.All(events, e => Assert.Equal(own, e.Mntns)),
            expected: 4);
    }

    [Fact]
    public void A_pinned_map_that_is_not_there_is_named() =>
        AssertRefused("/sys/fs/bpf/no-such-map", "No such file or directory");

    [Fact]
    public void A_file_that_is_no_map_is_named() => AssertRefused("/etc/passwd", "expected a pinned hash map");

    [Fact]
    public void A_pinned_map_of_another_type_is_named()
    {
        Live.SkipUnlessAllowed();
        using var map = new TestMap(type: "array", keyBytes: 4);
        AssertRefused(map.Path, "a map of type 2");
    }

    [Fact]
    public void A_pinned_map_with_other_keys_is_named()
    {
        Live.SkipUnlessAllowed();
        using var map = new TestMap(type: "hash", keyBytes: 4);
        AssertRefused(map.Path, "4-byte keys");
    }

    private static void AssertRefused(string path, string what)
    {
        Live.SkipUnlessAllowed();
        var error = Assert.Throws<ProbeException>(() => AttachedProbes.Attach(new ProbeOptions { CgroupMap = path }));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    private static void Recorded(
        ProbeOptions options, Action<TestCgroup> traffic, Action<List<TcpEvent>> check, int expected)
    {
        Live.SkipUnlessAllowed();
        using var cgroup = new TestCgroup();
        using var probes = Live.Attach(options);
        traffic(cgroup);
        probes.Detach();
        var all = Live.Drain(probes);

        var events = all.FindAll(e => e.Type != TcpEventType.Ended);
        check(events);
        Assert.Equal(expected, events.Count);
        Assert.Equal((ulong)all.Count, probes.LossCounters.Read().Emitted);
        Assert.Subset(events.Select(e => e.Connection).ToHashSet(), all.Select(e => e.Connection).ToHashSet());
    }

    internal static uint NamespaceInode(string kind)
    {
        var link = new FileInfo($"/proc/self/ns/{kind}").LinkTarget!;
        return uint.Parse(link.AsSpan(link.IndexOf('[') + 1).TrimEnd(']'));
    }
}
