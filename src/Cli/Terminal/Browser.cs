using System.ComponentModel;
using System.Diagnostics;

namespace TraceCap.Cli.Terminal;

/// <summary>The browser of who runs the command.</summary>
internal static class Browser
{
    /// <summary>A file for a page that is only to be looked at.</summary>
    internal static string NewPage() => Path.Combine(Path.GetTempPath(), $"tracecap-{Path.GetRandomFileName()[..8]}.html");

    /// <summary>Shows a file: by <c>$BROWSER</c>, else by what the system opens pages with. Says where the file is, and why if nothing
    /// shows it.</summary>
    internal static void Open(string path)
    {
        var full = Path.GetFullPath(path);
        var (program, arguments) = Environment.GetEnvironmentVariable("BROWSER") is { Length: > 0 } chosen ? (chosen, (string[])[full])
            : OperatingSystem.IsWindows() ? ("explorer.exe", [full])
            : OperatingSystem.IsMacOS() ? ("open", [full])
            : ("xdg-open", [full]);
        try
        {
            using var started = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false });
            Messages.Advise($"{full} is shown by {program}");
        }
        catch (Win32Exception error)
        {
            Messages.Warn($"{full} is written, but {program} cannot be started to show it ({error.Message}); open it in a browser, or name one in $BROWSER");
        }
    }
}
