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

    private readonly Dictionary<uint, List<string>> ways = [];

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

    /// <summary>Notes those that are mounted on files.</summary>
    /// <param name="folder">The folder of a process in /proc, which sees these files.</param>
    internal void AddMounted(string folder)
    {
        foreach (var (name, path) in Mounts.FilesOfType("nsfs", File.ReadAllText(folder + "/mountinfo")))
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
            var descriptor = Libc.Open(PathText.Bytes(way), Libc.ReadOnly | Libc.CloseOnExec);
            if (!descriptor.IsInvalid && InodeOf(descriptor) == inode)
            {
                return descriptor;
            }

            descriptor.Dispose();
        }

        return null;
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
