namespace TraceCap.Recorder.Probes;

/// <summary>One program of a set.</summary>
/// <param name="Name">The name of its function in bpf/.</param>
/// <param name="OnCgroup">Attached to the root of cgroup2; else where its section says.</param>
/// <param name="LosesEvents">The kernel skips it when it interrupts itself, and then an event may be lost.</param>
/// <param name="OfIoUring">For kernels with io_uring; the tracepoint of its name may be missing.</param>
/// <param name="OfTaskFilter">Only for recordings that filter by task.</param>
/// <param name="OfTree">Only for recordings of a process and what it starts.</param>
/// <param name="LosesEarlierEnds">The kernel skips it too, and then the end of a connection from before the probes may be lost, and nothing
/// else that is not counted.</param>
internal sealed record ProbeProgram(
    string Name, bool OnCgroup = false, bool LosesEvents = false, bool OfIoUring = false, bool OfTaskFilter = false, bool OfTree = false, bool LosesEarlierEnds = false);

/// <summary>A way to see the events.</summary>
/// <param name="Name">The name of its file in bpf/, which is also what users call it.</param>
/// <param name="Means">What it takes and what it gives, for a user who wonders why it is not used.</param>
/// <param name="Programs">All programs; they are turned on together once all are attached.</param>
internal sealed record ProbeSet(string Name, string Means, IReadOnlyList<ProbeProgram> Programs)
{
    /// <summary>Whether its programs cannot lose the processor to each other, so that none is skipped for that.</summary>
    internal bool IsNeverPreempted { get; private init; }

    /// <summary>The kernel's own sign that it has kprobes.</summary>
    private const string Kprobes = "/sys/bus/event_source/devices/kprobe";

    /// <summary>All of them, the best one first.</summary>
    internal static readonly IReadOnlyList<ProbeSet> All =
    [
        new("fentry",
            "the kernel calls the probes from its own functions, which costs least; "
            + "it takes BPF trampolines (CONFIG_FUNCTION_TRACER; on arm64 since 6.4) and no lockdown",
        [
            .. Shared,
            new ProbeProgram("security_sock_graft", LosesEvents: true),
            new ProbeProgram("tcp_close", LosesEvents: true),
        ]),
        new("kprobe",
            "the probes sit on breakpoints in the kernel's functions; it takes CONFIG_KPROBE_EVENTS and no lockdown",
        [
            .. Shared,
            new ProbeProgram("security_sock_graft", LosesEvents: true),
            new ProbeProgram("tcp_close", LosesEvents: true),
        ])
        {
            IsNeverPreempted = true,
        },
        new("tracepoint",
            "the probes sit where every kernel has places for them; accepts are seen at the end of every system call, "
            + "which makes each of the host's a little slower",
        [
            .. Shared,
            new ProbeProgram("sys_exit", LosesEvents: true),
            new ProbeProgram("io_uring_complete", LosesEvents: true, OfIoUring: true),
            new ProbeProgram("io_uring_submit_req", LosesEvents: true, OfIoUring: true),
            new ProbeProgram("io_uring_submit_sqe", LosesEvents: true, OfIoUring: true),
        ]),
    ];

    /// <summary>All of them, the one first that loses least here, and of those that lose nothing the one that costs least.</summary>
    /// <param name="isPreemptible">Whether the kernel may take the processor from its own code.</param>
    internal static IReadOnlyList<ProbeSet> ByPreference(bool isPreemptible) =>
        isPreemptible ? [.. All.OrderByDescending(set => set.IsNeverPreempted)] : All;

    /// <summary>Why this kernel cannot take it, if that can be told without asking the kernel to.</summary>
    internal string? Obstacle => Name == "kprobe" && !Directory.Exists(Kprobes)
        ? "the kernel is built without kprobes"
        : null;

    /// <summary>bpf/sockets.bpf.h. A failed connect that inet_sock_set_state did not see is counted by the programs.</summary>
    private static IEnumerable<ProbeProgram> Shared =>
    [
        new ProbeProgram("inet_sock_set_state", LosesEarlierEnds: true),
        new ProbeProgram("tcp_destroy_sock", OfTaskFilter: true),
        new ProbeProgram("sched_process_fork", LosesEvents: true, OfTree: true),
        new ProbeProgram("sched_process_exit", LosesEvents: true, OfTree: true),
        new ProbeProgram("sock_ops", OnCgroup: true),
        new ProbeProgram("sock_release", OnCgroup: true),
    ];
}
