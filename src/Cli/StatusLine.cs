namespace TraceCap.Cli;

/// <summary>One line on stderr that changes while something runs, if that is a terminal; gone at the end.</summary>
internal sealed class StatusLine : IDisposable
{
    private const string Clear = "\r\u001b[K";

    private bool isShown;

    /// <summary>Whether somebody can see it.</summary>
    internal bool IsSeen { get; } = StandardError.IsTerminal;

    /// <summary>Shows as much as fits the terminal now; nothing if the terminal takes nothing now.</summary>
    internal void Show(string text)
    {
        // A line as wide as the terminal would wrap on some.
        var room = Math.Max(0, Descriptors.Columns(Descriptors.Error) - 1);
        StandardError.Post(Clear + (text.Length > room ? text[..room] : text));
        isShown = true;
    }

    public void Dispose()
    {
        if (isShown)
        {
            StandardError.Write(Clear);
            isShown = false;
        }
    }
}
