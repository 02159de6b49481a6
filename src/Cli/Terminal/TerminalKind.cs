namespace TraceCap.Cli.Terminal;

/// <summary>What a terminal understands, as its environment tells it.</summary>
internal static class TerminalKind
{
    /// <summary>Whether it takes codes that move the cursor.</summary>
    internal static bool TakesCodes { get; } =
        Environment.GetEnvironmentVariable("TERM") is not "dumb" && (!OperatingSystem.IsWindows() || WindowsConsole.TakesCodes);

    /// <summary>Whether it shows more than ASCII: the first of these variables that is set and not empty decides (POSIX, 8.2).</summary>
    internal static bool ShowsUnicode { get; } = OperatingSystem.IsWindows() || (new[] { "LC_ALL", "LC_CTYPE", "LANG" }
        .Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => !string.IsNullOrEmpty(value)) is not ("C" or "POSIX"));
}
