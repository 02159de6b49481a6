using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Figures;

/// <summary>A percentile of durations.</summary>
/// <param name="Nanoseconds">The value, within 0.8 %; exact if no more than 512 had ended.</param>
/// <param name="IsAtLeast">Whether the percentile is greater than that: too many of the durations had not ended when they
/// were last seen.</param>
public readonly record struct Percentile(ulong Nanoseconds, bool IsAtLeast)
{
    /// <summary>The duration, to 100 ns.</summary>
    public TimeSpan Duration => TimeSpan.FromTicks((long)(Nanoseconds / 100));

    /// <summary>By how much it may differ from the exact one.</summary>
    internal double Rounding { get; init; }

    /// <summary>The duration with its unit, and a <c>&gt;</c> before it if it is only known to be greater.</summary>
    public override string ToString() => (IsAtLeast ? ">" : "") + DurationText.Of(Nanoseconds);
}

/// <summary>Where the percentile of all such durations lies with a confidence of 95 %, those that were seen being a sample of them.</summary>
/// <param name="Low">In nanoseconds; null if that cannot be told.</param>
/// <param name="High">In nanoseconds; null if too few have ended to tell it.</param>
public readonly record struct ConfidenceInterval(ulong? Low, ulong? High);
