namespace TraceCap.Analyzer.Statistics;

/// <summary>
/// Whether two counts differ by more than chance, given how long, or of how many, each was counted. If both have the same
/// rate, the second is binomial given their sum (Przyborowski and Wilenski, "Homogeneity of results in testing samples from
/// Poisson series", Biometrika 31, 1940). That is exact for events that do not depend on each other; of such as come in
/// bursts it calls more a change than it should.
/// </summary>
internal static class CountTest
{
    // Below this, weights no longer change the sum.
    private const double Negligible = 1e-18;

    // Weights that should be equal may differ by rounding.
    private const double Tolerance = 1 + 1e-7;

    /// <summary>The two-sided p-value: how likely a split of the sum is that is as unlikely as this one, or more.</summary>
    /// <param name="before">The first count.</param>
    /// <param name="beforeExposure">How long it was counted, or of how many.</param>
    /// <param name="after">The second count.</param>
    /// <param name="afterExposure">The same of the second.</param>
    /// <returns>0 to 1; null if there is nothing to compare.</returns>
    public static double? Chance(long before, double beforeExposure, long after, double afterExposure)
    {
        var sum = before + after;
        if (sum == 0 || beforeExposure <= 0 || afterExposure <= 0)
        {
            return null;
        }

        // Weights in proportion to the most likely split, which needs no factorials.
        var odds = afterExposure / beforeExposure;
        var mode = Math.Min(sum, (long)((sum + 1) * (odds / (1 + odds))));
        var observed = Weights(mode, after, sum, odds).Last();
        var (all, unlikely) = (0.0, 0.0);
        foreach (var weight in Weights(mode, sum, sum, odds).Concat(Weights(mode, 0, sum, odds).Skip(1)))
        {
            all += weight;
            unlikely += weight <= observed * Tolerance ? weight : 0;
        }

        return Math.Min(1, unlikely / all);
    }

    /// <summary>The weights of the splits from one to another, as far as they matter; that of the first is 1.</summary>
    private static IEnumerable<double> Weights(long from, long to, long sum, double odds)
    {
        var weight = 1.0;
        for (var count = from; ; count += Math.Sign(to - from))
        {
            yield return weight;
            if (count == to || weight < Negligible)
            {
                yield break;
            }

            weight *= to > from ? (sum - count) / (count + 1.0) * odds : count / (sum - count + 1.0) / odds;
        }
    }
}
