using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TraceCap.Cli.Files;

/// <summary>What is read and written differently.</summary>
internal enum FileKind
{
    /// <summary>A folder, a disk, or what cannot be told.</summary>
    Other,

    /// <summary>A file of bytes.</summary>
    Regular,

    /// <summary>A pipe or a socket.</summary>
    Pipe,

    /// <summary>A character device.</summary>
    Device,
}

/// <summary>Which file a path leads to, whatever the path.</summary>
internal static partial class FileIdentity
{
    private const int CurrentFolder = -100;
    private const uint TypeAndInode = 0x1 | 0x100;
    private const ushort TypeMask = 0xF000;
    private const ushort RegularType = 0x8000;
    private const ushort PipeType = 0x1000;
    private const ushort SocketType = 0xC000;
    private const ushort DeviceType = 0x2000;
    private const int SetSignal = 10;
    private const int SetLease = 1024;
    private const int UrgentSignal = 23;
    private const int ReadLease = 0;
    private const int NoLease = 2;
    private const int Eagain = 11;

    /// <summary>Whether two paths lead to the same file: the same path, a symbolic or, on Linux, a hard link to it. A
    /// file that is not there is no other's.</summary>
    internal static bool IsSame(string one, string other) => Of(one) is { } first && first == Of(other);

    /// <summary>What all paths have in common that lead to the same file; null if it is not there.</summary>
    internal static string? Of(string path) => !OperatingSystem.IsLinux() ? Resolve(path)
        : TryRead(path, out var file) ? FormattableString.Invariant($"{file.DeviceMajor}:{file.DeviceMinor}:{file.Inode}")
        : null;

    /// <summary>What a path leads to; other if that cannot be told.</summary>
    internal static FileKind KindOf(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.Exists(path) && (File.GetAttributes(path) & FileAttributes.Device) == 0 ? FileKind.Regular : FileKind.Other;
        }

        return !TryRead(path, out var file) ? FileKind.Other : (file.Mode & TypeMask) switch
        {
            RegularType => FileKind.Regular,
            PipeType or SocketType => FileKind.Pipe,
            DeviceType => FileKind.Device,
            _ => FileKind.Other,
        };
    }

    /// <summary>Whether any process has a file open to write; null if that cannot be told. The kernel grants a lease on a file to
    /// its owner, or to who may take one (CAP_LEASE), unless a process writes it (fcntl(2)); it is given back at once.</summary>
    internal static bool? IsBeingWritten(string path)
    {
        if (!OperatingSystem.IsLinux() || KindOf(path) != FileKind.Regular)
        {
            return null;
        }

        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            // Who opens it to write just then has the kernel send a signal: one that does nothing.
            if (Control(file, SetSignal, UrgentSignal) < 0)
            {
                return null;
            }

            if (Control(file, SetLease, ReadLease) == 0)
            {
                _ = Control(file, SetLease, NoLease);
                return false;
            }

            return Marshal.GetLastPInvokeError() == Eagain ? true : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What a path leads to through symbolic links.</summary>
    internal static string Resolve(string path) =>
        (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(path);

    private static bool TryRead(string path, out Facts facts) => ReadFacts(CurrentFolder, path, 0, TypeAndInode, out facts) == 0;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ReadFacts(int folder, string path, int flags, uint mask, out Facts facts);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, int command, int argument);

    /// <summary><c>struct statx</c> of linux/stat.h, as much of it as is needed.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Facts
    {
        [FieldOffset(28)]
        internal ushort Mode;

        [FieldOffset(32)]
        internal ulong Inode;

        [FieldOffset(136)]
        internal uint DeviceMajor;

        [FieldOffset(140)]
        internal uint DeviceMinor;
    }
}
