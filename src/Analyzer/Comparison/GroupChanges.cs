using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Statistics;

namespace TraceCap.Analyzer.Comparison;

/// <summary>What became of a group of connections. Connections within the host count once.</summary>
/// <param name="Name">The group.</param>
/// <param name="Before">How many there were in the first capture.</param>
/// <param name="After">How many there were in the second.</param>
/// <param name="Verdict">Whether they differ by more than chance.</param>
public sealed record GroupChange(string Name, long Before, long After, ChangeVerdict Verdict)
{
    /// <summary>The p-value by itself, before it is known how many groups are compared; null if there was too little to test.</summary>
    public double? Chance { get; init; }

    /// <summary>The same, all groups that were compared considered.</summary>
    public double? AdjustedChance { get; init; }

    /// <summary>Where the ratio of the numbers in a second lies, after to before; null if that is not known.</summary>
    internal Effect? Effect { get; init; }

    /// <summary>Whether chance does not explain the difference, all groups that were compared considered, and what is missing does
    /// not either.</summary>
    public bool IsSignificant => Verdict == ChangeVerdict.Changed;
}

/// <summary>Groups of one kind that differ between two captures, the most certain changes first.</summary>
/// <param name="New">Those that the first capture has not.</param>
/// <param name="Vanished">Those that the second has not.</param>
/// <param name="Failures">Those whose connects failed more often or less often; their counts are those of failures.</param>
/// <param name="IsComplete">Whether all groups could be told apart. If not, the smallest were not kept
/// (<see cref="ComparedGroups.MaxGroups"/>), and none is called new or vanished that may only be one of them.</param>
public sealed record GroupChanges(
    IReadOnlyList<GroupChange> New,
    IReadOnlyList<GroupChange> Vanished,
    IReadOnlyList<GroupChange> Failures,
    bool IsComplete)
{
    /// <summary>What connections of one group have in common: <c>service</c>, <c>peer</c> or <c>errno</c>.</summary>
    public string Kind => By.Word;

    /// <summary>All about <see cref="Kind"/>.</summary>
    internal Grouping By { get; init; } = Grouping.Of(GroupBy.Service);
}
