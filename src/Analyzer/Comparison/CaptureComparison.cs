using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Statistics;

namespace TraceCap.Analyzer.Comparison;

/// <summary>
/// What two captures have and have not in common. Of two captures of the same traffic one of the metrics is called changed in no more than
/// <see cref="ChangeVerdicts.Significance"/> of all cases, and one of the groups in no more (<see cref="Holm"/>): they are two families of tests,
/// so that many groups do not hide a change of the metrics.
/// </summary>
/// <param name="before">The first.</param>
/// <param name="after">The second.</param>
internal sealed class CaptureComparison(ComparedCapture before, ComparedCapture after)
{
    /// <summary>Whether what is missing is taken for nothing: expectations and changes are judged by what was recorded.</summary>
    public bool AllowLoss { get; init; }

    /// <summary>The first capture.</summary>
    public ComparedCapture Before => before;

    /// <summary>The second capture.</summary>
    public ComparedCapture After => after;

    /// <summary>All metrics of both.</summary>
    public IReadOnlyList<MetricChange> Changes => field ??= CompareMetrics();

    /// <summary>How the lifetimes differ; null if there is nothing to compare.</summary>
    public DurationDifference? Lifetimes => Tests.GetValueOrDefault(MetricTest.Lifetimes)?.Result.Durations;

    /// <summary>How the times to connect differ; null if there is nothing to compare.</summary>
    public DurationDifference? ConnectTimes => Tests.GetValueOrDefault(MetricTest.ConnectTimes)?.Result.Durations;

    /// <summary>Services, peers, and reasons of failures.</summary>
    public IReadOnlyList<GroupChanges> Groups => field ??= new GroupComparison(before, after, Surely).All;

    /// <summary>What is missing from both, or only let through by one, each with its name: <c>before</c>, <c>after</c>. Differences may come from that.</summary>
    public IReadOnlyList<(string Capture, string Missing)> Missing => field ??=
    [
        .. Doubts("before", before.Figures, after.Figures),
        .. Doubts("after", after.Figures, before.Figures),
    ];

    private Dictionary<MetricTest, Tested> Tests => field ??= RunTests();

    private bool HaveOneFilter => before.Figures.Doubts.Filters.SetEquals(after.Figures.Doubts.Filters);

    /// <summary>What a test says, all others considered.</summary>
    internal (ChangeVerdict Verdict, double? Adjusted) VerdictOf(MetricTest test) =>
        Tests.TryGetValue(test, out var tested) ? (ChangeVerdicts.Of(tested.Adjusted, tested.Surely), tested.Adjusted) : (ChangeVerdict.Untested, null);

    /// <summary>What became of an expectation about both.</summary>
    /// <param name="expectation">What should not be.</param>
    public UnwantedResult Check(Expectation expectation) => new(expectation, [.. expectation.Terms.Select(Check)]);

    private ComparisonResult Check(MetricComparison expectation)
    {
        var (one, other) = (before.FiguresOf(expectation), after.FiguresOf(expectation));
        var test = expectation.Metric.Test?.Run(one, other);
        return new ComparisonResult(expectation, KnownFigure.Of(expectation, one, AllowLoss), KnownFigure.Of(expectation, other, AllowLoss), test)
        {
            Effect = expectation.Metric.EffectOf(test, one, other),
        };
    }

    private static IEnumerable<(string, string)> Doubts(string name, CaptureFigures of, CaptureFigures other)
    {
        if (of.Doubts.Reasons.Count > 0)
        {
            yield return (name, of.Doubts.Text);
        }

        var others = of.Doubts.Filters.Except(other.Doubts.Filters).Order(StringComparer.Ordinal).ToArray();
        if (others.Length > 0)
        {
            yield return (name, $"it was filtered by {string.Join(", ", others)}, the other was not");
        }
    }

    /// <summary>The p-value of the smallest difference that is possible.</summary>
    private double Surely(TestOutcome result) => AllowLoss ? result.Chance : HaveOneFilter ? result.Surely : 1;

    private Dictionary<MetricTest, Tested> RunTests()
    {
        var results = MetricTable.All.Select(metric => metric.Test).OfType<MetricTest>().Distinct()
            .Select(test => (Test: test, Result: test.Run(before.Figures, after.Figures)))
            .Where(one => one.Result is not null).Select(one => (one.Test, Result: one.Result!)).ToArray();
        var chances = Holm.Adjust([.. results.Select(one => one.Result.Chance)], results.Length);
        var surely = Holm.Adjust([.. results.Select(one => Surely(one.Result))], results.Length);
        return results.Select((one, i) => (one.Test, Tested: new Tested(one.Result, chances[i], surely[i])))
            .ToDictionary(one => one.Test, one => one.Tested);
    }

    private MetricChange[] CompareMetrics() => [.. MetricTable.All.Select(Compare)];

    private MetricChange Compare(Metric metric)
    {
        var change = new MetricChange(metric, metric.Of(before.Figures), metric.Of(after.Figures), ChangeVerdict.Untested);
        if (metric.Test is not { } test || !Tests.TryGetValue(test, out var tested))
        {
            return change;
        }

        var verdict = ChangeVerdicts.Of(tested.Adjusted, tested.Surely);
        var effect = metric.EffectOf(tested.Result, before.Figures, after.Figures);
        if (metric.Percentile is not null)
        {
            // Durations have changed as a whole, or not: only then it is asked of each percentile (closed testing: Marcus, Peritz and Gabriel 1976).
            verdict = verdict == ChangeVerdict.Noise ? verdict
                : effect is null ? ChangeVerdict.Untested
                : effect.HasNone ? ChangeVerdict.Noise
                : verdict == ChangeVerdict.Changed && !AllowLoss && MayBeEqual(metric) ? ChangeVerdict.Unknown : verdict;
        }

        return change with { Verdict = verdict, Effect = effect, Chance = tested.Result.Chance, AdjustedChance = tested.Adjusted };
    }

    /// <summary>Whether both figures may be the same, with what is missing.</summary>
    private bool MayBeEqual(Metric metric) =>
        metric.Possible(before.Figures) is not { } one || metric.Possible(after.Figures) is not { } other || (one.Low <= other.High && other.Low <= one.High);

    /// <summary>The result of a test, and its p-values with all tests considered.</summary>
    private sealed record Tested(TestOutcome Result, double Adjusted, double Surely);
}
