using System.Runtime.InteropServices;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Host;

/// <summary>What is below a folder, by names of any bytes.</summary>
internal static unsafe class Folders
{
    private const int ReadOnX64 = 217;
    private const int ReadOnArm64 = 61;

    private const int LengthOffset = 16;
    private const int TypeOffset = 18;
    private const int NameOffset = 19;
    private const byte TypeUnknown = 0;
    private const byte TypeFolder = 4;

    /// <summary>The names of the folders in a folder, as <see cref="PathText"/> writes them; none of one that is gone.</summary>
    internal static List<string> In(string path)
    {
        var names = new List<string>();
        using var folder = Libc.Open(PathText.Bytes(path), Libc.ReadOnly | Libc.Directory | Libc.CloseOnExec);
        if (folder.IsInvalid)
        {
            return names;
        }

        var buffer = new byte[32 << 10];
        var call = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? ReadOnArm64 : ReadOnX64;
        fixed (byte* pointer = buffer)
        {
            int length;
            while ((length = (int)Libc.SystemCall(call, folder.DangerousGetHandle(), (nint)pointer, buffer.Length)) > 0)
            {
                Parse(buffer.AsSpan(0, length), names);
            }
        }

        return names;
    }

    /// <summary>Each struct linux_dirent64: inode number, offset, length of all, type, name and a NUL.</summary>
    private static void Parse(ReadOnlySpan<byte> entries, List<string> names)
    {
        while (!entries.IsEmpty)
        {
            var length = MemoryMarshal.Read<ushort>(entries[LengthOffset..]);
            var name = entries[NameOffset..length];
            name = name[..name.IndexOf((byte)0)];
            if (entries[TypeOffset] is TypeFolder or TypeUnknown && !name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                names.Add(PathText.Of(name));
            }

            entries = entries[length..];
        }
    }
}
