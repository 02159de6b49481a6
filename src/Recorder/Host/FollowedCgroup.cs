using System.Text;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Host;

/// <summary>
/// A cgroup by its path: one that is removed and made anew, as a service's is when it is started again, has another id. A
/// thread of its own waits for that, with watches of its own on the few folders above it, so that neither other people's
/// cgroups nor a busy recorder delay it. It takes no privilege.
/// </summary>
internal sealed unsafe class FollowedCgroup : IDisposable
{
    private const uint Created = 0x100;
    private const uint Deleted = 0x200;
    private const uint OnlyFolders = 0x1000000;

    /// <summary>How often to look where the kernel has no more watches to give.</summary>
    private const int Pause = 50;

    private readonly string root;
    private readonly string[] names;
    private readonly Action<CgroupPlace, CgroupPlace> moved;
    private readonly Action<string> tell;
    private readonly (ulong Inode, int Watch)[] above;
    private readonly byte[] notes = new byte[16 << 10];
    private readonly Descriptor notify = Libc.NotifyCreate(Libc.NonBlocking | Libc.CloseOnExec);
    private readonly WaitSet waiting = new();
    private readonly Thread listening;
    private CgroupPlace place;
    private ulong id;
    private bool isBlind;

    /// <summary>Begins to follow.</summary>
    /// <param name="place">Where it is now. If it has gone since, that is noticed.</param>
    /// <param name="moved">Called on another thread as soon as it is made anew: what it was, and what it is now.</param>
    /// <param name="tell">Gets a message when it is removed, and one when it is there again; after <paramref name="moved"/>.</param>
    /// <exception cref="ProbeException">There are too many open files.</exception>
    internal FollowedCgroup(CgroupPlace place, Action<CgroupPlace, CgroupPlace> moved, Action<string> tell)
    {
        root = Cgroups.FindRoot();
        names = place.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        above = new (ulong, int)[names.Length];
        (this.place, this.moved, this.tell, id) = (place, moved, tell, place.Id);
        if (!notify.IsInvalid)
        {
            waiting.Add(notify);
        }

        listening = new Thread(Listen) { IsBackground = true, Name = "cgroup" };
        listening.Start();
    }

    public void Dispose()
    {
        waiting.Interrupt();
        listening.Join();
        waiting.Dispose();
        notify.Dispose();
    }

    private void Listen()
    {
        do
        {
            // What happens after the folders are looked at is told by a note of it.
            ReadNotes();
            Look();
        }
        while (waiting.Wait(isBlind ? Pause : -1));
    }

    private void Look()
    {
        var now = Cgroups.InodeOf(WatchAbove());
        if (now == id)
        {
            return;
        }

        if (id != 0)
        {
            tell($"the cgroup {place.Path} was removed; recording goes on when it is made anew");
        }

        id = now;
        if (now != 0)
        {
            var before = place;
            place = place with { Id = now };
            moved(before, place);
            tell($"the cgroup {place.Path} is there again{(IsPopulated() ? ", and had processes by the time it was noticed: some of their events may be missing" : "")}");
        }
    }

    /// <summary>Watches each folder before it is asked what is below it: so nothing is missed.</summary>
    /// <returns>The folder of the cgroup.</returns>
    private string WatchAbove()
    {
        isBlind = notify.IsInvalid;
        var folder = new StringBuilder(root);
        for (var i = 0; i < names.Length; i++)
        {
            var path = folder.ToString();
            var inode = Cgroups.InodeOf(path);
            if (inode != above[i].Inode || (inode != 0 && above[i].Watch < 0))
            {
                Forget(above[i]);
                above[i] = (inode, inode == 0 ? -1 : Watch(path));
                isBlind |= inode != 0 && above[i].Watch < 0;
            }

            folder.Append('/').Append(names[i]);
        }

        return folder.ToString();
    }

    private int Watch(string folder) =>
        notify.IsInvalid ? -1 : Libc.NotifyAdd(notify, PathText.Bytes(folder), Created | Deleted | OnlyFolders);

    /// <summary>A watch keeps what is left of a folder.</summary>
    private void Forget((ulong Inode, int Watch) watched)
    {
        if (watched is { Inode: not 0, Watch: >= 0 })
        {
            _ = Libc.NotifyRemove(notify, watched.Watch);
        }
    }

    /// <summary>What they tell is found out by looking.</summary>
    private void ReadNotes()
    {
        fixed (byte* pointer = notes)
        {
            while (!notify.IsInvalid && Libc.Read(notify, pointer, (nuint)notes.Length) > 0)
            {
            }
        }
    }

    /// <summary>Whether there is a process in it, or below it.</summary>
    private bool IsPopulated()
    {
        using var file = Libc.Open(PathText.Bytes($"{root}{place.Path}/cgroup.events"), Libc.ReadOnly | Libc.CloseOnExec);
        fixed (byte* pointer = notes)
        {
            var length = file.IsInvalid ? 0 : Libc.Read(file, pointer, (nuint)notes.Length);
            return length > 0 && notes.AsSpan(0, (int)length).IndexOf("populated 1"u8) >= 0;
        }
    }
}
