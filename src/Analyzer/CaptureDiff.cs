using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Comparison;
using TraceCap.Analyzer.Conditions;
using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer;

/// <summary>A metric of two captures.</summary>
/// <param name="Name">What expressions call it.</param>
/// <param name="Before">Its value in the first; null if there is nothing to measure.</param>
/// <param name="After">Its value in the second; null if there is nothing to measure.</param>
/// <param name="Verdict">Whether they differ by more than chance.</param>
public sealed record MetricDifference(string Name, MetricValue? Before, MetricValue? After, ChangeVerdict Verdict)
{
    /// <summary>The probability that two captures of one and the same traffic differ as much, or more: a p-value, by itself; null if
    /// no test tells.</summary>
    public double? Chance { get; init; }

    /// <summary>The same, all that was compared considered: what the verdict goes by.</summary>
    public double? AdjustedChance { get; init; }

    /// <summary>Whether chance does not explain the difference; null if no test tells, or what is missing may explain it.</summary>
    public bool? IsSignificant => Verdict.IsSignificant();

    /// <summary>The name, both values, and whether chance explains the difference.</summary>
    public override string ToString() =>
        $"{Name}: {Before?.Text ?? "nothing"} -> {After?.Text ?? "nothing"}{(Verdict == ChangeVerdict.Untested ? "" : $", {Verdict.Word()}")}";
}

/// <summary>What two captures have and have not in common.</summary>
public sealed class CaptureDiff
{
    private readonly Func<IReadOnlyList<Expectation>, CancellationToken, CaptureComparison> compare;
    private readonly string names;

    private CaptureDiff(string names, CaptureComparison comparison, Func<IReadOnlyList<Expectation>, CancellationToken, CaptureComparison> compare)
    {
        (this.names, this.compare) = (names, compare);
        Metrics = [.. comparison.Changes.Select(change => new MetricDifference(
            change.Metric.Name, MetricValue.Of(change.Metric, change.Before), MetricValue.Of(change.Metric, change.After), change.Verdict)
        {
            Chance = change.Chance,
            AdjustedChance = change.AdjustedChance,
        })];
        Groups = comparison.Groups;
        Missing = [.. comparison.Missing.Select(missing => $"{missing.Capture}: {missing.Missing}")];
    }

    /// <summary>All metrics of both.</summary>
    public IReadOnlyList<MetricDifference> Metrics { get; }

    /// <summary>Services, peers and reasons of failures that are new, have vanished, or fail more often or less often.</summary>
    public IReadOnlyList<GroupChanges> Groups { get; }

    /// <summary>What is missing from one of the captures, so that a difference may come from that; usually nothing.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>The metrics whose difference chance does not explain.</summary>
    public IEnumerable<MetricDifference> Changes => Metrics.Where(metric => metric.IsSignificant == true);

    /// <summary>Holds the difference against what must not be. Reads both captures again.</summary>
    /// <param name="unwanted">Such as <c>lifetime.p99 &gt; +20%</c>, <c>failed &gt; +0</c> or, of the second capture alone,
    /// <c>active.end &gt; 3</c>.</param>
    /// <exception cref="ConditionFormatException">An expression is none.</exception>
    public CheckReport FailIf(params string[] unwanted) => FailIf(unwanted, allowLoss: false);

    /// <summary>The same.</summary>
    /// <param name="unwanted">What must not be.</param>
    /// <param name="allowLoss">Whether it is judged by what was recorded, as if nothing were missing.</param>
    /// <param name="token">Ends the reading.</param>
    /// <exception cref="ConditionFormatException">An expression is none.</exception>
    public CheckReport FailIf(IEnumerable<string> unwanted, bool allowLoss, CancellationToken token = default)
    {
        var expectations = unwanted.Select(Expectation.ParseComparison).ToArray();
        var comparison = compare(expectations, token);
        return new CheckReport(names, [.. expectations.Select(expectation => ResultOf(comparison, expectation, allowLoss))]);
    }

    /// <summary>The metrics that changed, a line for each.</summary>
    public override string ToString() => string.Join("\n  ", [names, .. Changes.Select(change => change.ToString())]);

    internal static CaptureDiff Of(CaptureSources before, CaptureSources after, ConnectionFilter? filter, CancellationToken token)
    {
        var names = $"{NamesOf(before)} -> {NamesOf(after)}";
        return new CaptureDiff(names, Compare([], token), Compare);

        CaptureComparison Compare(IReadOnlyList<Expectation> expectations, CancellationToken token) =>
            new(Read(before, expectations, token), Read(after, expectations, token));

        ComparedCapture Read(CaptureSources sources, IReadOnlyList<Expectation> expectations, CancellationToken token)
        {
            var compared = new ComparedCapture(expectations);
            sources.Read(compared, filter, token);
            return compared;
        }
    }

    private static ExpectationResult ResultOf(CaptureComparison comparison, Expectation expectation, bool allowLoss)
    {
        var result = new CaptureComparison(comparison.Before, comparison.After) { AllowLoss = allowLoss }.Check(expectation);
        var figures = string.Join("; ", result.Terms.Select(Figures));
        return new ExpectationResult(
            $"not {expectation.Text}", result.Verdict.Not(), result.Reason is { } reason ? $"{figures}: {reason}" : figures, result.Reason);

        static string Figures(ComparisonResult term) => $"{TextOf(term, term.Before)} -> {TextOf(term, term.After)}";

        static string TextOf(ComparisonResult term, KnownFigure known) => MetricValue.Of(term.Expectation.Metric, known.Seen)?.Text ?? "nothing";
    }

    private static string NamesOf(CaptureSources sources) => string.Join(", ", sources.All.Select(source => Path.GetFileName(source.Name)));
}
