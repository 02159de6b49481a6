using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace TraceCap.Cli.Terminal;

/// <summary>Terminals of macOS.</summary>
[SupportedOSPlatform("macos")]
internal static partial class DarwinTerminal
{
    // sys/ttycom.h.
    private const nuint GetWindowSize = 0x40087468;
    private const int SetNow = 0;

    // sys/termios.h.
    private const nuint Signals = 0x80;
    private const nuint Lines = 0x100;
    private const nuint Echo = 0x8;
    private const nuint Extended = 0x400;
    private const nuint ReturnIsNewLine = 0x100;
    private const nuint FlowControl = 0x200;
    private const int LeastBytes = 16;
    private const int LongestWait = 17;

    /// <summary>How many columns and rows one has now; null if it does not tell.</summary>
    internal static WindowSize? SizeOf(int descriptor)
    {
        var result = RuntimeInformation.ProcessArchitecture == Architecture.Arm64
            ? Query(descriptor, GetWindowSize, 0, 0, 0, 0, 0, 0, out var size)
            : Query(descriptor, GetWindowSize, out size);
        return result == 0 ? size : null;
    }

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

    /// <summary>Apple's Arm has what is variadic on the stack, behind the eight registers for arguments.</summary>
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Query(int descriptor, nuint request, nint third, nint fourth, nint fifth, nint sixth, nint seventh, nint eighth, out WindowSize size);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int Get(int descriptor, out Settings settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static partial int Set(int descriptor, int when, in Settings settings);

    /// <summary><c>cc_t c_cc[NCCS]</c></summary>
    [InlineArray(20)]
    private struct ControlCharacters
    {
        private byte first;
    }

    /// <summary><c>struct termios</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Settings
    {
        internal nuint Input;
        internal nuint Output;
        internal nuint Control;
        internal nuint Local;
        internal ControlCharacters Characters;
        internal nuint InputSpeed;
        internal nuint OutputSpeed;
    }
}
