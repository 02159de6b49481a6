using TraceCap.Analyzer.Findings;

namespace TraceCap.Cli.Commands;

/// <summary>What the help of a command says beyond its options.</summary>
internal static class Notes
{
    private static readonly Dictionary<string, Func<string>> all = new()
    {
        ["summary"] = () => $"Findings:\n{string.Concat(FindingRule.All.Select(rule => $"  {rule.Name,-12}{rule.Condition}\n"))}",
    };

    /// <summary>Those of a command, lines of text; empty if there are none.</summary>
    internal static string Of(string command) => all.TryGetValue(command, out var notes) ? notes() : "";
}
