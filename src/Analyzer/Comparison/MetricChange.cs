using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Comparison;

/// <summary>A metric of two captures.</summary>
/// <param name="Metric">Which.</param>
/// <param name="Before">The figure of the first; null if it has none.</param>
/// <param name="After">The figure of the second; null if it has none.</param>
/// <param name="Chance">The p-value of <see cref="Metric.Chance"/>.</param>
internal sealed record MetricChange(Metric Metric, Figure? Before, Figure? After, double? Chance)
{
    /// <summary>A difference that chance makes less often than this is called a change, all others noise.</summary>
    public const double Significance = 0.01;

    /// <summary>Whether chance does not explain the difference; null if no test tells.</summary>
    public bool? IsSignificant => Chance is { } chance ? chance < Significance : null;
}
