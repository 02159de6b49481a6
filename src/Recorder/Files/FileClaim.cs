using System.Text;
using Microsoft.Win32.SafeHandles;
using TraceCap.Format.Blocks;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Files;

/// <summary>Finds out what a file is by opening it: names can be given by anybody who may write to the folder.</summary>
internal static class FileClaim
{
    /// <summary>Whether it is a capture, packed or not, and belongs to the user that this process runs as. What cannot be opened is not.</summary>
    internal static bool IsOwnCapture(string path)
    {
        using var opened = FileCalls.OpenToRead(path);
        return !opened.IsInvalid
            && FileCalls.StatusOf(opened) == new FileStatus(FileCalls.Regular, FileCalls.EffectiveUser())
            && IsCapture(path, opened);
    }

    /// <summary>Whether a process writes or reads it: .NET has every file locked that it has open, and so whoever opens it in this moment
    /// is told that it is in use.</summary>
    internal static bool IsInUse(string path)
    {
        using var opened = FileCalls.OpenToRead(path);
        return !opened.IsInvalid && !FileCalls.IsAloneOn(opened);
    }

    private static bool IsCapture(string path, SafeFileHandle file)
    {
        var first = new byte[BlockHeader.Magic.Length];
        try
        {
            var packing = Packing.Of(path);
            if (packing?.Unpack is { } unpack)
            {
                // Not disposed: what was opened stays open for its caller.
                using var unpacked = unpack(new FileStream(new SafeFileHandle(file.DangerousGetHandle(), ownsHandle: false), FileAccess.Read, 0));
                return unpacked.ReadAtLeast(first, first.Length, throwOnEndOfStream: false) == first.Length && BlockHeader.Magic.SequenceEqual(first);
            }

            var magic = packing is null ? BlockHeader.Magic : Encoding.Latin1.GetBytes(packing.Magic);
            return RandomAccess.Read(file, first, 0) >= magic.Length && first.AsSpan().StartsWith(magic);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
