using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Statistics;

namespace TraceCap.Analyzer.Comparison;

/// <summary>What became of a comparison about two captures.</summary>
/// <param name="Expectation">What should not be.</param>
/// <param name="Before">What is known of the figure of the first.</param>
/// <param name="After">What is known of that of the second.</param>
/// <param name="Test">What <see cref="Metric.Test"/> says, as the only test there is: what is told is judged by the figures, not by it.</param>
internal sealed record ComparisonResult(MetricComparison Expectation, KnownFigure Before, KnownFigure After, TestOutcome? Test)
{
    /// <summary>By how much the figures differ; null if that is not known.</summary>
    public Effect? Effect { get; init; }

    /// <summary>What there was.</summary>
    public MetricChange Change => new(
        Expectation.Metric, Before.Seen, After.Seen, Test is null ? ChangeVerdict.Untested : ChangeVerdicts.Of(Test.Chance, Test.Surely))
    {
        Effect = Effect,
        Chance = Test?.Chance,
    };

    /// <summary>Whether it holds; null if it cannot be told.</summary>
    public bool? Holds => Expectation.Holds(Before.Judged, After.Judged);

    /// <summary>The same.</summary>
    public Verdict Verdict => Verdicts.Of(Holds);

    /// <summary>What is to be known about the figures: what is missing, or why nothing can be told; null if they say all.
    /// </summary>
    public string? Reason
    {
        get
        {
            var isDecided = Holds is not null;
            // Without a sign it is about the second alone.
            var before = Expectation.Kind == ExpectationKind.Value ? null : ReasonOf("before", Before, isDecided);
            var after = ReasonOf("after", After, isDecided);
            return before is null || after is null ? before ?? after : $"{before}; {after}";
        }
    }

    private static string? ReasonOf(string capture, KnownFigure figure, bool isDecided) => figure.Reason(isDecided) is not { } reason ? null
        : figure is { IsDoubtful: true, Possible: { } possible } ? $"{capture} {possible.Bounds(figure.Metric.Unit)} {(figure.IsLossAllowed ? "allowed" : "possible")}: {reason}"
        : $"{capture}: {reason}";
}

/// <summary>What became of an expectation about two captures.</summary>
/// <param name="Expectation">What should not be.</param>
/// <param name="Terms">What became of its comparisons, in their order.</param>
internal sealed record UnwantedResult(Expectation Expectation, IReadOnlyList<ComparisonResult> Terms)
{
    /// <summary>Whether it holds, which it should not; unknown if that cannot be told.</summary>
    public Verdict Verdict => Expectation.Judge(Terms.Select(term => term.Verdict));

    /// <summary>The same; null if it cannot be told.</summary>
    public bool? Holds => Verdict.ToHolds();

    /// <summary>What is to be known about the figures; null if they say all.</summary>
    public string? Reason => Terms.Select(term => term.Reason).OfType<string>().Distinct().ToArray() is { Length: > 0 } reasons ? string.Join("; ", reasons) : null;
}
