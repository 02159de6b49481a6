using System.Globalization;
using TraceCap.Format.Events;

namespace TraceCap.Recorder.Host;

/// <summary>A process, as events describe it.</summary>
internal readonly record struct ProcessFacts(uint Pid, uint Uid, uint Mntns, ulong Cgroup, string CgroupPath, ThreadName Comm);

/// <summary>
/// The processes of the host at one time: their network namespaces, and the sockets that they hold. A process that ends
/// meanwhile, or may not be looked at, is passed over.
/// </summary>
internal sealed class Processes
{
    private const string SocketLink = "socket:[";

    private readonly Dictionary<uint, uint> holders = [];
    private readonly Dictionary<uint, uint> namespaces = [];
    private readonly Dictionary<uint, ProcessFacts> known = [];

    private readonly string cgroupRoot = Cgroups.FindRoot();

    private Processes()
    {
    }

    /// <summary>A process in each network namespace, by the inode number of the namespace.</summary>
    internal IReadOnlyDictionary<uint, uint> NetworkNamespaces => namespaces;

    internal static Processes Scan()
    {
        var processes = new Processes();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (uint.TryParse(folder.AsSpan("/proc/".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            {
                processes.Look(pid, folder);
            }
        }

        return processes;
    }

    /// <summary>The process that holds a socket, the one with the lowest id if there are several; null if none was
    /// seen.</summary>
    internal ProcessFacts? HolderOf(uint inode)
    {
        if (!holders.TryGetValue(inode, out var pid))
        {
            return null;
        }

        if (!known.TryGetValue(pid, out var facts))
        {
            known.Add(pid, facts = Describe(pid));
        }

        return facts;
    }

    private void Look(uint pid, string folder)
    {
        try
        {
            namespaces.TryAdd(InodeOf(folder + "/ns/net"), pid);
            foreach (var descriptor in Directory.EnumerateFiles(folder + "/fd"))
            {
                var link = new FileInfo(descriptor).LinkTarget;
                if (link is not null && link.StartsWith(SocketLink, StringComparison.Ordinal))
                {
                    var inode = NumberIn(link);
                    if (!holders.TryGetValue(inode, out var other) || pid < other)
                    {
                        holders[inode] = pid;
                    }
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It has ended, which the kernel may also call a refusal.
        }
    }

    private ProcessFacts Describe(uint pid)
    {
        var folder = FormattableString.Invariant($"/proc/{pid}");
        try
        {
            var cgroup = ReadCgroup(File.ReadAllText(folder + "/cgroup"));
            return new ProcessFacts(
                pid,
                ReadUid(File.ReadAllText(folder + "/status")),
                InodeOf(folder + "/ns/mnt"),
                Cgroups.InodeOf(cgroupRoot + cgroup),
                cgroup,
                new ThreadName(File.ReadAllBytes(folder + "/comm").AsSpan()[..^1]));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new ProcessFacts { Pid = pid };
        }
    }

    /// <summary>The inode number of a namespace.</summary>
    internal static uint InodeOf(string path) => NumberIn(new FileInfo(path).LinkTarget ?? throw new FileNotFoundException(null, path));

    /// <summary>The number in a link such as <c>net:[4026531840]</c>.</summary>
    private static uint NumberIn(string link) =>
        uint.Parse(link.AsSpan(link.IndexOf('[', StringComparison.Ordinal) + 1).TrimEnd(']'), CultureInfo.InvariantCulture);

    private static uint ReadUid(string status)
    {
        const string field = "\nUid:\t";
        var numbers = status.AsSpan(status.IndexOf(field, StringComparison.Ordinal) + field.Length);
        return uint.Parse(numbers[..numbers.IndexOf('\t')], CultureInfo.InvariantCulture);
    }

    /// <summary>The path in the hierarchy of cgroup2, whose number is 0.</summary>
    private static string ReadCgroup(string cgroups) =>
        cgroups.Split('\n').First(line => line.StartsWith("0::", StringComparison.Ordinal))["0::".Length..];
}
