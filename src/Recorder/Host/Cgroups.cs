using System.Globalization;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Host;

/// <summary>The cgroup2 hierarchy.</summary>
internal static class Cgroups
{
    /// <summary>The inode number of the root of every cgroup2 hierarchy.</summary>
    private const ulong RootInode = 1;

    private const uint StatxInode = 0x100;

    /// <summary>The mount point of the root of the hierarchy, which has all sockets of the host.</summary>
    internal static string FindRoot()
    {
        var mounted = Mounts.OfType("cgroup2").ToArray();
        if (mounted.Length == 0)
        {
            throw new ProbeException("no cgroup2 hierarchy is mounted: mount -t cgroup2 none /sys/fs/cgroup/unified");
        }

        return mounted.FirstOrDefault(path => InodeOf(path) == RootInode) ?? throw new ProbeException(
            $"the cgroup2 hierarchy at {mounted[0]} is the part of it that this container sees, and recording would miss "
            + "what happens outside: run in the host's cgroup namespace, or mount the host's /sys/fs/cgroup here");
    }

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

    /// <summary>What this process sees as the root of the hierarchy; null if that cannot be found out. In a cgroup namespace of
    /// its own, /proc shows the paths of cgroups from there.</summary>
    internal static string? NamespaceRoot()
    {
        if (NamespaceLinks.TryInodeOf("/proc/self/ns/cgroup") is var inode && (inode == 0 || NamespaceLinks.IsHostsCgroup(inode)))
        {
            return "";
        }

        var own = PathText.Of(OwnLine(File.ReadAllBytes("/proc/self/cgroup"))).TrimEnd('/');
        return FindProcess(FindRoot(), Environment.ProcessId.ToString(CultureInfo.InvariantCulture)) is { } found && found.EndsWith(own, StringComparison.Ordinal)
            ? found[..^own.Length]
            : null;
    }

    /// <summary>The path in the hierarchy of one that /proc shows.</summary>
    /// <param name="shown">May begin with <c>/..</c>, once or more, if it lies outside.</param>
    /// <param name="namespaceRoot">What it is shown from.</param>
    internal static string InHierarchy(string shown, string namespaceRoot)
    {
        if (namespaceRoot.Length == 0)
        {
            return shown;
        }

        var names = new List<string>();
        foreach (var name in (namespaceRoot + shown).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (name != "..")
            {
                names.Add(name);
            }
            else if (names.Count > 0)
            {
                names.RemoveAt(names.Count - 1);
            }
        }

        return "/" + string.Join('/', names);
    }

    /// <summary>The path in the text of /proc/PID/cgroup; the number of the hierarchy of cgroup2 is 0.</summary>
    internal static ReadOnlySpan<byte> OwnLine(ReadOnlySpan<byte> cgroups)
    {
        var line = cgroups[(cgroups.StartsWith("0::"u8) ? 3 : cgroups.IndexOf("\n0::"u8) + 4)..];
        return line[..line.IndexOf((byte)'\n')];
    }

    /// <summary>The path of the cgroup that a process is in; null if it is in none that can be seen.</summary>
    private static string? FindProcess(string root, string pid)
    {
        var left = new Stack<string>([""]);
        while (left.TryPop(out var one))
        {
            if (IsIn(root + one, pid))
            {
                return one;
            }

            foreach (var name in Folders.In(root + one))
            {
                left.Push($"{one}/{name}");
            }
        }

        return null;
    }

    private static bool IsIn(string folder, string pid)
    {
        try
        {
            return File.ReadLines(folder + "/cgroup.procs").Contains(pid);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return false; // It is gone, or has threads alone.
        }
    }
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
