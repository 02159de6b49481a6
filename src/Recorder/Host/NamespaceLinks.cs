using System.Globalization;

namespace TraceCap.Recorder.Host;

/// <summary>Links such as <c>/proc/PID/ns/net</c>, which lead to <c>net:[4026531840]</c>.</summary>
internal static class NamespaceLinks
{
    // The numbers of those that the kernel starts with never change (include/linux/proc_ns.h, uapi/linux/nsfs.h).
    private const uint FirstCgroup = 4026531835;
    private const uint FirstPid = 4026531836;

    /// <summary>Whether that is the host's own PID namespace.</summary>
    internal static bool IsHostsPid(uint inode) => inode == FirstPid;

    /// <summary>Whether that is the host's own cgroup namespace.</summary>
    internal static bool IsHostsCgroup(uint inode) => inode == FirstCgroup;

    /// <summary>The inode number of a namespace.</summary>
    /// <exception cref="IOException">There is no such link.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static uint InodeOf(string path) => NumberIn(new FileInfo(path).LinkTarget ?? throw new FileNotFoundException(null, path));

    /// <summary>The same; 0 if it cannot be read.</summary>
    internal static uint TryInodeOf(string path)
    {
        try
        {
            return InodeOf(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>The number in what such a link, or one to a socket, leads to.</summary>
    internal static uint NumberIn(string target) =>
        uint.Parse(target.AsSpan(target.IndexOf('[', StringComparison.Ordinal) + 1).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture);
}
