namespace TraceCap.Cli.Manual;

/// <summary>What the help of the program puts together.</summary>
internal static class CommandGroups
{
    private const string Others = "Others";

    private static readonly (string Title, string[] Commands)[] all =
    [
        ("Record", ["record", "trace", "probes"]),
        ("Look", ["info", "summary", "lifetimes", "churn", "replay", "top", "plot", "report"]),
        ("Compare", ["check", "diff"]),
        ("Ask and hand on", ["query", "export", "ship", "fields"]),
        ("Make captures of captures", ["cut", "split", "merge", "compact", "anonymize", "recover", "verify", "import"]),
    ];

    /// <summary>The titles in their order, each with the commands of it that there are.</summary>
    internal static IEnumerable<(string Title, IReadOnlyList<T> Commands)> Of<T>(IReadOnlyList<T> commands, Func<T, string> name) => all
        .Select(group => (group.Title, (IReadOnlyList<T>)[.. group.Commands.SelectMany(one => commands.Where(command => name(command) == one))]))
        .Append((Others, [.. commands.Where(command => !all.Any(group => group.Commands.Contains(name(command))))]))
        .Where(group => group.Item2.Count > 0);
}
