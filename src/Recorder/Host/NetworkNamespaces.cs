using System.Globalization;
using System.Runtime.InteropServices;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Host;

/// <summary>
/// The network namespaces that something refers to: a thread that is in one, a file that one is mounted on (as by
/// <c>ip netns</c>), a descriptor. A thread can enter them.
/// </summary>
internal sealed unsafe class NetworkNamespaces
{
    /// <summary>What links of descriptors to one begin with.</summary>
    internal const string Link = "net:[";

    private const int SocketLevel = 1;
    private const int Cookie = 71;
    private const nuint GetNamespaceOfSocket = 0x894c;
    private const nuint GetId = 0x8008b70d;
    private const uint StatxInode = 0x100;
    private const int NotPermitted = 1;

    /// <summary>What one way leads to may be gone by the time it is needed.</summary>
    private const int MostWays = 4;

    /// <summary>The device that all namespaces are on, and no file that a user can make.</summary>
    private static readonly Lazy<ulong> device = new(() => Libc.TryLook(PathText.Bytes("/proc/self/ns/net"), StatxInode, out var own) ? own.Device : 0);

    private readonly Dictionary<uint, List<string>> ways = [];
    private int mountsLeft = 16 << 20;

    /// <summary>Those that are known, by their inode numbers.</summary>
    internal IReadOnlyCollection<uint> All => ways.Keys;

    /// <summary>The id of the network namespace that the calling thread is in; 0 before Linux 5.14.</summary>
    internal static ulong OwnId()
    {
        using var socket = Libc.Socket(Libc.AddressFamilyNetlink, Libc.SocketRaw | Libc.CloseOnExec, Libc.NetlinkSocketDiagnosis);
        ulong id = 0;
        var length = (uint)sizeof(ulong);
        return !socket.IsInvalid && Libc.GetSocketOption(socket, SocketLevel, Cookie, &id, ref length) == 0 ? id : 0;
    }

    /// <summary>The id of one that need not be entered; 0 where the kernel does not tell it.</summary>
    internal static ulong IdOf(Descriptor space)
    {
        ulong id = 0;
        return Libc.Ask(space, GetId, (nint)(&id)) == 0 ? id : 0;
    }

    /// <summary>Whether the kernel tells ids so, as it does since 6.18, and the same that sockets have.</summary>
    internal static bool TellsIds()
    {
        using var own = Libc.Open("/proc/thread-self/ns/net", Libc.ReadOnly | Libc.CloseOnExec);
        return !own.IsInvalid && IdOf(own) is var id and not 0 && id == OwnId();
    }

    /// <summary>Notes a way to one.</summary>
    internal void Add(uint inode, string path)
    {
        if (!ways.TryGetValue(inode, out var known))
        {
            ways.Add(inode, known = []);
        }

        if (known.Count < MostWays)
        {
            known.Add(path);
        }
    }

    /// <summary>Whether there were more mounts than anybody needs, so that not all were looked at.</summary>
    internal bool HasTooManyMounts => mountsLeft == 0;

    /// <summary>Notes those that are mounted on files.</summary>
    /// <param name="folder">The folder of a process in /proc, which sees these files.</param>
    internal void AddMounted(string folder)
    {
        foreach (var (name, path) in Mounts.FilesOfType("nsfs", ReadMounts(folder + "/mountinfo")))
        {
            if (name.StartsWith(Link, StringComparison.Ordinal))
            {
                Add(NamespaceLinks.NumberIn(name), $"{folder}/root{path}");
            }
        }
    }

    /// <summary>Opens one; null if it is gone.</summary>
    internal Descriptor? Open(uint inode)
    {
        foreach (var way in ways[inode])
        {
            if (Open(way, inode) is { } space)
            {
                return space;
            }
        }

        return null;
    }

    /// <summary>Opens what a path leads to if it is a namespace, and nothing else: who owns the folders on the way may have put
    /// there what no other process may open, such as a FIFO or a device.</summary>
    /// <param name="path">As <see cref="PathText"/> writes it.</param>
    /// <param name="inode">Which one it must be; null for any.</param>
    internal static Descriptor? Open(string path, uint? inode)
    {
        using var found = Libc.Open(PathText.Bytes(path), Libc.OnlyPath | Libc.CloseOnExec);
        if (found.IsInvalid || !Libc.TryLook(found, StatxInode, out var status) || status.Device != device.Value || (inode ?? status.Inode) != status.Inode)
        {
            return null;
        }

        var space = Libc.Open(found.Path, Libc.ReadOnly | Libc.CloseOnExec);
        if (space.IsInvalid)
        {
            space.Dispose();
            return null;
        }

        return space;
    }

    /// <summary>Opens that of a socket which another process holds; null if the process or its socket is gone.</summary>
    /// <param name="pid">The process, by its number in this process's PID namespace.</param>
    /// <param name="number">Its descriptor of the socket.</param>
    /// <param name="inode">The inode number of the namespace.</param>
    /// <exception cref="UnauthorizedAccessException">It takes a capability that this process has not.</exception>
    internal static Descriptor? OpenOf(uint pid, int number, out uint inode)
    {
        inode = 0;
        using var process = Given(Libc.OpenProcess(pid));
        using var socket = process is null ? null : Given(Libc.TakeDescriptor(process, number));
        var space = socket is null ? null : Given(new Descriptor(Libc.Ask(socket, GetNamespaceOfSocket, 0)));
        inode = space is null ? 0 : InodeOf(space);
        return space;
    }

    /// <summary>Whether a descriptor refers to a socket of TCP.</summary>
    /// <param name="process">The folder of the process in /proc.</param>
    /// <param name="number">Its descriptor.</param>
    internal static bool IsTcp(string process, int number)
    {
        var name = stackalloc byte[8];
        var length = Libc.GetAttribute(string.Create(CultureInfo.InvariantCulture, $"{process}/fd/{number}"), "system.sockprotoname", name, 8);
        return length > 0 && new ReadOnlySpan<byte>(name, (int)length).StartsWith("TCP"u8);
    }

    /// <summary>A user may have thousands of mount namespaces, each with very many mounts.</summary>
    private string ReadMounts(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var text = new byte[Math.Min(64 << 10, mountsLeft)];
        var length = 0;
        int more;
        while (length < mountsLeft && (more = file.Read(text.AsSpan(length))) > 0)
        {
            length += more;
            if (length == text.Length)
            {
                Array.Resize(ref text, Math.Min(2 * length, mountsLeft));
            }
        }

        mountsLeft -= length;
        return PathText.Of(text.AsSpan(0, length));
    }

    private static Descriptor? Given(Descriptor descriptor)
    {
        if (!descriptor.IsInvalid)
        {
            return descriptor;
        }

        var errno = Marshal.GetLastPInvokeError();
        descriptor.Dispose();
        return errno == NotPermitted ? throw new UnauthorizedAccessException() : null;
    }

    private static uint InodeOf(Descriptor space) => Libc.TryLook(space, StatxInode, out var status) ? (uint)status.Inode : 0;
}
