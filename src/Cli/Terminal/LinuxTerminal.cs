using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace TraceCap.Cli.Terminal;

/// <summary>Terminals of Linux.</summary>
[SupportedOSPlatform("linux")]
internal static partial class LinuxTerminal
{
    private const nuint GetWindowSize = 0x5413;
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

    /// <summary>How many columns and rows one has now; null if it does not tell.</summary>
    internal static WindowSize? SizeOf(int descriptor) => Query(descriptor, GetWindowSize, out var size) == 0 ? size : null;

    /// <summary>Has one give each key at once, and show none of them.</summary>
    /// <returns>What has it be again as it was; null if it is none.</returns>
    internal static Action? BeginRaw(int descriptor)
    {
        if (Get(descriptor, out var before) != 0)
        {
            return null;
        }

        var raw = before;
        raw.Local &= ~(Signals | Lines | Echo | Extended);
        raw.Input &= ~(ReturnIsNewLine | FlowControl);
        raw.Characters[LeastBytes] = 1;
        raw.Characters[LongestWait] = 0;
        return Set(descriptor, SetNow, in raw) == 0 ? () => _ = Set(descriptor, SetNow, in before) : null;
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Query(int descriptor, nuint request, out WindowSize size);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int Get(int descriptor, out Settings settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static partial int Set(int descriptor, int when, in Settings settings);

    /// <summary><c>cc_t c_cc[NCCS]</c></summary>
    [InlineArray(32)]
    private struct ControlCharacters
    {
        private byte first;
    }

    /// <summary><c>struct termios</c> of glibc and musl.</summary>
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
