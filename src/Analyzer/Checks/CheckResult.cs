using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Checks;

/// <summary>What became of an expectation.</summary>
/// <param name="Expectation">What was expected.</param>
/// <param name="Known">What is known of its figure.</param>
internal sealed record CheckResult(Expectation Expectation, KnownFigure Known)
{
    /// <summary>The figure of what was recorded; null if there was nothing to measure.</summary>
    public Figure? Figure => Known.Seen;

    /// <summary>Whether it holds; null if it cannot be told: then nobody should rely on it.</summary>
    public bool? Holds => Expectation.Holds(Known.Judged);

    /// <summary>The same.</summary>
    public Verdict Verdict => Verdicts.Of(Holds);

    /// <summary>What is to be known about the figure: what is missing, or why nothing can be told; null if the figure says all.
    /// </summary>
    public string? Reason => Known.Reason(isDecided: Holds is not null);

    /// <summary>The figure in words.</summary>
    public string FigureText => Known.Text(isDecided: Holds is not null);

    /// <summary>The verdict, the expectation, and the figure.</summary>
    public override string ToString() => $"{Verdict.Status()}: {Expectation.Text}: {FigureText}";
}
