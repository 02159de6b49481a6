using System.Diagnostics;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Host;

/// <summary>
/// Which network namespaces have a name: those that <c>ip netns</c>, CNI or docker keep in a folder. A folder is read
/// again when it has changed and a namespace is asked for: at once for one that was not asked for before, else once
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
    private readonly bool asksIds;
    private readonly HashSet<(uint Inode, ulong Id)> asked = [];

    /// <summary>Which namespace has a number, as far as it is known: the one that was first asked for last, for it is the
    /// youngest of those that had it.</summary>
    private readonly Dictionary<uint, ulong> owners = [];
    private readonly Dictionary<(uint Inode, ulong Id), string> named = [];
    private Dictionary<uint, (string Name, ulong Id)> names = [];
    private long lookedAt;
    private volatile int version;

    internal NamespaceNames(params string[] folders)
        : this(NetworkNamespaces.TellsIds(), folders)
    {
    }

    /// <param name="asksIds">Whether the kernel tells the id of a namespace that is not entered; before 6.18 it does not.</param>
    /// <param name="folders">Where the names are.</param>
    internal NamespaceNames(bool asksIds, params string[] folders)
    {
        this.asksIds = asksIds;
        this.folders = [.. folders.Select(path => new Folder(path))];
        Read();
    }

    /// <summary>Grows when a namespace has another name than before, or none.</summary>
    internal int Version => version;

    /// <summary>The name of a namespace; null if it never had one, empty if it has none any more. One that is gone keeps the
    /// name that it had, and none has that of another one which had its number before, or has it now.</summary>
    /// <param name="inode">Its inode number.</param>
    /// <param name="id">What no other one gets; 0 if it is not known.</param>
    internal string? Find(uint inode, ulong id)
    {
        lock (gate)
        {
            if (asked.Count >= Remembered)
            {
                asked.Clear();
                owners.Clear();
            }

            var isNew = asked.Add((inode, id));
            if (isNew)
            {
                owners[inode] = id;
            }

            if (isNew || Stopwatch.GetElapsedTime(lookedAt) > Pause)
            {
                lookedAt = Stopwatch.GetTimestamp();
                if (folders.Any(folder => folder.HasChanged()))
                {
                    Read();
                }
            }

            if (NameNow(inode, id) is { } name)
            {
                named[(inode, id)] = name;
            }

            return named.GetValueOrDefault((inode, id));
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
        var found = new Dictionary<uint, (string Name, ulong Id)>();
        foreach (var entry in folders.SelectMany(folder => folder.Entries()))
        {
            // What is mounted there; an ordinary file of the same number is on another device.
            var status = Look(entry);
            if (status.Device == device)
            {
                found.TryAdd((uint)status.Inode, (Path.GetFileName(entry), asksIds ? IdOf(entry) : 0));
            }
        }

        names = found;
        if (named.Count > Remembered)
        {
            named.Clear();
        }

        foreach (var (key, before) in named)
        {
            var now = NameNow(key.Inode, key.Id) ?? (IsGone(key.Inode, key.Id) ? before : "");
            if (now != before)
            {
                named[key] = now;
                version++;
            }
        }
    }

    private string? NameNow(uint inode, ulong id) =>
        names.TryGetValue(inode, out var name) && (id == 0 || (name.Id != 0 ? name.Id == id : !IsGone(inode, id))) ? name.Name : null;

    /// <summary>Whether another one has its number by now.</summary>
    private bool IsGone(uint inode, ulong id) =>
        owners.TryGetValue(inode, out var owner) ? owner != id : names.TryGetValue(inode, out var name) && name.Id != 0 && name.Id != id;

    private static ulong IdOf(string file)
    {
        using var space = NetworkNamespaces.Open(file, inode: null);
        return space is null ? 0 : NetworkNamespaces.IdOf(space);
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
