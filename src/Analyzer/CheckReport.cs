using TraceCap.Analyzer.Checks;

namespace TraceCap.Analyzer;

/// <summary>What became of an expectation.</summary>
/// <param name="Expectation">As it was written.</param>
/// <param name="Verdict">Whether it is met; unknown if what is missing from the capture decides.</param>
/// <param name="Figure">What was measured, in words, and what is to be known about it.</param>
/// <param name="Reason">What is missing, or why nothing can be told; null if the figure says all.</param>
public sealed record ExpectationResult(string Expectation, Verdict Verdict, string Figure, string? Reason)
{
    /// <summary>The verdict, the expectation and the figure.</summary>
    public override string ToString() => $"{Verdict.Status(),-7} {Expectation}: {Figure}";
}

/// <summary>What became of expectations.</summary>
/// <param name="Captures">What was held against them, in a few words.</param>
/// <param name="Results">One for each, in the order in which they were given.</param>
public sealed record CheckReport(string Captures, IReadOnlyList<ExpectationResult> Results)
{
    /// <summary>The verdict on all: one that fails outweighs one that cannot be told.</summary>
    public Verdict Verdict => Verdicts.All(Results.Select(result => result.Verdict));

    /// <summary>Whether all expectations are met.</summary>
    public bool Holds => Verdict == Verdict.Holds;

    /// <summary>Those that are not met, or of which that cannot be told.</summary>
    public IEnumerable<ExpectationResult> NotMet => Results.Where(result => result.Verdict != Verdict.Holds);

    /// <summary>Ends a test unless all expectations are met. One that cannot be told is not met: allow for losses if that is wanted.
    /// </summary>
    /// <returns>This.</returns>
    /// <exception cref="CheckFailedException">One is not met; the message has a line for each.</exception>
    public CheckReport ThrowIfFailed() => Holds ? this : throw new CheckFailedException(this);

    /// <summary>How many are met, and a line for each: the verdict, the expectation, the figure.</summary>
    public override string ToString() => string.Join(
        "\n  ",
        [
            FormattableString.Invariant($"{Captures}: {Results.Count - NotMet.Count()} of {Results.Count} expectations are met"),
            .. Results.Select(result => result.ToString()),
        ]);
}

/// <summary>Expectations are not met, or it cannot be told whether they are.</summary>
public sealed class CheckFailedException : Exception
{
    internal CheckFailedException(CheckReport report)
        : base(report.ToString()) => Report = report;

    /// <summary>What became of each.</summary>
    public CheckReport Report { get; }
}
