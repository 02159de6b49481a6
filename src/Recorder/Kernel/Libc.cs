using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TraceCap.Recorder.Kernel;

/// <summary>The system calls that .NET has no name for.</summary>
internal static unsafe partial class Libc
{
    internal const int ReadOnly = 0;
    internal const int PathOnly = 0x200000;
    internal const int NonBlocking = 0x800;
    internal const int CloseOnExec = 0x80000;

    internal const int ProtectionRead = 1;
    internal const int ProtectionWrite = 2;
    internal const int MapShared = 1;

    internal const int ClockRealtime = 0;
    internal const int ClockMonotonic = 1;
    internal const int ClockBootTime = 7;

    internal const int EpollAdd = 1;
    internal const uint EpollIn = 1;
    internal const uint EpollEdgeTriggered = 1u << 31;

    internal const int MembarrierGlobal = 1;

    private const int WriteOnly = 1;
    private const int NoControllingTerminal = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint StatxType = 1;
    private const uint StatxLinks = 4;
    private const uint StatxUser = 8;
    private const uint StatxInode = 0x100;
    private const int NoFollowAt = 0x100;
    private const int CurrentFolder = -100;
    private const int LockAlone = 2;
    private const int LockAtOnce = 4;
    private const long ProcFileSystem = 0x9fa0;
    internal const ushort TypeMask = 0xF000;
    internal const ushort TypePipe = 0x1000;
    internal const ushort TypeDevice = 0x2000;
    internal const ushort TypeRegular = 0x8000;
    internal const ushort TypeLink = 0xA000;
    internal const ushort TypeSocket = 0xC000;
    private const int DuplicateCloseOnExec = 1030;
    internal const int AddressFamilyNetlink = 16;
    internal const int SocketRaw = 3;
    internal const int NetlinkSocketDiagnosis = 4;
    internal const int NewNetworkNamespace = 0x40000000;

    internal struct TimeSpec
    {
        internal long Seconds;
        internal long Nanoseconds;
    }

    /// <summary>One struct epoll_event. Its data lies differently on x86-64 and elsewhere, and is not used.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 16)]
    internal struct EpollEvent
    {
        internal uint Events;
    }

    /// <summary>struct statx, as far as it is asked for.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct Statx
    {
        [FieldOffset(16)]
        internal uint Links;

        [FieldOffset(20)]
        internal uint User;

        [FieldOffset(28)]
        internal ushort Mode;

        [FieldOffset(32)]
        internal ulong Inode;

        [FieldOffset(112)]
        internal TimeSpec Modified;

        [FieldOffset(136)]
        internal ulong Device;
    }

    /// <summary>struct passwd, as far as the group id.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PasswordEntry
    {
        internal nint Name;
        internal nint Password;
        internal uint Uid;
        internal uint Gid;
    }

    /// <summary><c>O_DIRECTORY</c>, one of the flags that Arm kept for itself.</summary>
    internal static int Directory => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;

    /// <summary>Brings the names in a folder to the disk, where the file system and the permissions of this user allow it.</summary>
    internal static void SyncFolder(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            using var folder = Open(path, ReadOnly | Directory | CloseOnExec);
            _ = Sync(folder);
        }
    }

    /// <summary><c>O_NOFOLLOW</c>, another one of those.</summary>
    internal static int NoFollow => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    /// <summary>What an open file is and whose.</summary>
    /// <returns>Whether that is told.</returns>
    internal static bool TryStat(SafeHandle file, out Statx status) =>
        StatxOf(file, "", EmptyPath, StatxType | StatxUser | StatxInode, out status) == 0;

    /// <summary>What type of file a path names, which may be a link; 0 if there is nothing, or that is not told.</summary>
    internal static int TypeAt(string path) =>
        StatxAt(CurrentFolder, path, NoFollowAt, StatxType, out var status) == 0 ? status.Mode & TypeMask : 0;

    /// <summary>Whether an open file is one of /proc, where a link is what a descriptor refers to, and its text is only a description.</summary>
    internal static bool IsOfProc(SafeHandle file)
    {
        var status = stackalloc long[64];
        return StatFileSystem(file, status) == 0 && *status == ProcFileSystem;
    }

    /// <summary>What a link that was opened by <see cref="PathOnly"/> says; null if that cannot be read.</summary>
    internal static string? ReadLink(Descriptor link)
    {
        const int Longest = 4096;
        var buffer = stackalloc byte[Longest];
        var length = ReadLinkAt(link, "", buffer, Longest);
        return length > 0 ? Marshal.PtrToStringUTF8((nint)buffer, (int)length) : null;
    }

    /// <summary>Whether nobody else has locked an open file, as .NET does as long as it has one open.</summary>
    internal static bool IsAloneOn(SafeHandle file) => Lock(file, LockAlone | LockAtOnce) == 0;

    /// <summary>How many names an open file has; 1 where that is not told.</summary>
    internal static uint CountLinks(SafeHandle file) =>
        OperatingSystem.IsLinux() && StatxOf(file, "", EmptyPath, StatxLinks, out var status) == 0 ? status.Links : 1;

    /// <summary>Opens a file or folder; what it gives is invalid if that failed.</summary>
    internal static Descriptor Open(string path, int flags) => new(OpenFile(path, flags));

    /// <summary>Opens what is there to write, as a shell does for <c>&gt;&gt;</c>, and waits for the reader of a pipe.</summary>
    internal static SafeFileHandle OpenToWrite(string path) => new(OpenFile(path, WriteOnly | NoControllingTerminal | CloseOnExec), ownsHandle: true);

    /// <summary>Opens a file to read, never what a link names, and waits for nobody.</summary>
    internal static SafeFileHandle OpenToRead(string path) => new(OpenFile(path, ReadOnly | NoFollow | NonBlocking | NoControllingTerminal | CloseOnExec), ownsHandle: true);

    /// <summary>A descriptor of its own for what somebody else's refers to.</summary>
    internal static Descriptor Duplicate(int descriptor) => new(Control(descriptor, DuplicateCloseOnExec, 0));

    internal static Descriptor NotifyCreate(int flags) => new(OpenNotify(flags));

    internal static Descriptor EventDescriptor(uint initial, int flags) => new(OpenEvent(initial, flags));

    internal static Descriptor EpollCreate(int flags) => new(OpenEpoll(flags));

    internal static Descriptor Socket(int family, int type, int protocol) => new(OpenSocket(family, type, protocol));

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    internal static partial int ChangeOwner(SafeHandle file, uint uid, uint gid);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "isatty")]
    internal static partial int IsTerminal(SafeHandle file);

    [LibraryImport("libc", EntryPoint = "flock")]
    private static partial int Lock(SafeHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "fstatfs")]
    private static partial int StatFileSystem(SafeHandle file, long* status);

    [LibraryImport("libc", EntryPoint = "readlinkat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ReadLinkAt(Descriptor folder, string path, byte* buffer, nuint capacity);

    [LibraryImport("libc", EntryPoint = "getpwnam", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial PasswordEntry* FindUser(string name);

    [LibraryImport("libc", EntryPoint = "initgroups", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetGroupsOf(string user, uint gid);

    [LibraryImport("libc", EntryPoint = "setresgid", SetLastError = true)]
    internal static partial int SetGroup(uint real, uint effective, uint saved);

    [LibraryImport("libc", EntryPoint = "setresuid", SetLastError = true)]
    internal static partial int SetUser(uint real, uint effective, uint saved);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    internal static partial int ControlThread(int option, nuint argument, nuint second, nuint third, nuint fourth);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(Descriptor descriptor);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(Descriptor descriptor, byte* buffer, nuint capacity);

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial int OpenNotify(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int NotifyAdd(Descriptor notify, string path, uint events);

    [LibraryImport("libc", EntryPoint = "inotify_rm_watch", SetLastError = true)]
    internal static partial int NotifyRemove(Descriptor notify, int watch);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    internal static partial nint Map(nint address, nuint length, int protection, int flags, Descriptor descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    internal static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    internal static partial void ClockGetTime(int clock, out TimeSpec time);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int StatxAt(int directory, string path, int flags, uint mask, out Statx result);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatxOf(SafeHandle file, string path, int flags, uint mask, out Statx result);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int OpenEvent(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "eventfd_write", SetLastError = true)]
    internal static partial int EventWrite(Descriptor descriptor, ulong value);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int OpenEpoll(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    internal static partial int EpollControl(Descriptor epoll, int operation, Descriptor descriptor, ref EpollEvent change);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    internal static partial int EpollWait(Descriptor epoll, EpollEvent* events, int capacity, int milliseconds);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    internal static partial nint Send(Descriptor socket, byte* data, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    internal static partial nint Receive(Descriptor socket, byte* buffer, nuint capacity, int flags);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    internal static partial int EnterNamespace(Descriptor descriptor, int kind);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint SystemCall(nint number, nint first, nint second, nint third);

    [LibraryImport("libc", EntryPoint = "vsnprintf")]
    internal static partial int Format(byte* buffer, nuint size, byte* format, nint arguments);
}
