using System.Text.RegularExpressions;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Host;

/// <summary>The cgroup2 hierarchy.</summary>
internal static partial class Cgroups
{
    /// <summary>The inode number of the root of every cgroup2 hierarchy.</summary>
    private const ulong RootInode = 1;

    private const uint StatxInode = 0x100;

    /// <summary>The mount point of the root of the hierarchy, which has all sockets of the host.</summary>
    internal static string FindRoot()
    {
        var mounted = Mounts(File.ReadAllText("/proc/self/mounts")).ToArray();
        if (mounted.Length == 0)
        {
            throw new ProbeException("no cgroup2 hierarchy is mounted: mount -t cgroup2 none /sys/fs/cgroup/unified");
        }

        return mounted.FirstOrDefault(path => InodeOf(path) == RootInode) ?? throw new ProbeException(
            $"the cgroup2 hierarchy at {mounted[0]} is the part of it that this container sees, and recording would miss "
            + "what happens outside: run in the host's cgroup namespace, or mount the host's /sys/fs/cgroup here");
    }

    /// <param name="mounts">The text of /proc/PID/mounts, where blanks in paths are written in octal.</param>
    internal static IEnumerable<string> Mounts(string mounts) =>
        from line in mounts.Split('\n')
        let fields = line.Split(' ')
        where fields.Length > 2 && fields[2] == "cgroup2"
        select Octal().Replace(fields[1], match => ((char)Convert.ToInt32(match.Value[1..], 8)).ToString());

    /// <summary>The id of a cgroup, which is the inode number of its folder; 0 if there is no such folder.</summary>
    /// <param name="folder">Where it is mounted, as <see cref="PathText"/> writes it.</param>
    internal static ulong InodeOf(string folder) =>
        Libc.TryLook(PathText.Bytes(folder), StatxInode, out var status) ? status.Inode : 0;

    /// <summary>Finds one cgroup.</summary>
    /// <param name="path">The path of its folder, or its path in the hierarchy.</param>
    /// <exception cref="ProbeException">There is none.</exception>
    internal static CgroupPlace Find(string path)
    {
        var root = FindRoot();
        var inHierarchy = path == root || path.StartsWith(root + "/", StringComparison.Ordinal) ? path[root.Length..] : path;
        var names = inHierarchy.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var found = "/" + string.Join('/', names);
        var id = names.Any(name => name is "." or "..") ? 0 : InodeOf(root + found);
        return id != 0 && InodeOf(root + found + "/cgroup.procs") != 0
            ? new CgroupPlace(id, (ushort)names.Length, found)
            : throw new ProbeException($"{path} is no cgroup of the cgroup2 hierarchy at {root}; expected a path below it, such as {root}/system.slice, or as systemd-cgls shows it");
    }

    [GeneratedRegex(@"\\[0-7]{3}")]
    private static partial Regex Octal();
}

/// <summary>A cgroup and where it lies.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Level">How many are above it.</param>
/// <param name="Path">From the root of the hierarchy, which is <c>/</c>.</param>
internal sealed record CgroupPlace(ulong Id, ushort Level, string Path)
{
    /// <summary>Whether a task in the cgroup of that path is in this one, or below it.</summary>
    internal bool Contains(string path) =>
        Level == 0 || path == Path || path.StartsWith(Path + "/", StringComparison.Ordinal);
}
