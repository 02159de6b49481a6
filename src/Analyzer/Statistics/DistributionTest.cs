using TraceCap.Analyzer.Figures;

namespace TraceCap.Analyzer.Statistics;

/// <summary>How two sets of durations differ.</summary>
/// <param name="Distance">The largest distance between their survival functions, 0 to 1: by so much the shares of those that
/// live longer than some time differ.</param>
/// <param name="Statistic">The largest sum of the differences between endings seen and expected, in standard deviations of the
/// whole sum.</param>
/// <param name="Chance">The p-value: how likely two sets of the same distribution differ as much, or more.</param>
internal readonly record struct DistributionDifference(double Distance, double Statistic, double Chance);

/// <summary>
/// Whether two sets of durations, of which some are censored, come from one distribution: the test of Rényi type built on
/// the log-rank statistic (Fleming, Harrington and O'Sullivan, "Supremum Versions of the Log-Rank and Generalized Wilcoxon
/// Statistics", JASA 82, 1987; Klein and Moeschberger, "Survival Analysis", 2nd ed., 7.6). It is for censored data what that of Kolmogorov and Smirnov is for complete ones: the log-rank
/// statistic itself sums up differences up to the end, so that those of curves that cross cancel out; here the largest
/// sum on the way there counts.
/// </summary>
internal static class DistributionTest
{
    /// <summary>Compares two sets, as far as both have durations.</summary>
    /// <returns>Null if either has none, or none that ended while both had some.</returns>
    public static DistributionDifference? Compare(LifetimeHistogram before, LifetimeHistogram after) =>
        Compare(before.Ended + before.Censored, after.Ended + after.Censored, LifetimeHistogram.Pair(before, after));

    /// <summary>The same of counts by duration, the shortest first.</summary>
    internal static DistributionDifference? Compare(
        long before, long after, IEnumerable<(DurationCounts Before, DurationCounts After)> durations)
    {
        var (sum, farthest, variance) = (0.0, 0.0, 0.0);
        var (survivalBefore, survivalAfter, distance) = (1.0, 1.0, 0.0);
        foreach (var (one, other) in durations)
        {
            if (before == 0 || after == 0)
            {
                break;
            }

            double atRisk = before + after;
            double ended = one.Ended + other.Ended;
            if (ended > 0)
            {
                sum += one.Ended - (before * ended / atRisk);
                variance += atRisk > 1 ? before / atRisk * (after / atRisk) * ((atRisk - ended) / (atRisk - 1)) * ended : 0;
                farthest = Math.Max(farthest, Math.Abs(sum));
                survivalBefore *= 1 - ((double)one.Ended / before);
                survivalAfter *= 1 - ((double)other.Ended / after);
                distance = Math.Max(distance, Math.Abs(survivalBefore - survivalAfter));
            }

            before -= one.Ended + one.Censored;
            after -= other.Ended + other.Censored;
        }

        if (variance == 0)
        {
            return null;
        }

        var statistic = farthest / Math.Sqrt(variance);
        return new DistributionDifference(distance, statistic, BeyondBrownian(statistic));
    }

    /// <summary>How likely a Brownian motion leaves the band from <c>-bound</c> to <c>bound</c> before time 1 (Billingsley,
    /// "Convergence of Probability Measures").</summary>
    internal static double BeyondBrownian(double bound)
    {
        if (bound <= 0)
        {
            return 1;
        }

        var within = 0.0;
        for (var odd = 1; ; odd += 2)
        {
            var term = Math.Exp(-Math.Pow(Math.PI * odd / bound, 2) / 8) / odd;
            if (term < 1e-18)
            {
                return Math.Clamp(1 - (4 / Math.PI * within), 0, 1);
            }

            within += odd % 4 == 1 ? term : -term;
        }
    }
}
