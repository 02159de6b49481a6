using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Statistics;

namespace TraceCap.Analyzer.Comparison;

/// <summary>What became of a group of connections.</summary>
/// <param name="Name">The group.</param>
/// <param name="Before">How many there were in the first capture.</param>
/// <param name="After">How many there were in the second.</param>
/// <param name="Chance">The p-value of <see cref="CountTest.Chance"/>.</param>
/// <param name="IsSignificant">Whether chance does not explain the difference, all groups that were compared considered.
/// </param>
public sealed record GroupChange(string Name, long Before, long After, double? Chance, bool IsSignificant);

/// <summary>Groups of one kind that differ between two captures, the most certain changes first.</summary>
/// <param name="New">Those that the first capture has not.</param>
/// <param name="Vanished">Those that the second has not.</param>
/// <param name="Failures">Those whose connects failed more often or less often; their counts are those of failures.</param>
/// <param name="IsComplete">Whether all groups could be told apart. If not, one that seems new or vanished may only have
/// been too small to be kept (<see cref="ConnectionGroups.MaxGroups"/>).</param>
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
