using System.Runtime.InteropServices;

namespace TraceCap.Cli;

/// <summary>Which file a path leads to, whatever the path.</summary>
internal static partial class FileIdentity
{
    private const int CurrentFolder = -100;
    private const uint TypeAndInode = 0x1 | 0x100;
    private const ushort TypeMask = 0xF000;
    private const ushort RegularType = 0x8000;

    /// <summary>Whether two paths lead to the same file: the same path, a symbolic or, on Linux, a hard link to it. A
    /// file that is not there is no other's.</summary>
    internal static bool IsSame(string one, string other)
    {
        if (!OperatingSystem.IsLinux())
        {
            return Resolve(one) == Resolve(other);
        }

        return TryRead(one, out var first) && TryRead(other, out var second)
            && (first.Inode, first.DeviceMajor, first.DeviceMinor) == (second.Inode, second.DeviceMajor, second.DeviceMinor);
    }

    /// <summary>Whether a path leads to a regular file, not to a device or a pipe.</summary>
    internal static bool IsRegular(string path) => OperatingSystem.IsLinux()
        ? TryRead(path, out var file) && (file.Mode & TypeMask) == RegularType
        : (File.GetAttributes(path) & FileAttributes.Device) == 0;

    /// <summary>What a path leads to through symbolic links.</summary>
    internal static string Resolve(string path) =>
        (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(path);

    private static bool TryRead(string path, out Facts facts) => ReadFacts(CurrentFolder, path, 0, TypeAndInode, out facts) == 0;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ReadFacts(int folder, string path, int flags, uint mask, out Facts facts);

    /// <summary><c>struct statx</c> of linux/stat.h, as far as it is needed.</summary>
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
