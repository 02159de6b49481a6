using System.Runtime.InteropServices;

namespace TraceCap.Cli.Terminal;

/// <summary>A terminal that gives each key at once and shows none of them, until this is disposed of.</summary>
internal sealed partial class RawTerminal : IDisposable
{
    private const int SetNow = 0;

    // include/uapi/asm-generic/termbits.h.
    private const uint Signals = 1;
    private const uint Lines = 2;
    private const uint Echo = 8;
    private const uint Extended = 0x8000;
    private const uint ReturnIsNewLine = 0x100;
    private const uint FlowControl = 0x400;
    private const int LeastBytes = 6;
    private const int LongestWait = 5;

    private readonly int descriptor;
    private readonly Settings before;

    private RawTerminal(int descriptor, in Settings before) => (this.descriptor, this.before) = (descriptor, before);

    /// <summary>Makes standard input so; null if it is no terminal that can be.</summary>
    internal static RawTerminal? Begin() => Console.IsInputRedirected ? null : Begin(Descriptors.Input);

    /// <summary>Makes a terminal so; null if it is none that can be.</summary>
    internal static RawTerminal? Begin(int descriptor)
    {
        if (!OperatingSystem.IsLinux() || !TerminalKind.TakesCodes || Get(descriptor, out var before) != 0)
        {
            return null;
        }

        var raw = before;
        raw.Local &= ~(Signals | Lines | Echo | Extended);
        raw.Input &= ~(ReturnIsNewLine | FlowControl);
        raw.Characters[LeastBytes] = 1;
        raw.Characters[LongestWait] = 0;
        return Set(descriptor, SetNow, in raw) == 0 ? new RawTerminal(descriptor, in before) : null;
    }

    public void Dispose() => _ = Set(descriptor, SetNow, in before);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int Get(int descriptor, out Settings settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static partial int Set(int descriptor, int when, in Settings settings);

    /// <summary><c>cc_t c_cc[NCCS]</c></summary>
    [System.Runtime.CompilerServices.InlineArray(32)]
    private struct ControlCharacters
    {
        private byte first;
    }

    /// <summary><c>struct termios</c> of glibc and musl on Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Settings
    {
        internal uint Input;
        internal uint Output;
        internal uint Control;
        internal uint Local;
        internal byte Discipline;
        internal ControlCharacters Characters;
        internal uint InputSpeed;
        internal uint OutputSpeed;
    }
}
