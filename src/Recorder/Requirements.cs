using System.Globalization;
using System.Text.RegularExpressions;

namespace TraceCap.Recorder;

/// <summary>What recording takes, checked one by one before the kernel refuses the whole without a reason.</summary>
internal static partial class Requirements
{
    private static readonly Version OldestKernel = new(5, 12);

    private const int NetAdmin = 12;
    private const int SysAdmin = 21;
    private const int Perfmon = 38;
    private const int Bpf = 39;

    /// <summary>The inode number of the root of every cgroup2 hierarchy.</summary>
    private const ulong RootInode = 1;

    private const int WorkingDirectory = -100;
    private const uint StatxInode = 0x100;

    /// <summary>The inode number of the user namespace that the kernel starts with (PROC_USER_INIT_INO).</summary>
    private const string FirstUserNamespace = "user:[4026531837]";

    internal static void Check()
    {
        CheckKernel(HostFacts.ReadKernelText("osrelease"));
        CheckUserNamespace(new FileInfo("/proc/self/ns/user").LinkTarget);
        CheckCapabilities(File.ReadAllText("/proc/self/status"));
        if (!File.Exists(KernelTypes.Path))
        {
            throw new ProbeException($"{KernelTypes.Path} is not there: the kernel must be built with CONFIG_DEBUG_INFO_BTF");
        }
    }

    internal static void CheckKernel(string release)
    {
        if (KernelVersion(release) < OldestKernel)
        {
            throw new ProbeException($"the kernel is {release}; recording needs {OldestKernel} or later");
        }
    }

    /// <summary>The two numbers that a release begins with; null if it does not.</summary>
    internal static Version? KernelVersion(string release) =>
        Version.TryParse(KernelNumber().Match(release).Value, out var version) ? version : null;

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
        const string field = "CapEff:";
        var line = status.Split('\n').Single(line => line.StartsWith(field, StringComparison.Ordinal));
        var held = ulong.Parse(line.AsSpan(field.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        if (Has(SysAdmin))
        {
            return;
        }

        (int Bit, string Name)[] needed = [(Bpf, "CAP_BPF"), (Perfmon, "CAP_PERFMON"), (NetAdmin, "CAP_NET_ADMIN")];
        var missing = needed.Where(capability => !Has(capability.Bit)).Select(capability => capability.Name).ToArray();
        if (missing.Length > 0)
        {
            throw new ProbeException($"recording needs {string.Join(" and ", missing)}: run it with sudo, or once "
                + "sudo setcap cap_bpf,cap_perfmon,cap_net_admin+ep tracecap");
        }

        bool Has(int bit) => (held >> bit & 1) != 0;
    }

    /// <summary>The mount point of the root of the cgroup2 hierarchy, which has all sockets of the host.</summary>
    internal static string FindCgroupRoot()
    {
        var mounted = CgroupMounts(File.ReadAllText("/proc/self/mounts")).ToArray();
        if (mounted.Length == 0)
        {
            throw new ProbeException("no cgroup2 hierarchy is mounted: mount -t cgroup2 none /sys/fs/cgroup/unified");
        }

        return mounted.FirstOrDefault(IsRoot) ?? throw new ProbeException(
            $"the cgroup2 hierarchy at {mounted[0]} is the part of it that this container sees, and recording would miss "
            + "what happens outside: run in the host's cgroup namespace, or mount the host's /sys/fs/cgroup here");
    }

    /// <param name="mounts">The text of /proc/PID/mounts, where blanks in paths are written in octal.</param>
    internal static IEnumerable<string> CgroupMounts(string mounts) =>
        from line in mounts.Split('\n')
        let fields = line.Split(' ')
        where fields.Length > 2 && fields[2] == "cgroup2"
        select Octal().Replace(fields[1], match => ((char)Convert.ToInt32(match.Value[1..], 8)).ToString());

    private static bool IsRoot(string path) =>
        Libc.StatxAt(WorkingDirectory, path, 0, StatxInode, out var status) == 0 && status.Inode == RootInode;

    [GeneratedRegex(@"^\d+\.\d+")]
    private static partial Regex KernelNumber();

    [GeneratedRegex(@"\\[0-7]{3}")]
    private static partial Regex Octal();
}
