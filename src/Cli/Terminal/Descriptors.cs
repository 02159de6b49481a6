using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TraceCap.Cli.Terminal;

/// <summary>The three descriptors that a process begins with, as they were given to it.</summary>
internal static partial class Descriptors
{
    internal const int Input = 0;
    internal const int Output = 1;
    internal const int Error = 2;

    private const int GetFlags = 1;
    private const int CloseOnExec = 1;
    private const int ReadWrite = 2;
    private const int OpenFiles = 7;

    private static readonly bool[] closed = new bool[3];

    private static int CloseOnExecFlag => OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    /// <summary>Notes which of them were closed, and has <c>/dev/null</c> stand there: else the next file that is opened
    /// would take the place, and what is printed would be written into it.</summary>
    internal static void Check()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        for (var descriptor = Input; descriptor <= Error; descriptor++)
        {
            var flags = Control(descriptor, GetFlags);
            // What is closed on exec cannot have been inherited: the runtime opened it for itself.
            closed[descriptor] = flags < 0 || (flags & CloseOnExec) != 0;
            if (flags < 0)
            {
                _ = Open("/dev/null", ReadWrite);
            }
        }
    }

    /// <summary>Whether the process was given this one.</summary>
    internal static bool IsOpen(int descriptor) => !closed[descriptor];

    /// <summary>Bit by bit, which the process was not given.</summary>
    internal static int Closed => Enumerable.Range(Input, closed.Length).Sum(descriptor => closed[descriptor] ? 1 << descriptor : 0);

    /// <summary>Says that recording takes more open files than this process may have, before it fails half-way.</summary>
    /// <exception cref="CommandException">That.</exception>
    internal static void CheckLimit()
    {
        // The probes, their maps and links, what is watched, and the capture: some fifty with those that take the most.
        const ulong Least = 64;
        if (OperatingSystem.IsLinux() && ReadLimit(OpenFiles, out var limit) == 0 && limit.Now < Least)
        {
            throw new CommandException(FormattableString.Invariant(
                $"this process may have {limit.Now} open files, and recording takes {Least}; raise the limit, such as by ulimit -n 1024"));
        }
    }

    /// <summary>Whether this process has as many files open as it may; asked where something failed, before anything is closed again.</summary>
    internal static bool AreUsedUp()
    {
        const int TooManyOfAll = 23;
        const int TooMany = 24;
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        using var one = new SafeFileHandle(Open("/dev/null", CloseOnExecFlag), ownsHandle: true);
        return one.IsInvalid && Marshal.GetLastPInvokeError() is TooMany or TooManyOfAll;
    }

    /// <summary>The path that leads to what a descriptor stands for.</summary>
    internal static string PathOf(int descriptor) => FormattableString.Invariant($"/dev/fd/{descriptor}");

    /// <summary>How many columns a terminal has now, or COLUMNS says that it has; 80 if neither does.</summary>
    internal static int Columns(int descriptor)
    {
        const int Usual = 80;
        if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) && asked > 0)
        {
            return asked;
        }

        return Measure(descriptor) is { Columns: > 0 and var columns } ? columns : Usual;
    }

    /// <summary>How many columns and rows a terminal has now, whatever its environment says; null if it does not tell.</summary>
    internal static (int Columns, int Rows)? SizeOf(int descriptor) =>
        Measure(descriptor) is { Columns: > 0, Rows: > 0 } size ? (size.Columns, size.Rows) : null;

    /// <summary>What is typed, as it comes. On Unix the console's own stream would have the terminal gather lines again.</summary>
    /// <param name="terminal">The terminal; null for standard input.</param>
    internal static Stream OpenKeys(SafeFileHandle? terminal = null) => OperatingSystem.IsWindows()
        ? Console.OpenStandardInput()
        : new FileStream(terminal ?? new SafeFileHandle(Input, ownsHandle: false), FileAccess.Read, bufferSize: 0);

    /// <summary>Opens the terminal that controls this process, for what is typed while standard input is something else; null if there is none.</summary>
    internal static SafeFileHandle? OpenTerminal()
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        var terminal = new SafeFileHandle(Open("/dev/tty", CloseOnExecFlag), ownsHandle: true);
        if (!terminal.IsInvalid)
        {
            return terminal;
        }

        terminal.Dispose();
        return null;
    }

    private static WindowSize? Measure(int descriptor)
    {
        if (OperatingSystem.IsLinux())
        {
            return LinuxTerminal.SizeOf(descriptor);
        }

        if (OperatingSystem.IsMacOS())
        {
            return DarwinTerminal.SizeOf(descriptor);
        }

        try
        {
            return new WindowSize { Columns = (ushort)Console.WindowWidth, Rows = (ushort)Console.WindowHeight };
        }
        catch (Exception error) when (error is IOException or PlatformNotSupportedException)
        {
            // Standard output is no console.
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int ReadLimit(int resource, out Limit limit);

    /// <summary><c>struct rlimit</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        internal ulong Now;
        internal ulong Most;
    }
}
