namespace TraceCap.Analyzer.Statistics;

/// <summary>By how much something differs, before and after: where that lies, by what was seen.</summary>
/// <param name="Scale">What the bounds are of.</param>
/// <param name="Least">The least.</param>
/// <param name="Most">The most; may be infinite.</param>
internal sealed record Effect(EffectScale Scale, double Least, double Most)
{
    /// <summary>The confidence: bounds made so hold the true one in 99 of 100 cases.</summary>
    public const double Confidence = 0.99;

    /// <summary>Whether no difference lies within.</summary>
    internal bool HasNone => Scale == EffectScale.Ratio ? Least <= 1 && Most >= 1 : Least <= 0 && Most >= 0;
}

/// <summary>How an <see cref="Effect"/> is told.</summary>
internal enum EffectScale
{
    /// <summary>After, divided by before.</summary>
    Ratio,

    /// <summary>After, less before.</summary>
    Difference,
}

/// <summary>What a test says.</summary>
/// <param name="Chance">The p-value: how likely two captures of the same traffic differ as much, or more.</param>
/// <param name="Surely">The same of the smallest difference that is possible with what is missing: 1 if there may be none.</param>
/// <param name="Effect">By how much they differ; null of durations, each percentile of which has its own.</param>
internal sealed record TestOutcome(double Chance, double Surely, Effect? Effect)
{
    /// <summary>How durations differ; null if it is not of these.</summary>
    internal DurationDifference? Durations { get; init; }
}
