using TraceCap.Analyzer.Formatting;

namespace TraceCap.Cli.Terminal;

/// <summary>What goes to stderr.</summary>
internal static class Messages
{
    /// <summary>Between the lines of one message. They are indented, so that no name of a file passes for a message.</summary>
    private const string NextLine = "\n  ";

    private static volatile Action<string>? diverted;

    /// <summary>Says something.</summary>
    internal static void Warn(string message) => Say(message, Emphasis.None);

    /// <summary>Says why something is not done, or that something is lost.</summary>
    internal static void Fail(string message) => Say(message, Emphasis.Bad);

    /// <summary>Has messages go elsewhere while something else is on the screen; null: where they usually go.</summary>
    internal static void Divert(Action<string>? take) => diverted = take;

    /// <summary>Says where to read on.</summary>
    internal static void Advise(string advice) => StandardError.Write(advice + "\n");

    private static void Say(string message, Emphasis emphasis)
    {
        if (diverted is { } take)
        {
            take(message);
            return;
        }

        StatusLine.Hide();
        StandardError.Write(ColourChoice.OfError.Of("tracecap:", emphasis) + " " + string.Join(NextLine, message.Split(NextLine).Select(PrintableText.Of)) + "\n");
    }
}
