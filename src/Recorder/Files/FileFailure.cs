using System.Runtime.InteropServices;

namespace TraceCap.Recorder.Files;

/// <summary>Says what the system refused to do with a file, where, and what can be done about it.</summary>
internal static class FileFailure
{
    private const int AlreadyThere = 17;
    private const int LargerThanAllowed = 27;
    private const int DiskFull = 28;
    private const int QuotaUsedUp = 122;
    private const int HighestErrno = 4095;

    /// <summary>What the system says of a file that would become larger than it may (<c>ulimit -f</c>), or than the file system takes.</summary>
    internal static string TooLarge => Marshal.GetPInvokeErrorMessage(LargerThanAllowed);

    /// <summary>Whether a file could not be created because something of that name is there already.</summary>
    internal static bool IsAlreadyThere(IOException error) => error.HResult == AlreadyThere;

    /// <summary>The same error, with a message for the user.</summary>
    /// <param name="path">The file.</param>
    /// <param name="error">What came of writing it: the number of the error is its HResult.</param>
    internal static IOException Explain(string path, IOException error)
    {
        var advice = error.HResult switch
        {
            LargerThanAllowed => "; begin the next file before (--rotate-size)",
            DiskFull => "; make room, or have the oldest files deleted (--keep)",
            QuotaUsedUp => "; give this user more, or have the oldest files deleted (--keep)",
            _ => "",
        };
        var what = error.HResult is > 0 and <= HighestErrno ? Marshal.GetPInvokeErrorMessage(error.HResult) : error.Message;
        return new IOException($"{path}: {what}{advice}", error);
    }

    /// <summary>The same error with the name that the user gave the file: where this process finds it is of no use to anybody.</summary>
    /// <param name="path">The file.</param>
    /// <param name="error">What came of creating, reading or deleting it.</param>
    internal static Exception Named(string path, Exception error) => error switch
    {
        UnauthorizedAccessException => new UnauthorizedAccessException($"{path}: this user may not do that there", error),
        PathTooLongException => new PathTooLongException($"{path}: the name is too long", error),
        FileNotFoundException or DirectoryNotFoundException => new IOException($"{path}: its folder was deleted", error),
        IOException { HResult: > 0 and <= HighestErrno } other => Explain(path, other),
        _ => error,
    };

    /// <summary>.NET takes EFBIG for a wrong argument.</summary>
    internal static IOException ExplainTooLarge(string path) => Explain(path, new IOException(TooLarge, LargerThanAllowed));
}
