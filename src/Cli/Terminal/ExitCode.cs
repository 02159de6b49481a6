using TraceCap.Analyzer.Checks;

namespace TraceCap.Cli.Terminal;

/// <summary>What the shell sees.</summary>
internal enum ExitCode
{
    /// <summary>Done.</summary>
    Done = 0,

    /// <summary>It could not be done; stderr says why. Or it was done, and what was to hold does not.</summary>
    Failed = 1,

    /// <summary>The command line is wrong.</summary>
    Usage = 2,

    /// <summary>Done, but the input was damaged or truncated: all that is readable was read.</summary>
    Damaged = 3,

    /// <summary>Done, but it cannot be told whether what was to hold does: what is missing from the input decides.</summary>
    Unknown = 4,

    /// <summary>Ended by Ctrl-C before it was done: what a shell says of a program that SIGINT ends.</summary>
    Interrupted = 130,
}

/// <summary>Exit codes of verdicts.</summary>
internal static class ExitCodes
{
    /// <summary>That of a command which judges: one that fails outweighs one that cannot be told, and that the state of the
    /// input, unless this could not be read at all.</summary>
    internal static ExitCode Of(ExitCode input, IReadOnlyCollection<Verdict> verdicts) =>
        input == ExitCode.Failed || verdicts.Contains(Verdict.Fails) ? ExitCode.Failed
        : verdicts.Contains(Verdict.Unknown) ? ExitCode.Unknown
        : input;
}

/// <summary>A failure that the user is told in one line.</summary>
internal sealed class CommandException : Exception
{
    internal CommandException(string message, ExitCode code = ExitCode.Failed)
        : base(message) => Code = code;

    internal ExitCode Code { get; }
}
