namespace TraceCap.Cli;

/// <summary>One line on stderr that changes while something runs, if that is a terminal; gone at the end.</summary>
internal sealed class StatusLine : IDisposable
{
    private const string Clear = "\r\u001b[K";

    private bool isShown;

    /// <summary>Whether somebody can see it.</summary>
    internal bool IsSeen { get; } = !Console.IsErrorRedirected;

    internal void Show(string text)
    {
        Console.Error.Write(Clear + text);
        isShown = true;
    }

    public void Dispose()
    {
        if (isShown)
        {
            Console.Error.Write(Clear);
            isShown = false;
        }
    }
}
