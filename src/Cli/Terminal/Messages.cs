using TraceCap.Analyzer.Formatting;

namespace TraceCap.Cli.Terminal;

/// <summary>What goes to stderr.</summary>
internal static class Messages
{
    /// <summary>Between the lines of one message. They are indented, so that no name of a file passes for a message.</summary>
    private const string NextLine = "\n  ";

    internal static void Warn(string message)
    {
        StatusLine.Hide();
        StandardError.Write("tracecap: " + string.Join(NextLine, message.Split(NextLine).Select(PrintableText.Of)) + "\n");
    }

    /// <summary>Says where to read on.</summary>
    internal static void Advise(string advice) => StandardError.Write(advice + "\n");
}
