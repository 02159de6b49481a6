using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TraceCap.Cli.Terminal;

/// <summary>
/// Standard output or error, or another pipe, as a stream that reports a closed pipe, as the console's own does not: a replay
/// into <c>head</c> must end, and a recording whose reader is gone must say so.
/// </summary>
internal sealed partial class DescriptorStream(SafeFileHandle handle, string name) : WriteOnlyStream
{
    private const int Eintr = 4;
    private const int Eagain = 11;
    private const int EagainOfDarwin = 35;
    private const int Epipe = 32;
    private const short PollOut = 4;

    /// <summary>One that the process began with.</summary>
    internal DescriptorStream(int descriptor, string name)
        : this(new SafeFileHandle(descriptor, ownsHandle: false), name)
    {
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var written = Write(handle, buffer, (nuint)buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Eintr:
                    break;
                case Eagain or EagainOfDarwin:
                    var waiting = new PollDescriptor { Descriptor = (int)handle.DangerousGetHandle(), Events = PollOut };
                    _ = Poll(ref waiting, 1, -1);
                    break;
                case Epipe:
                    throw new ClosedPipeException(name);
                case var error:
                    throw new IOException($"{name}: {new Win32Exception(error).Message}");
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            handle.Dispose();
        }

        base.Dispose(disposing);
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle descriptor, ReadOnlySpan<byte> buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollDescriptor descriptors, nuint count, int timeout);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        internal int Descriptor;
        internal short Events;
        internal short Returned;
    }
}

/// <summary>The reader of what is written is gone.</summary>
internal sealed class ClosedPipeException(string name) : IOException($"{name} was closed by its reader");
