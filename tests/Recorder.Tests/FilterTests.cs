using System.Net;
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
        var events = Live.Drain(probes);

        check(events);
        Assert.Equal(expected, events.Count);
        Assert.Equal((ulong)expected, probes.LossCounters.Read().Emitted);
    }

    internal static uint NamespaceInode(string kind)
    {
        var link = new FileInfo($"/proc/self/ns/{kind}").LinkTarget!;
        return uint.Parse(link.AsSpan(link.IndexOf('[') + 1).TrimEnd(']'));
    }
}
