using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Statistics;

namespace TraceCap.Analyzer.Comparison;

/// <summary>A metric of two captures.</summary>
/// <param name="Metric">Which.</param>
/// <param name="Before">The figure of the first; null if it has none.</param>
/// <param name="After">The figure of the second; null if it has none.</param>
/// <param name="Verdict">Whether they differ by more than chance.</param>
internal sealed record MetricChange(Metric Metric, Figure? Before, Figure? After, ChangeVerdict Verdict)
{
    /// <summary>Where the difference lies; null if that is not known.</summary>
    public Effect? Effect { get; init; }

    /// <summary>The p-value of <see cref="Metric.Test"/> by itself; null if it has none.</summary>
    public double? Chance { get; init; }

    /// <summary>The same, all tests of the comparison considered; null if it is the only one.</summary>
    public double? AdjustedChance { get; init; }
}
