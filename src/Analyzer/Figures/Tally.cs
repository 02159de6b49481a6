namespace TraceCap.Analyzer.Figures;

/// <summary>Counts by interval of time, and what each is a count of.</summary>
/// <param name="Counts">How many there were in each interval.</param>
/// <param name="Exposures">For how many seconds it was counted, or of how many things.</param>
/// <param name="Least">The least factor by which the variance of the sum exceeds that of independent things: 1, or up to 2 where pairs
/// of sockets are one connection.</param>
internal sealed record Tally(double[] Counts, double[] Exposures, double Least)
{
    /// <summary>How many there were.</summary>
    internal double Count { get; } = Counts.Sum();

    /// <summary>For how long, or of how many.</summary>
    internal double Exposure { get; } = Exposures.Sum();
}

/// <summary>Durations by the interval of time in which they began.</summary>
/// <param name="All">All.</param>
/// <param name="Intervals">Those of each interval, in the order of time; null where there are none.</param>
/// <param name="Length">How long an interval is, in nanoseconds.</param>
/// <param name="Least">As that of <see cref="Tally"/>.</param>
internal sealed record DurationSample(DurationBuckets All, DurationBuckets?[] Intervals, double Length, double Least);
