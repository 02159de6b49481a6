using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Statistics;

namespace TraceCap.Analyzer.Comparison;

/// <summary>What two captures have and have not in common.</summary>
/// <param name="before">The first.</param>
/// <param name="after">The second.</param>
internal sealed class CaptureComparison(ComparedCapture before, ComparedCapture after)
{
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
    public UnwantedResult Check(Expectation expectation) => new(expectation, [.. expectation.Terms.Select(Check)]);

    private ComparisonResult Check(MetricComparison expectation)
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
        var limit = MetricChange.Significance / Math.Max(1, keys.Length);
        var changes = keys.Select(key => (
            IsOld: one.ContainsKey(key),
            IsStill: other.ContainsKey(key),
            All: Change(key, of => of.Ends),
            Failed: Change(key, of => of.Failed))).ToArray();
        return new GroupChanges(
            Order(changes.Where(change => !change.IsOld).Select(change => change.All)),
            Order(changes.Where(change => !change.IsStill).Select(change => change.All)),
            Order(changes.Select(change => change.Failed).Where(failed => failed.Before != failed.After)),
            before.Others is null && after.Others is null)
        {
            By = before.By,
        };

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
