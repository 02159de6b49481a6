using System.Runtime.InteropServices;

namespace TraceCap.Recorder.Kernel;

/// <summary>
/// Recording is not possible here. The message says what was missing or refused, and what to do about it.
/// </summary>
internal class ProbeException : Exception
{
    /// <summary>Takes the whole message.</summary>
    public ProbeException(string message)
        : base(message)
    {
    }

    /// <summary>Takes the whole message and what led to it.</summary>
    public ProbeException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>A failure whose cause the system gave as an error number, of either sign.</summary>
    internal static ProbeException FromErrno(string what, int errno, string advice = "") =>
        new($"{what}: {Marshal.GetPInvokeErrorMessage(Math.Abs(errno))}{advice}");
}
