namespace TraceCap.Cli;

/// <summary>What the shell sees.</summary>
internal enum ExitCode
{
    /// <summary>Done.</summary>
    Done = 0,

    /// <summary>It could not be done; stderr says why. Or it was done, and what was to hold does not.</summary>
    Failed = 1,

    /// <summary>The command line is wrong.</summary>
    Usage = 2,

    /// <summary>Done, but the input was damaged or cut short: all that is readable was read.</summary>
    Damaged = 3,
}

/// <summary>A failure that the user is told in one line.</summary>
internal sealed class CommandException : Exception
{
    internal CommandException(string message, ExitCode code = ExitCode.Failed)
        : base(message) => Code = code;

    internal ExitCode Code { get; }
}
