namespace TraceCap.Recorder.Probes;

/// <summary>One program of a set.</summary>
/// <param name="Name">The name of its function in bpf/.</param>
/// <param name="OnCgroup">Attached to the root of cgroup2; else where its section says.</param>
/// <param name="LosesEvents">The kernel skips it when it interrupts itself, and then an event may be lost.</param>
/// <param name="OfIoUring">For kernels with io_uring; the tracepoint of its name may be missing.</param>
internal sealed record ProbeProgram(
    string Name, bool OnCgroup = false, bool LosesEvents = false, bool OfIoUring = false);

/// <summary>A way to see the events.</summary>
/// <param name="Name">The name of its file in bpf/, which is also what users call it.</param>
/// <param name="Means">What it takes and what it gives, for a user who wonders why it is not used.</param>
/// <param name="Programs">In the order of attachment: what gives a connection its id, or forgets it, comes before what
/// asks for it.</param>
internal sealed record ProbeSet(string Name, string Means, IReadOnlyList<ProbeProgram> Programs)
{
    /// <summary>The kernel's own sign that it has kprobes.</summary>
    private const string Kprobes = "/sys/bus/event_source/devices/kprobe";

    /// <summary>All of them, the best one first.</summary>
    internal static readonly IReadOnlyList<ProbeSet> All =
    [
        new("fentry",
            "the kernel calls the probes from its own functions, which costs least; "
            + "it takes BPF trampolines (CONFIG_FUNCTION_TRACER; on arm64 since 6.4) and no lockdown",
        [
            .. Connects,
            new ProbeProgram("inet_csk_accept", LosesEvents: true),
            new ProbeProgram("tcp_close", LosesEvents: true),
            new ProbeProgram("sock_release", OnCgroup: true),
        ]),
        new("kprobe",
            "the probes sit on breakpoints in the kernel's functions; it takes CONFIG_KPROBE_EVENTS and no lockdown",
        [
            .. Connects,
            new ProbeProgram("security_sock_graft", LosesEvents: true),
            new ProbeProgram("tcp_close", LosesEvents: true),
            new ProbeProgram("sock_release", OnCgroup: true),
        ]),
        new("tracepoint",
            "the probes sit where every kernel has places for them; accepts are seen at the end of every system call, "
            + "which makes each of the host's a little slower",
        [
            .. Connects,
            new ProbeProgram("sys_exit", LosesEvents: true),
            new ProbeProgram("io_uring_complete", LosesEvents: true, OfIoUring: true),
            new ProbeProgram("io_uring_submit_req", LosesEvents: true, OfIoUring: true),
            new ProbeProgram("io_uring_submit_sqe", LosesEvents: true, OfIoUring: true),
            new ProbeProgram("sock_release", OnCgroup: true),
        ]),
    ];

    /// <summary>Why this kernel cannot take it, if that can be told without asking the kernel to.</summary>
    internal string? Obstacle => Name == "kprobe" && !Directory.Exists(Kprobes)
        ? "the kernel is built without kprobes"
        : null;

    /// <summary>bpf/connects.bpf.h. A failed connect that inet_sock_set_state did not see is counted by the programs.</summary>
    private static IEnumerable<ProbeProgram> Connects =>
        [new ProbeProgram("inet_sock_set_state"), new ProbeProgram("sock_ops", OnCgroup: true)];
}
