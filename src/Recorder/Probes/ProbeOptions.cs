using System.Runtime.InteropServices;
using TraceCap.Recorder.Host;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Probes;

/// <summary>
/// What the probes record and how much room they have. The filters act in the kernel, before an event takes room; a
/// connect is judged by the task that began it, an accept and a close by the task that did it.
/// </summary>
internal sealed record ProbeOptions
{
    private readonly int ringBytes = 8 << 20;
    private readonly int maxConnects = 65536;
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

    /// <summary>Only this process (thread group), or null.</summary>
    public uint? Pid { get; init; }

    /// <summary>Only this user, or null.</summary>
    public uint? Uid { get; init; }

    /// <summary>Only sockets of this network namespace, by its inode number, or null.</summary>
    public uint? Netns { get; init; }

    /// <summary>Only sockets of this family: 4, 6 or null. An IPv6 socket to an IPv4-mapped address counts as 6.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Any other number.</exception>
    public int? IpVersion
    {
        get => ipVersion;
        init => ipVersion = value is null or 4 or 6
            ? value
            : throw new ArgumentOutOfRangeException(nameof(IpVersion), value, "an IP version is 4 or 6");
    }

    /// <summary>Only tasks of the cgroups in this pinned BPF hash map, whose keys are 8-byte cgroup ids, or null.</summary>
    public string? CgroupMap { get; init; }

    /// <summary>Only tasks of this cgroup and of those below it, now and later, or null: the path of its folder, or its
    /// path in the cgroup2 hierarchy such as <c>/system.slice/nginx.service</c>.</summary>
    public string? Cgroup { get; init; }

    /// <summary>Only tasks of the mount namespaces in this pinned BPF hash map, whose keys are 8-byte inode numbers, or
    /// null. A process that is killed leaves its mount namespace before its sockets close: those closes are not shown.
    /// </summary>
    public string? MountNamespaceMap { get; init; }

    /// <summary>Also what tcptracer does not show: connects that failed (F), and connections that were open before
    /// (O).</summary>
    public bool BeyondTcptracer { get; init; } = true;

    /// <summary>Uses the programs for kernels before 6.2 on a later one too, to test them.</summary>
    internal bool CopyReads { get; init; }

    /// <summary>struct options of bpf/tracecap.bpf.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Native
    {
        internal ulong Cgroup;
        internal uint WakeBytes;
        internal uint Pid;
        internal uint Uid;
        internal uint Netns;
        internal ushort CgroupLevel;
        internal byte ByUid;
        internal byte ByCgroup;
        internal byte ByMntns;
        internal byte IpVersion;
        internal byte IoUringCqe;
        internal byte Failures;
    }

    internal Native ToNative(IoUringTracepoint ioUring, CgroupPlace? cgroup) => new()
    {
        Cgroup = cgroup?.Id ?? 0,
        CgroupLevel = cgroup?.Level ?? 0,
        WakeBytes = (uint)RingBytes / 4,
        Pid = Pid ?? 0,
        Uid = Uid ?? 0,
        Netns = Netns ?? 0,
        ByUid = Flag(Uid is not null),
        ByCgroup = Flag(CgroupMap is not null),
        ByMntns = Flag(MountNamespaceMap is not null),
        IpVersion = (byte)(IpVersion ?? 0),
        IoUringCqe = Flag(ioUring == IoUringTracepoint.WithCompletion),
        Failures = Flag(BeyondTcptracer),
    };

    private static byte Flag(bool set) => set ? (byte)1 : (byte)0;
}
