using TraceCap.Analyzer.Formatting;

namespace TraceCap.Cli.Terminal;

/// <summary>When text stands out by colours.</summary>
internal enum ColourWhen
{
    /// <summary>On a terminal, unless the environment says otherwise.</summary>
    Auto,

    /// <summary>Also in a pipe.</summary>
    Always,

    /// <summary>Nowhere.</summary>
    Never,
}

/// <summary>Decides whether text stands out by colours. What goes into a file that an option names never does, nor what is for programs.</summary>
internal static class ColourChoice
{
    /// <summary>What the command line asks for.</summary>
    internal static ColourWhen Asked { get; set; }

    /// <summary>The colours of standard output.</summary>
    internal static TextColours OfOutput => Of(!Console.IsOutputRedirected);

    /// <summary>The colours of standard error.</summary>
    internal static TextColours OfError => Of(StandardError.IsTerminal);

    /// <summary>The option goes before the environment; there NO_COLOR (no-color.org) before FORCE_COLOR and CLICOLOR_FORCE
    /// (bixense.com/clicolors), and these before what the terminal is. Set to nothing is not set.</summary>
    /// <param name="asked">What the option asks for.</param>
    /// <param name="isTerminal">Whether it goes to a terminal.</param>
    /// <param name="variable">The environment.</param>
    internal static bool Decide(ColourWhen asked, bool isTerminal, Func<string, string?> variable)
    {
        if (asked != ColourWhen.Auto)
        {
            return asked == ColourWhen.Always;
        }

        if (Value("NO_COLOR") is not null || Value("FORCE_COLOR") is "0" or "false" || Value("CLICOLOR") is "0")
        {
            return false;
        }

        return Value("FORCE_COLOR") is not null || Value("CLICOLOR_FORCE") is not (null or "0") || (isTerminal && variable("TERM") is not "dumb");

        string? Value(string name) => variable(name) is { Length: > 0 } value ? value : null;
    }

    private static TextColours Of(bool isTerminal) =>
        Decide(Asked, isTerminal && TerminalKind.TakesCodes, Environment.GetEnvironmentVariable) ? TextColours.Terminal : TextColours.None;
}
