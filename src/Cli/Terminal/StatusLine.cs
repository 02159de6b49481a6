namespace TraceCap.Cli.Terminal;

/// <summary>One line on stderr that changes while something runs, if that is a terminal; gone before any message.</summary>
internal static class StatusLine
{
    private const string Clear = "\r\u001b[K";

    private static bool isShown;

    /// <summary>Whether stderr is a terminal that it can be shown on.</summary>
    internal static bool IsSeen { get; } = StandardError.IsTerminal && TerminalKind.TakesCodes;

    /// <summary>Shows as much as fits the terminal now; nothing if the terminal takes nothing now.</summary>
    internal static void Show(string text)
    {
        // A line as wide as the terminal would wrap on some.
        var room = Math.Max(0, Descriptors.Columns(Descriptors.Error) - 1);
        StandardError.Post(Clear + (text.Length > room ? text[..room] : text));
        isShown = true;
    }

    /// <summary>Takes the line away.</summary>
    internal static void Hide()
    {
        if (isShown)
        {
            StandardError.Write(Clear);
            isShown = false;
        }
    }
}
