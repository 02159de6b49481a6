using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace TraceCap.Cli.Terminal;

/// <summary>The console of Windows, which takes codes and UTF-8 only if it is asked to, and keeps what it was asked for by programs that have
/// ended.</summary>
[SupportedOSPlatform("windows")]
internal static partial class WindowsConsole
{
    private const uint Utf8 = 65001;
    private const int Input = -10;
    private const int Output = -11;
    private const int Error = -12;

    // SetConsoleMode.
    private const uint TakesCodesOfOutput = 0x4;
    private const uint Interrupts = 0x1;
    private const uint Lines = 0x2;
    private const uint Echo = 0x4;
    private const uint GivesCodesOfKeys = 0x200;

    /// <summary>Whether it takes codes that move the cursor; not known before <see cref="Prepare"/>.</summary>
    internal static bool TakesCodes { get; private set; }

    /// <summary>Has it take UTF-8 and codes until this process ends.</summary>
    internal static void Prepare()
    {
        var page = GetCodePage();
        if (page == 0 || SetCodePage(Utf8) == 0)
        {
            // There is no console.
            return;
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) => _ = SetCodePage(page);
        TakesCodes = true;
        foreach (var stream in new[] { GetStream(Output), GetStream(Error) })
        {
            if (GetMode(stream, out var before) == 0)
            {
                // A file or a pipe.
                continue;
            }

            if (SetMode(stream, before | TakesCodesOfOutput) == 0)
            {
                TakesCodes = false;
                continue;
            }

            AppDomain.CurrentDomain.ProcessExit += (_, _) => _ = SetMode(stream, before);
        }
    }

    /// <summary>Has it give each key at once, as terminals do, and show none of them.</summary>
    /// <returns>What has it be again as it was; null if it cannot be so.</returns>
    internal static Action? BeginRaw()
    {
        var stream = GetStream(Input);
        return GetMode(stream, out var before) != 0 && SetMode(stream, (before & ~(Interrupts | Lines | Echo)) | GivesCodesOfKeys) != 0
            ? () => _ = SetMode(stream, before)
            : null;
    }

    [LibraryImport("kernel32", EntryPoint = "GetStdHandle")]
    private static partial nint GetStream(int which);

    [LibraryImport("kernel32", EntryPoint = "GetConsoleMode")]
    private static partial int GetMode(nint stream, out uint mode);

    [LibraryImport("kernel32", EntryPoint = "SetConsoleMode")]
    private static partial int SetMode(nint stream, uint mode);

    [LibraryImport("kernel32", EntryPoint = "GetConsoleOutputCP")]
    private static partial uint GetCodePage();

    [LibraryImport("kernel32", EntryPoint = "SetConsoleOutputCP")]
    private static partial int SetCodePage(uint page);
}
