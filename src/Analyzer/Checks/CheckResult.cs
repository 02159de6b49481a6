using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Checks;

/// <summary>What became of a comparison.</summary>
/// <param name="Comparison">What was expected.</param>
/// <param name="Known">What is known of its figure.</param>
internal sealed record CheckedTerm(MetricComparison Comparison, KnownFigure Known)
{
    /// <summary>Whether it holds; unknown if it cannot be told: then nobody should rely on it.</summary>
    public Verdict Verdict => Verdicts.Of(Comparison.Holds(Known.Judged));

    /// <summary>What is to be known about the figure: what is missing, or why nothing can be told; null if the figure says all.
    /// </summary>
    public string? Reason => Known.Reason(isDecided: Verdict != Verdict.Unknown);

    /// <summary>The figure in words.</summary>
    public string FigureText => Known.Text(isDecided: Verdict != Verdict.Unknown);
}

/// <summary>What became of an expectation.</summary>
/// <param name="Expectation">What was expected.</param>
/// <param name="Terms">What became of its comparisons, in their order.</param>
internal sealed record CheckResult(Expectation Expectation, IReadOnlyList<CheckedTerm> Terms)
{
    /// <summary>Whether it holds; unknown if it cannot be told.</summary>
    public Verdict Verdict => Expectation.Judge(Terms.Select(term => term.Verdict));

    /// <summary>The same; null if it cannot be told.</summary>
    public bool? Holds => Verdict.ToHolds();

    /// <summary>The figure of what was recorded, of the first comparison; null if there was nothing to measure.</summary>
    public Figure? Figure => Terms[0].Known.Seen;

    /// <summary>What is to be known about the figures; null if they say all.</summary>
    public string? Reason => Terms.Select(term => term.Reason).OfType<string>().Distinct().ToArray() is { Length: > 0 } reasons ? string.Join("; ", reasons) : null;

    /// <summary>The figures in words; of several each with its comparison.</summary>
    public string FigureText => Terms is [var only] ? only.FigureText
        : string.Join("; ", Terms.Select(term => $"{term.Comparison.Metric.Name} {term.FigureText}"));

    /// <summary>The verdict, the expectation, and the figures.</summary>
    public override string ToString() => $"{Verdict.Status()}: {Expectation.Text}: {FigureText}";
}
