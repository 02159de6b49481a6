using System.Diagnostics;

namespace TraceCap.Cli.Tests;

/// <summary>A device that is full, as /dev/full is: one that a test may lose.</summary>
internal static class FullDevice
{
    /// <summary>Makes one in a folder; skips the test if that is not allowed.</summary>
    /// <returns>Its path.</returns>
    internal static string In(string folder)
    {
        var path = Path.Combine(folder, "full");
        using var make = Process.Start(new ProcessStartInfo("mknod", [path, "c", "1", "7"]) { RedirectStandardError = true })!;
        make.WaitForExit();
        Assert.SkipUnless(make.ExitCode == 0 && CanBeOpened(path), "no device can be made here");
        return path;
    }

    /// <summary>Whether it is still there, and no file in its place.</summary>
    internal static bool Is(string path) => Shell.Run($"stat -c %F {path}").Text == "character special file\n";

    /// <summary>A file system may be mounted without devices.</summary>
    private static bool CanBeOpened(string path)
    {
        try
        {
            File.OpenWrite(path).Dispose();
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
