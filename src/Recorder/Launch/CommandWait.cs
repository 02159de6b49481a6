using TraceCap.Format.Units;

namespace TraceCap.Recorder.Launch;

/// <summary>What a recording of a command waits for.</summary>
/// <param name="Most">How long what the command has started may go on after it; null: as long as it takes.</param>
internal sealed record CommandWait(TimeSpan? Most)
{
    /// <summary>What is expected as a text.</summary>
    internal const string Expected = "all, command, or a time such as 10s";

    /// <summary>Until all that it started has ended.</summary>
    internal static CommandWait All { get; } = new((TimeSpan?)null);

    /// <summary>Until it has ended itself.</summary>
    internal static CommandWait Command { get; } = new(TimeSpan.Zero);

    /// <summary>The words for those that are no time.</summary>
    internal static IReadOnlyList<string> Words { get; } = ["all", "command"];

    /// <exception cref="FormatException">It is none.</exception>
    internal static CommandWait Parse(string text) => text switch
    {
        "all" => All,
        "command" => Command,
        _ => Durations.TryParse(text, out TimeSpan time) && time > TimeSpan.Zero
            ? new CommandWait(time)
            : throw new FormatException($"expected {Expected}"),
    };
}
