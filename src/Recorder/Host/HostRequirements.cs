using System.Globalization;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Host;

/// <summary>What recording takes, checked one by one before the kernel refuses the whole without a reason.</summary>
internal static class HostRequirements
{
    private static readonly Version OldestKernel = new(5, 10);

    private const int DacOverride = 1;
    private const int DacReadSearch = 2;
    private const int NetAdmin = 12;
    private const int SysPtrace = 19;
    private const int SysAdmin = 21;
    private const int Perfmon = 38;
    private const int Bpf = 39;

    /// <summary>The inode number of the user namespace that the kernel starts with (PROC_USER_INIT_INO).</summary>
    private const string FirstUserNamespace = "user:[4026531837]";

    /// <summary>All of them, each with what it is for; what it checks throws a <see cref="ProbeException"/>.</summary>
    internal static readonly IReadOnlyList<(string Name, string Purpose, Action Check)> All =
    [
        ("kernel", "its BPF programs can count and share a ring buffer", () => CheckKernel(HostFacts.ReadKernelText("osrelease"))),
        ("user namespace", "BPF programs see the whole host, so only the host's own users may load them",
            () => CheckUserNamespace(new FileInfo("/proc/self/ns/user").LinkTarget)),
        ("capabilities", "CAP_BPF loads programs, CAP_PERFMON lets them read the kernel, CAP_NET_ADMIN attaches them to sockets",
            () => CheckCapabilities(File.ReadAllText("/proc/self/status"))),
        ("lockdown", "lockdown=confidentiality keeps what is in the kernel's memory from BPF programs, and so from the probes",
            () => CheckLockdown(HostFacts.TryRead("/sys/kernel/security/lockdown") ?? "", HostFacts.TryRead("/proc/cmdline") ?? "")),
        ("type information", "tells the programs where this kernel keeps what they read", CheckTypes),
        ("cgroup2", "its root has all sockets of the host: there, connects are seen", () => Cgroups.FindRoot()),
    ];

    internal static void Check()
    {
        foreach (var (_, _, check) in All)
        {
            check();
        }
    }

    private static void CheckTypes()
    {
        if (!File.Exists(KernelTypes.Path))
        {
            throw new ProbeException($"{KernelTypes.Path} is not there: the kernel must be built with CONFIG_DEBUG_INFO_BTF");
        }
    }

    /// <param name="mode">The text of the kernel's file of that name; empty where securityfs is not mounted.</param>
    /// <param name="commandLine">What the kernel was booted with.</param>
    internal static void CheckLockdown(string mode, string commandLine)
    {
        const string Confidentiality = "confidentiality";
        var isOn = mode.Length > 0
            ? mode.Contains($"[{Confidentiality}]", StringComparison.Ordinal)
            : commandLine.Split((char[])[' ', '\n']).Contains($"lockdown={Confidentiality}");
        if (isOn)
        {
            throw new ProbeException("the kernel is in lockdown mode \"confidentiality\", in which it lets no BPF program read its memory: "
                + "boot with lockdown=integrity, or with none");
        }
    }

    internal static void CheckKernel(string release)
    {
        if (HostFacts.KernelVersion(release) < OldestKernel)
        {
            throw new ProbeException($"the kernel is {release}; recording needs {OldestKernel} or later");
        }
    }

    /// <param name="link">Where /proc/PID/ns/user leads; null on a kernel without user namespaces.</param>
    internal static void CheckUserNamespace(string? link)
    {
        if (link is not (null or FirstUserNamespace))
        {
            throw new ProbeException(
                "this is a user namespace (a rootless container?), whose root may not load BPF programs: run outside of it");
        }
    }

    /// <param name="status">The text of /proc/PID/status.</param>
    internal static void CheckCapabilities(string status)
    {
        if (Has(status, SysAdmin))
        {
            return;
        }

        (int Bit, string Name)[] needed = [(Bpf, "CAP_BPF"), (Perfmon, "CAP_PERFMON"), (NetAdmin, "CAP_NET_ADMIN")];
        var missing = needed.Where(capability => !Has(status, capability.Bit)).Select(capability => capability.Name).ToArray();
        if (missing.Length > 0)
        {
            throw new ProbeException($"recording needs {string.Join(" and ", missing)}: run it with sudo, or once "
                + $"sudo setcap cap_bpf,cap_perfmon,cap_net_admin+ep {Environment.ProcessPath}");
        }
    }

    /// <summary>Whether the kernel shows what the processes of all users hold.</summary>
    /// <param name="status">The text of /proc/PID/status.</param>
    /// <remarks>The folder of a process's descriptors is its user's, who alone may list it; and what they are is for who may trace it.</remarks>
    internal static bool MayLookAtProcesses(string status) => Has(status, SysPtrace) && (Has(status, DacReadSearch) || Has(status, DacOverride));

    private static bool Has(string status, int capability)
    {
        const string field = "CapEff:";
        var line = status.Split('\n').Single(line => line.StartsWith(field, StringComparison.Ordinal));
        var held = ulong.Parse(line.AsSpan(field.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (held >> capability & 1) != 0;
    }
}
