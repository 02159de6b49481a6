using System.Runtime.InteropServices;

namespace TraceCap.Recorder.Kernel;

/// <summary>The system calls that .NET has no name for.</summary>
internal static unsafe partial class Libc
{
    internal const int ReadOnly = 0;
    internal const int WriteOnly = 1;
    internal const int NonBlocking = 0x800;
    internal const int CloseOnExec = 0x80000;

    /// <summary>Only finds a file, which is not touched.</summary>
    internal const int OnlyPath = 0x200000;

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

    private const int WorkingDirectory = -100;
    private const int EmptyPath = 0x1000;
    private const uint StatxLinks = 4;
    private const int DuplicateCloseOnExec = 1030;
    private const int PidfdOpen = 434;
    private const int PidfdGetDescriptor = 438;
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

    /// <summary>struct passwd</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PasswordEntry
    {
        internal nint Name;
        internal nint Password;
        internal uint Uid;
        internal uint Gid;
        internal nint RealName;
        internal nint Home;
        internal nint Shell;
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

    /// <summary>How many names an open file has; 1 where that is not told.</summary>
    internal static uint CountLinks(SafeHandle file) =>
        OperatingSystem.IsLinux() && StatxOf(file, "", EmptyPath, StatxLinks, out var status) == 0 ? status.Links : 1;

    /// <summary>Opens a file or folder; what it gives is invalid if that failed.</summary>
    internal static Descriptor Open(string path, int flags) => new(OpenFile(path, flags));

    /// <summary>The same by a path of any bytes, with a NUL at its end.</summary>
    internal static Descriptor Open(byte[] path, int flags)
    {
        fixed (byte* pointer = path)
        {
            return new Descriptor(OpenFile(pointer, flags));
        }
    }

    /// <summary>Describes what a path of any bytes, with a NUL at its end, leads to.</summary>
    /// <returns>False if it leads to nothing.</returns>
    internal static bool TryLook(byte[] path, uint mask, out Statx result)
    {
        fixed (byte* pointer = path)
        {
            return StatxAt(WorkingDirectory, pointer, 0, mask, out result) == 0;
        }
    }

    /// <summary>Describes what a descriptor refers to.</summary>
    internal static bool TryLook(SafeHandle file, uint mask, out Statx result) => StatxOf(file, "", EmptyPath, mask, out result) == 0;

    /// <summary>Watches a folder whose path is any bytes with a NUL at their end; -1 if it cannot be watched.</summary>
    internal static int NotifyAdd(Descriptor notify, byte[] path, uint events)
    {
        fixed (byte* pointer = path)
        {
            return NotifyAdd(notify, pointer, events);
        }
    }

    /// <summary>A descriptor of a process; invalid if there is none of that number.</summary>
    internal static Descriptor OpenProcess(uint pid) => new((int)SystemCall(PidfdOpen, (nint)pid, 0, 0));

    /// <summary>A descriptor of its own for what a descriptor of another process refers to.</summary>
    /// <param name="process">Of the process.</param>
    /// <param name="descriptor">The number that it has there.</param>
    internal static Descriptor TakeDescriptor(Descriptor process, int descriptor) =>
        new((int)SystemCall(PidfdGetDescriptor, process.DangerousGetHandle(), descriptor, 0));

    /// <summary>A descriptor of its own for what another process's refers to.</summary>
    internal static Descriptor Duplicate(int descriptor) => new(Control(descriptor, DuplicateCloseOnExec, 0));

    /// <summary>Has a descriptor refer to what another one does, at once.</summary>
    internal static void Replace(Descriptor target, Descriptor source) => _ = ReplaceDescriptor(source, target, CloseOnExec);

    internal static Descriptor NotifyCreate(int flags) => new(OpenNotify(flags));

    internal static Descriptor EventDescriptor(uint initial, int flags) => new(OpenEvent(initial, flags));

    internal static Descriptor EpollCreate(int flags) => new(OpenEpoll(flags));

    internal static Descriptor Socket(int family, int type, int protocol) => new(OpenSocket(family, type, protocol));

    [LibraryImport("libc", EntryPoint = "dup3")]
    private static partial int ReplaceDescriptor(Descriptor source, Descriptor target, int flags);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    internal static partial int ChangeOwner(SafeHandle file, uint uid, uint gid);

    [LibraryImport("libc", EntryPoint = "getpwnam", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial PasswordEntry* FindUser(string name);

    [LibraryImport("libc", EntryPoint = "getpwuid")]
    internal static partial PasswordEntry* FindUser(uint uid);

    [LibraryImport("libc", EntryPoint = "getuid")]
    internal static partial uint User();

    [LibraryImport("libc", EntryPoint = "getgid")]
    internal static partial uint Group();

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

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial int OpenFile(byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(Descriptor descriptor);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    internal static partial nint ReadAt(Descriptor descriptor, byte* buffer, nuint count, nint offset);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(Descriptor descriptor, byte* buffer, nuint capacity);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(Descriptor descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MakeFolder(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int RemoveFolder(string path);

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial int OpenNotify(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true)]
    private static partial int NotifyAdd(Descriptor notify, byte* path, uint events);

    [LibraryImport("libc", EntryPoint = "inotify_rm_watch", SetLastError = true)]
    internal static partial int NotifyRemove(Descriptor notify, int watch);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    internal static partial nint Map(nint address, nuint length, int protection, int flags, Descriptor descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    internal static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    internal static partial void ClockGetTime(int clock, out TimeSpec time);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static partial int StatxAt(int directory, byte* path, int flags, uint mask, out Statx result);

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

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    internal static partial int GetSocketOption(Descriptor socket, int level, int option, void* value, ref uint length);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Ask(Descriptor descriptor, nuint request, nint argument);

    [LibraryImport("libc", EntryPoint = "getxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint GetAttribute(string path, string name, byte* value, nuint size);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    internal static partial int EnterNamespace(Descriptor descriptor, int kind);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint SystemCall(nint number, nint first, nint second, nint third);

    [LibraryImport("libc", EntryPoint = "vsnprintf")]
    internal static partial int Format(byte* buffer, nuint size, byte* format, nint arguments);
}
