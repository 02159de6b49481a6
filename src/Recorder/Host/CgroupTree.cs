using System.Buffers.Binary;
using System.Diagnostics;
using TraceCap.Format.Metadata;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Host;

/// <summary>
/// The cgroups of the host by their ids, those that have gone meanwhile included. The kernel reports each that is made
/// (inotify), so that even one is known that lives for some milliseconds. It takes no privilege: cgroups are folders that
/// everybody may read. Where the kernel has no more watches to give, the folders are looked through when an unknown id
/// comes.
/// </summary>
internal sealed unsafe class CgroupTree : IDisposable
{
    private const uint Created = 0x100;
    private const uint Deleted = 0x200;
    private const uint OnlyFolders = 0x1000000;
    private const uint QueueOverflow = 0x4000;
    private const int NoteSize = 16;
    private const int MaxCgroups = 1 << 17;

    /// <summary>Of the names of those that are there, without those above them.</summary>
    private const int MaxCharacters = 1 << 23;

    /// <summary>Looking through all folders may take this part of the time.</summary>
    private const int Rest = 10;

    private readonly object gate = new();
    private readonly Dictionary<ulong, Node> living = [];
    private readonly Dictionary<int, Node> watched = [];
    private readonly NameTable<CgroupName> named = new();
    private readonly NameTable<Node> gone = new();
    private readonly Stack<Node> unread = [];
    private readonly byte[] notes = new byte[64 << 10];
    private readonly string mount;
    private readonly int mostWatches;
    private readonly Descriptor notify = Libc.NotifyCreate(Libc.NonBlocking | Libc.CloseOnExec);
    private readonly WaitSet? waiting;
    private readonly Thread? listening;
    private int characters;
    private bool isBlind;
    private long walkedAt;
    private TimeSpan walkTook;

    /// <summary>Looks through all cgroups, and begins to listen.</summary>
    /// <param name="folder">Where the root of the hierarchy is mounted.</param>
    /// <param name="mostWatches">As many folders are watched.</param>
    internal CgroupTree(string folder, int mostWatches = MaxCgroups)
    {
        this.mostWatches = mostWatches;
        waiting = WaitFor(notify);
        isBlind = waiting is null;
        mount = folder;
        Add(new Node(null, "", Cgroups.InodeOf(folder)));
        ReadUnread();
        if (waiting is not null && !isBlind)
        {
            listening = new Thread(() => Listen(waiting)) { IsBackground = true, Name = "cgroups" };
            listening.Start();
        }
    }

    /// <summary>The cgroup of an id; <see cref="CgroupName.Gone"/> if it was gone before it could be looked at, null if
    /// that cannot be told yet.</summary>
    internal CgroupName? Find(ulong id)
    {
        lock (gate)
        {
            if (FindKnown(id) is { } known)
            {
                return known;
            }

            // That it was made was told before anything could happen in it.
            ReadNotes();
            if (isBlind && FindKnown(id) is null)
            {
                if (Stopwatch.GetElapsedTime(walkedAt) < Rest * walkTook)
                {
                    return null;
                }

                Walk();
            }

            return FindKnown(id) ?? CgroupName.Gone;
        }
    }

    public void Dispose()
    {
        waiting?.Interrupt();
        listening?.Join();
        waiting?.Dispose();
        notify.Dispose();
    }

    private CgroupName? FindKnown(ulong id)
    {
        var key = new NameKey(0, id);
        return named.Find(key) ?? ((living.GetValueOrDefault(id) ?? gone.Find(key)) is { } node ? Name(node) : null);
    }

    /// <summary>Names are kept as long as there is room for them: a user may have thousands of cgroups with paths of 4 KiB.</summary>
    private CgroupName Name(Node node)
    {
        var name = new CgroupName(node.Parent is null ? "/" : node.Path);
        named.Add(new NamedId(node.Id, name.Path), name);
        return name;
    }

    private string FolderOf(Node node) => mount + node.Path;

    /// <returns>Null if too many files are open, or watched.</returns>
    private static WaitSet? WaitFor(Descriptor notify)
    {
        WaitSet? waiting = null;
        try
        {
            waiting = new WaitSet();
            waiting.Add(notify);
            return waiting;
        }
        catch (ProbeException)
        {
            waiting?.Dispose();
            return null;
        }
    }

    private void Listen(WaitSet waiting)
    {
        while (waiting.Wait(-1))
        {
            lock (gate)
            {
                ReadNotes();
            }
        }
    }

    private void ReadNotes()
    {
        if (notify.IsInvalid)
        {
            return;
        }

        nint length;
        fixed (byte* pointer = notes)
        {
            while ((length = Libc.Read(notify, pointer, (nuint)notes.Length)) > 0)
            {
                ReadNotes(notes.AsSpan(0, (int)length));
            }
        }
    }

    /// <summary>Each struct inotify_event: watch, what happened, cookie, length of the name, name filled up with NUL.</summary>
    private void ReadNotes(ReadOnlySpan<byte> some)
    {
        while (some.Length >= NoteSize)
        {
            var watch = BinaryPrimitives.ReadInt32LittleEndian(some);
            var what = BinaryPrimitives.ReadUInt32LittleEndian(some[4..]);
            var length = NoteSize + BinaryPrimitives.ReadInt32LittleEndian(some[12..]);
            var name = PathText.Of(some[NoteSize..length].TrimEnd((byte)0));
            if ((what & QueueOverflow) != 0)
            {
                Walk();
            }
            else if (watched.TryGetValue(watch, out var parent))
            {
                Apply(parent, what, name);
            }

            some = some[length..];
        }
    }

    private void Apply(Node parent, uint what, string name)
    {
        // What happened to a name before may have been seen already, when the folder above was read.
        if (parent.Below.TryGetValue(name, out var node) && ((what & Deleted) != 0 || Cgroups.InodeOf(FolderOf(node)) != node.Id))
        {
            Forget(node);
        }

        if ((what & Created) != 0)
        {
            AddBelow(parent, name);
            ReadUnread();
        }
    }

    /// <summary>Looks through all folders.</summary>
    private void Walk()
    {
        walkedAt = Stopwatch.GetTimestamp();
        foreach (var node in living.Values.Where(node => Cgroups.InodeOf(FolderOf(node)) != node.Id).ToArray())
        {
            Forget(node);
        }

        foreach (var node in living.Values)
        {
            unread.Push(node);
        }

        ReadUnread();
        walkTook = Stopwatch.GetElapsedTime(walkedAt);
        walkedAt = Stopwatch.GetTimestamp();
    }

    private void ReadUnread()
    {
        while (unread.TryPop(out var node))
        {
            foreach (var name in Folders.In(FolderOf(node)))
            {
                AddBelow(node, name);
            }
        }
    }

    private void AddBelow(Node parent, string name)
    {
        if (parent.Below.ContainsKey(name) || living.Count == MaxCgroups || characters + name.Length > MaxCharacters)
        {
            return;
        }

        if (Cgroups.InodeOf($"{FolderOf(parent)}/{name}") is var id and not 0 && !living.ContainsKey(id))
        {
            var node = new Node(parent, name, id);
            parent.Below.Add(name, node);
            Add(node);
        }
    }

    /// <summary>Watches it first and reads it then: so nothing below it is missed.</summary>
    private void Add(Node node)
    {
        living.Add(node.Id, node);
        characters += node.Leaf.Length;
        node.Watch = !isBlind && watched.Count < mostWatches ? Libc.NotifyAdd(notify, PathText.Bytes(FolderOf(node)), Created | Deleted | OnlyFolders) : -1;
        if (node.Watch >= 0)
        {
            watched[node.Watch] = node;
        }
        else
        {
            isBlind |= Cgroups.InodeOf(FolderOf(node)) == node.Id;
        }

        unread.Push(node);
    }

    /// <summary>A watch keeps what is left of the folder, so it goes as well.</summary>
    private void Forget(Node node)
    {
        foreach (var below in node.Below.Values.ToArray())
        {
            Forget(below);
        }

        if (node.Watch >= 0 && watched.Remove(node.Watch))
        {
            _ = Libc.NotifyRemove(notify, node.Watch);
        }

        gone.Add(new NamedId(node.Id, node.Leaf), node);
        living.Remove(node.Id);
        characters -= node.Leaf.Length;
        node.Parent?.Below.Remove(node.Leaf);
    }

    private sealed class Node(Node? parent, string leaf, ulong id)
    {
        private Dictionary<string, Node>? below;

        internal Node? Parent => parent;

        internal string Leaf => leaf;

        internal ulong Id => id;

        /// <summary>From the root of the hierarchy, which itself is empty. Put together anew each time.</summary>
        internal string Path
        {
            get
            {
                var parts = new Stack<string>();
                for (var node = this; node.Parent is not null; node = node.Parent)
                {
                    parts.Push(node.Leaf);
                    parts.Push("/");
                }

                return string.Concat(parts);
            }
        }

        internal Dictionary<string, Node> Below => below ??= [];

        internal int Watch { get; set; } = -1;
    }
}
