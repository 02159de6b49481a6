using System.Net;
using System.Runtime.InteropServices;
using TraceCap.Format.Events;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Probes;

/// <summary>
/// What the probes record and how much room they have. The filters act in the kernel, before an event takes room; those on
/// tasks judge a connection when it is opened, by the task that connects or accepts: its close and its end pass if its opening
/// did.
/// </summary>
internal sealed record ProbeOptions
{
    private readonly int ringBytes = 8 << 20;
    private readonly int maxConnects = 65536;
    private readonly int maxKept = 262_144;
    private readonly int? ipVersion;
    private readonly string? probeSet;

    /// <summary>The names of the sets of probes, the best one first.</summary>
    public static IReadOnlyList<string> ProbeSets { get; } = [.. Probes.ProbeSet.All.Select(set => set.Name)];

    /// <summary>The set of probes to record with, one of <see cref="ProbeSets"/>, or null for the best that the
    /// kernel takes. All sets give the same events.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such set.</exception>
    public string? ProbeSet
    {
        get => probeSet;
        init => probeSet = value is null || ProbeSets.Contains(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(ProbeSet), value,
                $"the sets of probes are {string.Join(", ", ProbeSets)}");
    }

    /// <summary>The size of the ring buffer in bytes: a power of two, one page at least. An event takes 184.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Any other number.</exception>
    public int RingBytes
    {
        get => ringBytes;
        init => ringBytes = value >= Environment.SystemPageSize && int.IsPow2(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(RingBytes), value,
                $"the ring buffer's size is a power of two, {Environment.SystemPageSize} bytes at least");
    }

    /// <summary>How many connects may be under way at the same time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than one.</exception>
    public int MaxConnects
    {
        get => maxConnects;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            maxConnects = value;
        }
    }

    /// <summary>How many connections that passed a filter on tasks may be open at the same time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than one.</exception>
    public int MaxKept
    {
        get => maxKept;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            maxKept = value;
        }
    }

    /// <summary>Which processes (thread groups), by their ids in the PID namespace of this one.</summary>
    public Wanted<uint> Pids { get; init; } = new();

    /// <summary>Which users.</summary>
    public Wanted<uint> Uids { get; init; } = new();

    /// <summary>Which threads, by the name at the opening.</summary>
    public Wanted<ThreadName> Comms { get; init; } = new();

    /// <summary>Which cgroups with those below them, now and later; of two that hold a task the deeper one counts. The path of a
    /// folder, or its path in the cgroup2 hierarchy such as <c>/system.slice/nginx.service</c>.</summary>
    public Wanted<string> Cgroups { get; init; } = new();

    /// <summary>Only tasks of the cgroups in this pinned BPF hash map, whose keys are 8-byte cgroup ids, or null.</summary>
    public string? CgroupMap { get; init; }

    /// <summary>Only tasks of the mount namespaces in this pinned BPF hash map, whose keys are 8-byte inode numbers, or
    /// null.</summary>
    public string? MountNamespaceMap { get; init; }

    /// <summary>Only this process and all that it starts from now on, by its id on the host, or null.</summary>
    public uint? Tree { get; init; }

    /// <summary>Which network namespaces of sockets, by their inode numbers.</summary>
    public Wanted<uint> Netns { get; init; } = new();

    /// <summary>Which ports, at either end.</summary>
    public Wanted<ushort> Ports { get; init; } = new();

    /// <summary>Which networks, at either end; of two that hold an address the smaller one counts. IPv4 ones hold the IPv4-mapped
    /// addresses of IPv6 sockets, too.</summary>
    public Wanted<IPNetwork> Addresses { get; init; } = new();

    /// <summary>Only sockets of this family: 4, 6 or null. An IPv6 socket to an IPv4-mapped address counts as 6.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Any other number.</exception>
    public int? IpVersion
    {
        get => ipVersion;
        init => ipVersion = value is null or 4 or 6
            ? value
            : throw new ArgumentOutOfRangeException(nameof(IpVersion), value, "an IP version is 4 or 6");
    }

    /// <summary>Filters on tasks judge each event by the task that causes it, as those of tcptracer do, so that a connection may
    /// lose its opening or its close. Otherwise they judge a connection by the task that opens it.</summary>
    public bool FilterEachEvent { get; init; }

    /// <summary>Whether a filter asks for the task.</summary>
    internal bool HasTaskFilter =>
        Pids.Mode != FilterMode.None || Uids.Mode != FilterMode.None || Comms.Mode != FilterMode.None || Cgroups.Mode != FilterMode.None
        || CgroupMap is not null || MountNamespaceMap is not null || Tree is not null;

    /// <summary>Whether the probes remember which connections passed.</summary>
    internal bool JudgesOpenings => HasTaskFilter && !FilterEachEvent;

    /// <summary>Also what tcptracer does not show: connects that failed (F), connections that were open before (O), and TCP's
    /// own end (E).</summary>
    public bool BeyondTcptracer { get; init; } = true;

    /// <summary>Uses the programs for kernels before 6.2 on a later one too, to test them.</summary>
    internal bool CopyReads { get; init; }

    /// <summary>struct options of bpf/tracecap.bpf.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Native
    {
        internal uint WakeBytes;
        internal uint Pidns;
        internal FilterMode Pids;
        internal FilterMode Uids;
        internal FilterMode Netns;
        internal FilterMode Ports;
        internal FilterMode Addresses;
        internal FilterMode Comms;
        internal FilterMode Cgroups;
        internal byte ByCgroupSet;
        internal byte ByMntnsSet;
        internal byte IpVersion;
        internal byte ByTask;
        internal byte EachEvent;
        internal byte Beyond;
        internal byte IoUringCqe;
        internal byte ByTree;
        private readonly byte reserved;
    }

    /// <param name="ioUring">What the tracepoint of io_uring passes here.</param>
    /// <param name="pidNamespace">The inode number of the PID namespace of this process; 0 for the host's.</param>
    internal Native ToNative(IoUringTracepoint ioUring, uint pidNamespace) => new()
    {
        WakeBytes = (uint)RingBytes / 4,
        Pidns = pidNamespace,
        Pids = Pids.Mode,
        Uids = Uids.Mode,
        Netns = Netns.Mode,
        Ports = Ports.Mode,
        Addresses = Addresses.Mode,
        Comms = Comms.Mode,
        Cgroups = Cgroups.Mode,
        ByCgroupSet = Flag(CgroupMap is not null),
        ByMntnsSet = Flag(MountNamespaceMap is not null),
        IpVersion = (byte)(IpVersion ?? 0),
        ByTask = Flag(HasTaskFilter),
        EachEvent = Flag(FilterEachEvent),
        Beyond = Flag(BeyondTcptracer),
        ByTree = Flag(Tree is not null),
        IoUringCqe = Flag(ioUring == IoUringTracepoint.WithCompletion),
    };

    private static byte Flag(bool set) => set ? (byte)1 : (byte)0;
}
