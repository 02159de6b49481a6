using TraceCap.Analyzer.Figures;

namespace TraceCap.Analyzer.Statistics;

/// <summary>How two sets of durations differ.</summary>
/// <param name="Distance">The largest distance between their survival functions, 0 to 1: by so much the shares of those that
/// live longer than some time differ.</param>
/// <param name="Statistic">The largest sum of the differences between endings seen and expected, in standard deviations of the
/// whole sum.</param>
/// <param name="Chance">The p-value: how likely two sets of the same distribution differ as much, or more.</param>
/// <param name="Surely">The same of the smallest distance that is possible with what is missing.</param>
internal sealed record DurationDifference(double Distance, double Statistic, double Chance, double Surely);

/// <summary>What may be missing of durations.</summary>
/// <param name="Durations">At most so many more there are; may be infinite.</param>
/// <param name="Ended">At most so many of those that seem to go on had ended.</param>
internal readonly record struct MissingDurations(double Durations, double Ended);

/// <summary>
/// Whether two sets of durations, of which some are censored, come from one distribution: the test of Rényi type built on
/// the log-rank statistic (Fleming, Harrington and O'Sullivan, "Supremum Versions of the Log-Rank and Generalized Wilcoxon
/// Statistics", JASA 82, 1987; Klein and Moeschberger, "Survival Analysis", 2nd ed., 7.6). It is for censored data what that of Kolmogorov and Smirnov is for complete ones: the log-rank
/// statistic itself sums up differences up to the end, so that those of curves that cross cancel out; here the largest
/// sum on the way there counts.
/// </summary>
/// <remarks>Its variance is the largest of these: that of independent durations, given those at risk; the same by permutation (Peto and Peto, "Asymptotically
/// Efficient Rank Invariant Test Procedures", JRSS A 135, 1972), which does not become small where one set is soon at its
/// end; and that robust to clusters (Lin and Wei, "The Robust Inference for the Cox Proportional Hazards Model", JASA 84, 1989; Lee, Wei and Amato
/// 1992), which are the intervals in which connections were opened, and those in which they would end: what opens in a burst
/// lives alike, and what a restart closes ends at once.</remarks>
internal static class DurationTest
{
    /// <summary>Compares two sets, as far as both have durations.</summary>
    /// <returns>Null if either has none, or none that ended while both had some, or of too short a time.</returns>
    internal static DurationDifference? Compare(DurationSample before, MissingDurations beforeMissing, DurationSample after, MissingDurations afterMissing)
    {
        if (Math.Min(before.Intervals.Length, after.Intervals.Length) < Variation.LeastIntervals)
        {
            return null;
        }

        var (one, other) = (new Side(before, beforeMissing), new Side(after, afterMissing));
        double all = one.AtRisk + other.AtRisk;
        var (sum, farthest, hazard, conditional, scores) = (0.0, 0.0, 0.0, 0.0, 0.0);
        var (distance, gap) = (0.0, 0.0);
        var robust = new Variation[2 * Variation.Lengths.Count];
        foreach (var bucket in before.All.Buckets.Union(after.All.Buckets).Order())
        {
            var (first, second) = (before.All[bucket], after.All[bucket]);
            double ended = first.Ended + second.Ended;
            var atRisk = one.AtRisk + other.AtRisk;
            var each = ended > 0 ? ended / atRisk : 0;
            hazard += each;
            scores += (ended * Math.Pow(1 - hazard, 2)) + ((first.Censored + second.Censored) * hazard * hazard);
            var isOfBoth = ended > 0 && one.AtRisk > 0 && other.AtRisk > 0;
            if (isOfBoth)
            {
                sum += first.Ended - (one.AtRisk * each);
                conditional += atRisk > 1 ? one.AtRisk / atRisk * (other.AtRisk / atRisk) * ((atRisk - ended) / (atRisk - 1)) * ended : 0;
                farthest = Math.Max(farthest, Math.Abs(sum));
            }

            var (weight, otherWeight) = (other.AtRisk / atRisk, one.AtRisk / atRisk);
            one.Pass(bucket, each, isOfBoth ? weight : 0);
            other.Pass(bucket, each, isOfBoth ? otherWeight : 0);
            if (isOfBoth)
            {
                distance = Math.Max(distance, Math.Abs(one.Survival - other.Survival));
                gap = Math.Max(gap, Math.Max(one.Least - other.Most, other.Least - one.Most));
                for (var i = 0; i < robust.Length; i++)
                {
                    var length = Variation.Lengths[i / 2];
                    var variation = i % 2 == 0
                        ? Variation.Of(one.ByOpening, length) + Variation.Of(other.ByOpening, length)
                        : Variation.Of(one.ByEnd, length) + Variation.Of(other.ByEnd, length);
                    robust[i] = variation.Variance > robust[i].Variance ? variation : robust[i];
                }
            }
        }

        if (conditional <= 0)
        {
            return null;
        }

        var (count, otherCount) = (before.All.Count, after.All.Count);
        var pairs = ((before.Least * count) + (after.Least * otherCount)) / all;
        var independent = Math.Max(conditional, count / all * (otherCount / (all - 1)) * scores) * pairs;
        return new DurationDifference(
            distance,
            farthest / Math.Sqrt(conditional),
            robust.Max(variation => Chance(farthest, variation)),
            gap <= 0 ? 1 : robust.Max(variation => Chance(farthest * Math.Min(1, gap / distance), variation)));

        double Chance(double farthest, Variation variation)
        {
            var variance = Math.Max(independent, variation.Variance);
            var normal = Probability.BeyondBrownian(farthest / Math.Sqrt(variance));
            var student = Probability.BeyondStudent(Probability.NormalDeviations(normal), variation.Freedom);
            // Of so few no difference can be more certain: as many ways there are to divide them.
            var design = variance / independent * pairs;
            return Math.Max(student, Math.Min(1, 2 * Math.Exp(-LogWays(count / design, otherCount / design))));
        }
    }

    private static double LogWays(double one, double other) =>
        Probability.LogGamma(one + other + 1) - Probability.LogGamma(one + 1) - Probability.LogGamma(other + 1);

    /// <summary>One of both sets, on the way from the shortest duration to the longest.</summary>
    private sealed class Side
    {
        private readonly DurationSample durations;
        private readonly MissingDurations missing;
        private readonly double[] atRisk;
        private double least = 1;

        internal Side(DurationSample durations, MissingDurations missing)
        {
            (this.durations, this.missing) = (durations, missing);
            atRisk = Array.ConvertAll(durations.Intervals, of => of is null ? 0.0 : of.Count);
            (ByOpening, ByEnd) = (new double[atRisk.Length], new double[atRisk.Length]);
            AtRisk = durations.All.Count;
        }

        /// <summary>Those that are as long, or longer.</summary>
        internal double AtRisk { get; private set; }

        /// <summary>The share that is longer (Kaplan and Meier), and its bounds with what is missing, as those of percentiles.</summary>
        internal double Survival { get; private set; } = 1;

        internal double Least => AtRisk <= missing.Durations + missing.Ended ? (missing.Durations + missing.Ended > 0 ? 0 : least)
            : least * (AtRisk - missing.Durations - missing.Ended) / AtRisk;

        internal double Most { get; private set; } = 1;

        /// <summary>What those that were opened in each interval contribute to the sum: endings seen less expected.</summary>
        internal double[] ByOpening { get; }

        /// <summary>The same by the intervals in which they end, or would.</summary>
        internal double[] ByEnd { get; }

        /// <summary>Goes on to longer ones.</summary>
        /// <param name="bucket">Where these are.</param>
        /// <param name="hazard">How many of those at risk end, of both sets.</param>
        /// <param name="weight">Of what is seen less what is expected.</param>
        internal void Pass(int bucket, double hazard, double weight)
        {
            var later = (int)Math.Min(durations.Intervals.Length, DurationBuckets.LeastOf(bucket) / durations.Length);
            for (var i = 0; i < atRisk.Length; i++)
            {
                if (atRisk[i] > 0)
                {
                    var counts = durations.Intervals[i]![bucket];
                    var contribution = weight * (counts.Ended - (atRisk[i] * hazard));
                    ByOpening[i] += contribution;
                    ByEnd[Math.Min(i + later, atRisk.Length - 1)] += contribution;
                    atRisk[i] -= counts.Ended + counts.Censored;
                }
            }

            var all = durations.All[bucket];
            if (AtRisk > 0)
            {
                Survival *= 1 - (all.Ended / AtRisk);
                least *= 1 - Math.Min(1, all.Ended / Math.Max(1, AtRisk - missing.Ended));
                Most *= 1 - (all.Ended / (AtRisk + missing.Durations));
                AtRisk -= all.Ended + all.Censored;
            }
        }
    }
}
