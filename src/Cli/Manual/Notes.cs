using TraceCap.Analyzer.Findings;

namespace TraceCap.Cli.Manual;

/// <summary>What the help of a command says beyond its options.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Rows">Names with their meanings.</param>
internal sealed record Notes(string Title, IReadOnlyList<(string Name, string Meaning)> Rows)
{
    /// <summary>Those of a command; null if there are none.</summary>
    internal static Notes? Of(string command) => command == "summary"
        ? new Notes("Findings", [.. FindingRule.All.Select(rule => (rule.Name, rule.Condition))])
        : null;
}
