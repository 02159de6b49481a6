using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Statistics;

namespace TraceCap.Analyzer.Comparison;

/// <summary>A metric of two captures.</summary>
/// <param name="Metric">Which.</param>
/// <param name="Before">The figure of the first; null if it has none.</param>
/// <param name="After">The figure of the second; null if it has none.</param>
/// <param name="Chance">The p-value of <see cref="Metric.Chance"/>.</param>
public sealed record MetricChange(Metric Metric, Figure? Before, Figure? After, double? Chance)
{
    /// <summary>Whether chance does not explain the difference; null if no test tells.</summary>
    public bool? IsSignificant => Chance is { } chance ? chance < CaptureComparison.Significance : null;
}

/// <summary>What became of a group of connections.</summary>
/// <param name="Name">The group.</param>
/// <param name="Before">How many there were in the first capture.</param>
/// <param name="After">How many there were in the second.</param>
/// <param name="Chance">The p-value of <see cref="CountTest.Chance"/>.</param>
/// <param name="IsSignificant">Whether chance does not explain the difference, all groups that were compared considered.
/// </param>
public sealed record GroupChange(string Name, long Before, long After, double? Chance, bool IsSignificant);

/// <summary>Groups of one kind that differ between two captures, the most certain changes first.</summary>
/// <param name="By">What they have in common.</param>
/// <param name="New">Those that the first capture has not.</param>
/// <param name="Vanished">Those that the second has not.</param>
/// <param name="Failures">Those whose connects failed more often or less often; their counts are those of failures.</param>
/// <param name="IsComplete">Whether all groups could be told apart. If not, one that seems new or vanished may only have
/// been too small to be kept (<see cref="ConnectionGroups.MaxGroups"/>).</param>
public sealed record GroupChanges(
    Grouping By,
    IReadOnlyList<GroupChange> New,
    IReadOnlyList<GroupChange> Vanished,
    IReadOnlyList<GroupChange> Failures,
    bool IsComplete);

/// <summary>What two captures have and have not in common.</summary>
/// <param name="before">The first.</param>
/// <param name="after">The second.</param>
public sealed class CaptureComparison(ComparedCapture before, ComparedCapture after)
{
    /// <summary>A difference that chance makes less often than this is called a change, all others noise.</summary>
    public const double Significance = 0.01;

    /// <summary>Whether expectations are judged by what was recorded, as if nothing were missing.</summary>
    public bool AllowLoss { get; init; }

    /// <summary>The first capture.</summary>
    public ComparedCapture Before => before;

    /// <summary>The second capture.</summary>
    public ComparedCapture After => after;

    /// <summary>All metrics of both.</summary>
    public IReadOnlyList<MetricChange> Changes { get; } =
    [
        .. MetricTable.All.Select(metric => new MetricChange(
            metric, metric.Of(before.Figures), metric.Of(after.Figures), metric.Chance(before.Figures, after.Figures))),
    ];

    /// <summary>How the lifetimes differ; null if there is nothing to compare.</summary>
    public DistributionDifference? Lifetimes { get; } =
        DistributionTest.Compare(before.Figures.Connections.Lifetimes, after.Figures.Connections.Lifetimes);

    /// <summary>How the times to connect differ; null if there is nothing to compare.</summary>
    public DistributionDifference? ConnectTimes { get; } =
        DistributionTest.Compare(before.Figures.Connections.ConnectTimes, after.Figures.Connections.ConnectTimes);

    /// <summary>Services, peers, and reasons of failures.</summary>
    public IReadOnlyList<GroupChanges> Groups { get; } =
        [.. before.Groups.Zip(after.Groups, (one, other) => Compare(one, before.Figures.Seconds, other, after.Figures.Seconds))];

    /// <summary>What is missing from both, each with its name: <c>before</c>, <c>after</c>. Differences may come from that.</summary>
    public IReadOnlyList<(string Capture, string Missing)> Missing { get; } =
    [
        .. new[] { (Capture: "before", before.Figures.Doubts), (Capture: "after", after.Figures.Doubts) }
            .Where(one => one.Doubts.Reasons.Count > 0).Select(one => (one.Capture, one.Doubts.Text)),
    ];

    /// <summary>What became of an expectation about both.</summary>
    /// <param name="expectation">What should not be.</param>
    public ComparisonResult Check(Expectation expectation)
    {
        var (one, other) = (before.FiguresOf(expectation), after.FiguresOf(expectation));
        return new ComparisonResult(
            expectation,
            KnownFigure.Of(expectation, one, AllowLoss),
            KnownFigure.Of(expectation, other, AllowLoss),
            expectation.Metric.Chance(one, other));
    }

    private static GroupChanges Compare(ConnectionGroups before, double secondsBefore, ConnectionGroups after, double secondsAfter)
    {
        var (one, other) = (before.ByKey, after.ByKey);
        var keys = one.Keys.Union(other.Keys).ToArray();
        // So many are compared at once that some differ by chance (Bonferroni).
        var limit = Significance / Math.Max(1, keys.Length);
        var changes = keys.Select(key => (
            IsOld: one.ContainsKey(key),
            IsStill: other.ContainsKey(key),
            All: Change(key, of => of.Ends),
            Failed: Change(key, of => of.Failed))).ToArray();
        return new GroupChanges(
            before.By,
            Order(changes.Where(change => !change.IsOld).Select(change => change.All)),
            Order(changes.Where(change => !change.IsStill).Select(change => change.All)),
            Order(changes.Select(change => change.Failed).Where(failed => failed.Before != failed.After)),
            before.Others is null && after.Others is null);

        GroupChange Change(GroupKey key, Func<ConnectionStatistics, long> count)
        {
            var (first, second) = (one.TryGetValue(key, out var then) ? count(then) : 0, other.TryGetValue(key, out var now) ? count(now) : 0);
            var chance = CountTest.Chance(first, secondsBefore, second, secondsAfter);
            return new GroupChange(before.By.Text(key), first, second, chance, chance < limit);
        }
    }

    private static GroupChange[] Order(IEnumerable<GroupChange> changes) =>
        [.. changes.OrderBy(change => change.Chance ?? 1).ThenByDescending(change => Math.Abs(change.After - change.Before)).ThenBy(change => change.Name, StringComparer.Ordinal)];
}
