using TraceCap.Analyzer.Figures;

namespace TraceCap.Analyzer.Statistics;

/// <summary>A count, and where the true one lies with what is missing.</summary>
/// <param name="Seen">What was seen.</param>
/// <param name="Lowest">The count, and its exposure, of which the rate is lowest.</param>
/// <param name="Highest">Those of which it is highest; may be infinite.</param>
internal readonly record struct Counted(Tally Seen, (double Count, double Exposure) Lowest, (double Count, double Exposure) Highest)
{
    /// <summary>A count of which nothing is missing.</summary>
    internal Counted(Tally seen)
        : this(seen, (seen.Count, seen.Exposure), (seen.Count, seen.Exposure))
    {
    }
}

/// <summary>
/// Whether the rates of two counts differ by more than chance. Of independent things the second is binomial given their sum (Przyborowski and Wilenski,
/// "Homogeneity of results in testing samples from Poisson series", Biometrika 31, 1940), which is exact. Those that come in bursts
/// of <c>b</c> vary as a <c>b</c>-th of them would: so both counts are divided by the factor by which they vary more (the design effect; Rao and Scott, "A Simple
/// Method for the Analysis of Clustered Binary Data", Biometrics 48, 1992), as their intervals tell it (<see cref="Variation"/>), and the
/// normal deviate of the result is referred to Student's distribution, since that factor is an estimate.
/// </summary>
internal static class RateTest
{
    /// <summary>Compares two counts in time.</summary>
    /// <returns>Null if there is nothing to compare, or too short a time.</returns>
    internal static TestOutcome? Compare(Counted before, Counted after) =>
        Spreads(before.Seen, after.Seen, null) is not { } spreads ? null : new TestOutcome(
            Chance(before.Seen, after.Seen, spreads), Surely(before, after, spreads), Ratio(before.Seen, after.Seen, Widest(before.Seen, after.Seen, spreads)));

    /// <summary>Compares two shares: each is a count by all, with the variance of a binomial instead of a Poisson one.</summary>
    /// <returns>Null if there is nothing to compare, or too short a time.</returns>
    internal static TestOutcome? CompareShares(Counted before, Counted after)
    {
        var share = (before.Seen.Count + after.Seen.Count) / (before.Seen.Exposure + after.Seen.Exposure);
        if (share > 0.5)
        {
            // The rarer of both is closer to Poisson's distribution.
            return CompareShares(Rest(before), Rest(after)) is { Effect: { } rest } of ? of with { Effect = rest with { Least = -rest.Most, Most = -rest.Least } } : null;
        }

        return Spreads(before.Seen, after.Seen, share) is not { } spreads ? null : new TestOutcome(
            Chance(before.Seen, after.Seen, spreads),
            Surely(before, after, spreads),
            Difference(before.Seen, after.Seen, Widest(before.Seen, after.Seen, spreads), 1 - share));
    }

    /// <summary>The p-value of the exact test, two-sided, of counts that need not be whole.</summary>
    internal static double Exact(double before, double beforeExposure, double after, double afterExposure)
    {
        var probability = afterExposure / (beforeExposure + afterExposure);
        return Math.Min(1, 2 * Math.Min(Probability.AtLeast(after, before, probability), Probability.AtLeast(before, after, 1 - probability)));
    }

    private static double Chance(Tally before, Tally after, IReadOnlyList<Spread> spreads) =>
        spreads.Max(spread => spread.Chance((before.Count, before.Exposure), (after.Count, after.Exposure)));

    /// <summary>The p-value of the smallest difference of the same direction that is possible.</summary>
    private static double Surely(Counted before, Counted after, IReadOnlyList<Spread> spreads)
    {
        var isMore = after.Seen.Count * before.Seen.Exposure > before.Seen.Count * after.Seen.Exposure;
        var (from, to) = isMore ? (before.Highest, after.Lowest) : (before.Lowest, after.Highest);
        var (more, less) = isMore ? (to, from) : (from, to);
        return double.IsFinite(less.Count) && double.IsFinite(less.Exposure) && less.Exposure > 0 && more.Count * less.Exposure > less.Count * more.Exposure
            ? spreads.Max(spread => spread.Chance(from, to))
            : 1;
    }

    private static Spread Widest(Tally before, Tally after, IReadOnlyList<Spread> spreads) =>
        spreads.MaxBy(spread => spread.Chance((before.Count, before.Exposure), (after.Count, after.Exposure)));

    private static Counted Rest(Counted of)
    {
        return new Counted(
            new Tally([.. of.Seen.Exposures.Zip(of.Seen.Counts, (all, count) => all - count)], of.Seen.Exposures, of.Seen.Least), Other(of.Highest), Other(of.Lowest));

        static (double Count, double Exposure) Other((double Count, double Exposure) of) =>
            (double.IsInfinity(of.Count) ? 0 : of.Exposure - of.Count, of.Exposure);
    }

    /// <summary>By intervals of each length, how much more both counts vary than those of independent things; null if they cannot be
    /// compared.</summary>
    /// <param name="before">The first.</param>
    /// <param name="after">The second.</param>
    /// <param name="share">What both are a share of things; null: counts in time. Those vary about the rate of each, shares about
    /// that of both: there may be so few bursts that those of one capture are all alike.</param>
    private static Spread[]? Spreads(Tally before, Tally after, double? share)
    {
        var count = before.Count + after.Count;
        if (count == 0 || before.Exposure <= 0 || after.Exposure <= 0 || Math.Min(before.Counts.Length, after.Counts.Length) < Variation.LeastIntervals)
        {
            return null;
        }

        var least = (1 - (share ?? 0)) * ((before.Least * before.Count) + (after.Least * after.Count)) / count;
        var (one, other) = (Residuals(before, share), Residuals(after, share));
        return
        [
            .. Variation.Lengths.Select(length =>
            {
                var variation = Variation.Of(one, length) + Variation.Of(other, length);
                return new Spread(Math.Max(least, variation.Variance / count), variation.Freedom);
            }),
        ];
    }

    private static double[] Residuals(Tally of, double? share)
    {
        var expected = share ?? (of.Count / of.Exposure);
        return [.. of.Counts.Zip(of.Exposures, (count, exposure) => count - (exposure * expected))];
    }

    /// <summary>The limits of Clopper and Pearson for the second count given the sum, as a ratio of rates.</summary>
    private static Effect Ratio(Tally before, Tally after, Spread spread)
    {
        var (one, other) = (before.Count / spread.Factor, after.Count / spread.Factor);
        var tail = Probability.BeyondNormal(spread.Deviations) / 2;
        var exposures = before.Exposure / after.Exposure;
        var least = other <= 0 ? 0 : 1 / Probability.Root(odds => Probability.AtLeast(other, one, 1 / (1 + odds)), tail);
        var most = one <= 0 ? double.PositiveInfinity : Probability.Root(odds => Probability.AtLeast(one, other, 1 / (1 + odds)), tail);
        return new Effect(EffectScale.Ratio, least * exposures, most * exposures);
    }

    /// <summary>The limits of Wilson for each share, put together as in Newcombe, "Interval Estimation for the Difference Between
    /// Independent Proportions", Statistics in Medicine 17, 1998.</summary>
    private static Effect Difference(Tally before, Tally after, Spread spread, double binomial)
    {
        var (share, least, most) = Wilson(before);
        var (otherShare, otherLeast, otherMost) = Wilson(after);
        var difference = otherShare - share;
        return new Effect(
            EffectScale.Difference,
            difference - Math.Sqrt(Math.Pow(otherShare - otherLeast, 2) + Math.Pow(most - share, 2)),
            difference + Math.Sqrt(Math.Pow(otherMost - otherShare, 2) + Math.Pow(share - least, 2)));

        (double Share, double Least, double Most) Wilson(Tally of)
        {
            var (all, part, z) = (of.Exposure * binomial / spread.Factor, of.Count / of.Exposure, spread.Deviations);
            var middle = (2 * all * part) + (z * z);
            var half = z * Math.Sqrt((z * z) + (4 * all * part * (1 - part)));
            return (part, (middle - half) / (2 * (all + (z * z))), (middle + half) / (2 * (all + (z * z))));
        }
    }

    /// <summary>How much more counts vary than those of independent things.</summary>
    /// <param name="Factor">Of the variance.</param>
    /// <param name="Freedom">Its degrees of freedom.</param>
    private readonly record struct Spread(double Factor, double Freedom)
    {
        /// <summary>The deviations of <see cref="Effect.Confidence"/>.</summary>
        internal double Deviations => Probability.StudentDeviations(1 - Effect.Confidence, Freedom);

        internal double Chance((double Count, double Exposure) before, (double Count, double Exposure) after) => Probability.BeyondStudent(
            Probability.NormalDeviations(Exact(before.Count / Factor, before.Exposure, after.Count / Factor, after.Exposure)), Freedom);
    }
}
