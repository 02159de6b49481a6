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
    private const int LockAlone = 2;
    private const int LockAtOnce = 4;
    private const long ProcFileSystem = 0x9fa0;
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
    internal static FileStatus? StatusOf(SafeHandle file) =>
        Libc.TryLook(file, TypeAndUser, out var status) ? new FileStatus(status.Mode & TypeMask, status.User) : null;

    /// <summary>What type of file a path names, which may be a link; 0 if there is nothing, or that is not told.</summary>
    internal static int TypeAt(string path)
    {
        using var found = OpenToLook(path);
        return !found.IsInvalid && StatusOf(found) is { } status ? status.Type : 0;
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

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock")]
    private static partial int Lock(SafeHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "fstatfs")]
    private static partial int StatFileSystem(SafeHandle file, long* status);

    [LibraryImport("libc", EntryPoint = "readlinkat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ReadLinkAt(Descriptor folder, string path, byte* buffer, nuint capacity);
}
