using TraceCap.Analyzer.Figures;

namespace TraceCap.Analyzer.Metrics;

/// <summary>
/// Where a percentile of durations lies if some are missing. It is the least if all that are missing ended just before it, or
/// those that seem to go on did: of <c>n</c> at risk then, <c>k</c> more endings leave <c>(n - k) / n</c> of the survivors. It is the
/// greatest if all that are missing outlive it: then the same endings are among so many more at risk.
/// </summary>
internal static class PercentileBounds
{
    /// <summary>The bounds.</summary>
    /// <param name="durations">Those that are known.</param>
    /// <param name="share">Above 0 and at most 1.</param>
    /// <param name="missing">At most so many more durations there are; may be infinite.</param>
    /// <param name="ended">At most so many of the censored ones ended before they were last seen.</param>
    internal static Figure Of(LifetimeHistogram durations, double share, double missing, double ended)
    {
        var wanted = 1 - share + 1e-9;
        double atRisk = durations.Ended + durations.Censored;
        var (least, most) = (1.0, 1.0);
        double? low = IsReached(1, atRisk) ? 0 : null;
        double? high = null;
        double rounding = 0;
        foreach (ref readonly var step in durations.Distribution.Steps.AsSpan())
        {
            if (high is not null)
            {
                break;
            }

            least *= 1 - Math.Min(1, step.Ended / Math.Max(1, atRisk - ended));
            most *= 1 - (step.Ended / (atRisk + missing));
            atRisk -= step.Ended + step.Censored;
            low ??= IsReached(least, atRisk) || least <= wanted ? step.Least : null;
            if (step.Ended > 0 && most <= wanted)
            {
                high = step.Nanoseconds;
                rounding = step.Rounding;
            }
        }

        return new Figure(Math.Min(low ?? durations.Max.Nanoseconds, high ?? double.PositiveInfinity), high ?? double.PositiveInfinity) { Rounding = rounding };

        bool IsReached(double survival, double left) =>
            left <= missing + ended ? missing + ended > 0 : survival * (left - missing - ended) / left <= wanted;
    }

    /// <summary>The bounds of the longest.</summary>
    /// <inheritdoc cref="Of" path="/param" />
    internal static Figure OfLongest(LifetimeHistogram durations, double missing, double ended)
    {
        var isSure = !durations.Max.IsAtLeast || missing + ended == 0;
        var longest = isSure ? durations.Max.Nanoseconds : durations.Distribution.Steps.LastOrDefault(step => step.Ended > 0).Least;
        return new Figure(longest, missing > 0 || durations.Max.IsAtLeast ? double.PositiveInfinity : longest);
    }
}
