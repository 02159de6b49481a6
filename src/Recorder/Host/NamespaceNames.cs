using System.Diagnostics;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Host;

/// <summary>
/// Which network namespaces have a name: those that <c>ip netns</c>, CNI or docker keep in a folder. A folder is read
/// again when it has changed and somebody asks for a namespace: at once for one that was not asked for before, else once
/// a second at most.
/// </summary>
internal sealed class NamespaceNames : IDisposable
{
    private const uint StatxModifiedAndInode = 0x40 | 0x100;
    private const int Remembered = 1 << 16;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>A name is put there first, and the namespace mounted on it a moment later; and clocks of folders are coarse.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    private readonly object gate = new();
    private readonly Folder[] folders;
    private readonly ulong device = Look("/proc/self/ns/net").Device;
    private readonly HashSet<uint> asked = [];
    private Dictionary<uint, string> names = [];
    private readonly HashSet<uint> named = [];
    private long lookedAt;
    private volatile int version;

    internal NamespaceNames(params string[] folders)
    {
        this.folders = [.. folders.Select(path => new Folder(path))];
        Read();
    }

    /// <summary>Grows when a namespace has another name than before, or none.</summary>
    internal int Version => version;

    /// <summary>The name of a namespace; null if it never had one, empty if it has none any more.</summary>
    internal string? Find(uint inode)
    {
        lock (gate)
        {
            if (asked.Count == Remembered)
            {
                asked.Clear();
            }

            if (asked.Add(inode) || Stopwatch.GetElapsedTime(lookedAt) > Pause)
            {
                lookedAt = Stopwatch.GetTimestamp();
                if (folders.Any(folder => folder.HasChanged()))
                {
                    Read();
                }
            }

            return names.TryGetValue(inode, out var name) ? name : named.Contains(inode) ? "" : null;
        }
    }

    public void Dispose()
    {
        foreach (var folder in folders)
        {
            folder.Dispose();
        }
    }

    private void Read()
    {
        var found = new Dictionary<uint, string>();
        foreach (var entry in folders.SelectMany(folder => folder.Entries()))
        {
            // What is mounted there; an ordinary file of the same number is on another device.
            var status = Look(entry);
            if (status.Device == device)
            {
                found.TryAdd((uint)status.Inode, Path.GetFileName(entry));
            }
        }

        if (named.Any(inode => names.GetValueOrDefault(inode) != found.GetValueOrDefault(inode)))
        {
            version++;
        }

        if (named.Count > Remembered)
        {
            named.Clear();
        }

        named.UnionWith(found.Keys);
        names = found;
    }

    private static Libc.Statx Look(string path) =>
        Libc.TryLook(PathText.Bytes(path), StatxModifiedAndInode, out var status) ? status : default;

    /// <summary>A folder with a name for each namespace.</summary>
    private sealed class Folder(string path) : IDisposable
    {
        /// <summary>The way to it once its path may no longer be followed.</summary>
        private readonly Descriptor descriptor = Libc.Open(path, Libc.ReadOnly | Libc.Directory | Libc.CloseOnExec);
        private (long, long) readAt;

        internal bool HasChanged()
        {
            var modified = Look(Way()).Modified;
            var at = (modified.Seconds, modified.Nanoseconds);
            var changed = at != readAt || DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeSeconds(modified.Seconds) < Settling;
            readAt = at;
            return changed;
        }

        internal string[] Entries()
        {
            try
            {
                return Directory.GetFiles(Way());
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return [];
            }
        }

        public void Dispose() => descriptor.Dispose();

        private string Way() => descriptor.IsInvalid || Look(path).Inode != 0 ? path : descriptor.Path;
    }
}
