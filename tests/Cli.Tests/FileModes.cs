namespace TraceCap.Cli.Tests;

/// <summary>Who may do what with a file, where files have that.</summary>
internal static class FileModes
{
    internal static void Set(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }
}
