using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TraceCap.Recorder.Kernel;

/// <summary>What a file is, and whose.</summary>
/// <param name="Type">One of those that <see cref="FileCalls"/> names.</param>
/// <param name="User">The id of its owner.</param>
internal readonly record struct FileStatus(int Type, uint User);

/// <summary>System calls that open files and ask what was opened, for which .NET has no name. Linux only.</summary>
internal static unsafe partial class FileCalls
{
    internal const int Pipe = 0x1000;
    internal const int Device = 0x2000;
    internal const int Regular = 0x8000;
    internal const int Link = 0xA000;
    internal const int Socket = 0xC000;

    private const int TypeMask = 0xF000;
    private const int WriteOnly = 1;
    private const int NoControllingTerminal = 0x100;
    private const int NotFollowed = 0x100;
    private const int EmptyPath = 0x1000;
    private const int WorkingDirectory = -100;
    private const int LockAlone = 2;
    private const int LockAtOnce = 4;
    private const long ProcFileSystem = 0x9fa0;
    private const int StatxSize = 256;
    private const uint TypeAndUser = 0x1 | 0x8;

    /// <summary><c>O_NOFOLLOW</c>, one of the flags that Arm kept for itself.</summary>
    private static int NoFollow => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    /// <summary>Opens what a path names, only to ask what it is; a link itself if it is one.</summary>
    internal static Descriptor OpenToLook(string path) => Libc.Open(path, Libc.OnlyPath | NoFollow | Libc.CloseOnExec);

    /// <summary>The same, but what a link leads to.</summary>
    internal static Descriptor OpenToLookBehind(string path) => Libc.Open(path, Libc.OnlyPath | Libc.CloseOnExec);

    /// <summary>Opens what is there to write, as a shell does for <c>&gt;&gt;</c>, and waits for the reader of a pipe.</summary>
    internal static SafeFileHandle OpenToWrite(string path) => new(OpenFile(path, WriteOnly | NoControllingTerminal | Libc.CloseOnExec), ownsHandle: true);

    /// <summary>Opens a file to read, never what a link names, and waits for nobody.</summary>
    internal static SafeFileHandle OpenToRead(string path) =>
        new(OpenFile(path, Libc.ReadOnly | NoFollow | Libc.NonBlocking | NoControllingTerminal | Libc.CloseOnExec), ownsHandle: true);

    /// <summary>What an open file is; null if that is not told.</summary>
    internal static FileStatus? StatusOf(SafeHandle file)
    {
        var result = stackalloc byte[StatxSize];
        return StatxOf(file, "", EmptyPath, TypeAndUser, result) == 0 ? Read(result) : null;
    }

    /// <summary>What type of file a path names, which may be a link; 0 if there is nothing, or that is not told.</summary>
    internal static int TypeAt(string path)
    {
        var result = stackalloc byte[StatxSize];
        return StatxAt(WorkingDirectory, path, NotFollowed, TypeAndUser, result) == 0 ? Read(result).Type : 0;
    }

    /// <summary>Whether an open file is one of /proc, where a link is what a descriptor refers to, and its text only describes it.</summary>
    internal static bool IsOfProc(SafeHandle file)
    {
        const int Words = 64;
        var status = stackalloc long[Words];
        return StatFileSystem(file, status) == 0 && *status == ProcFileSystem;
    }

    /// <summary>What a link says that was opened to look at it; null if that cannot be read.</summary>
    internal static string? ReadLink(Descriptor link)
    {
        const int Longest = 4096;
        var buffer = stackalloc byte[Longest];
        var length = ReadLinkAt(link, "", buffer, Longest);
        return length > 0 ? Marshal.PtrToStringUTF8((nint)buffer, (int)length) : null;
    }

    /// <summary>Whether nobody else has locked an open file, as .NET does as long as it has one open.</summary>
    internal static bool IsAloneOn(SafeHandle file) => Lock(file, LockAlone | LockAtOnce) == 0;

    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "isatty")]
    internal static partial int IsTerminal(SafeHandle file);

    /// <summary>From struct statx: stx_mode and stx_uid.</summary>
    private static FileStatus Read(byte* status) => new(*(ushort*)(status + 28) & TypeMask, *(uint*)(status + 20));

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock")]
    private static partial int Lock(SafeHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "fstatfs")]
    private static partial int StatFileSystem(SafeHandle file, long* status);

    [LibraryImport("libc", EntryPoint = "readlinkat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ReadLinkAt(Descriptor folder, string path, byte* buffer, nuint capacity);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatxOf(SafeHandle file, string path, int flags, uint mask, byte* result);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatxAt(int folder, string path, int flags, uint mask, byte* result);
}
