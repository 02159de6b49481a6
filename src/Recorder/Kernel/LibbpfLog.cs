using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace TraceCap.Recorder.Kernel;

/// <summary>
/// Keeps what libbpf has to say on this thread, the verifier's log among it, for the message of an error. libbpf would
/// print it to stderr, which belongs to the program.
/// </summary>
internal sealed unsafe class LibbpfLog : IDisposable
{
    /// <summary>The verifier's log of one program comes in one piece, whose end is what matters.</summary>
    private const int BufferSize = 4 << 20;

    private const int Warning = 0;

    [ThreadStatic]
    private static LibbpfLog? current;

    private readonly StringBuilder text = new();
    private readonly byte[] buffer = GC.AllocateUninitializedArray<byte>(BufferSize);

    internal LibbpfLog()
    {
        current = this;
        Libbpf.SetPrint(&Print);
    }

    public void Dispose() => current = null;

    /// <summary>The last lines of it, indented, with a line break before.</summary>
    internal string Tail(int lines)
    {
        var all = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Concat(all.TakeLast(lines).Select(line => "\n  " + line));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Print(int level, byte* format, nint arguments)
    {
        // A va_list is passed as a pointer on x86-64 and on arm64 alike.
        if (level == Warning && current is { } log)
        {
            int length;
            fixed (byte* buffer = log.buffer)
            {
                length = Libc.Format(buffer, BufferSize, format, arguments);
            }

            var said = Encoding.UTF8.GetString(log.buffer, 0, Math.Clamp(length, 0, BufferSize - 1));
            // It says so whenever root is refused; since 5.11, the limit is not asked for BPF.
            if (!said.Contains("ulimit -l", StringComparison.Ordinal))
            {
                log.text.Append(said);
            }
        }

        return 0;
    }
}
