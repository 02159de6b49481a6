using TraceCap.Analyzer.Figures;

namespace TraceCap.Analyzer.Statistics;

/// <summary>
/// Where a percentile lies, by how many durations there were: those times at which the survival function may be what the percentile says (Brookmeyer
/// and Crowley, "A Confidence Interval for the Median Survival Time", Biometrics 38, 1982), with the variance of Greenwood on the scale of
/// log(-log), and as much more as durations vary that began in one interval (<see cref="Variation"/>).
/// </summary>
/// <param name="Least">In nanoseconds.</param>
/// <param name="Value">The percentile of what was seen.</param>
/// <param name="Most">Infinite if too few have ended to know.</param>
internal readonly record struct PercentileLimits(double Least, double Value, double Most)
{
    private static readonly double normal = Probability.NormalDeviations(1 - Effect.Confidence);

    /// <summary>The ratio of two percentiles, after to before: the limits of both put together by the method of variance estimates recovery, of
    /// logarithms (Zou and Donner, "Construction of Confidence Limits About Effect Measures", Statistics in Medicine 27, 2008).</summary>
    /// <returns>Null if one of both is not known.</returns>
    internal static Effect? Ratio(DurationSample before, DurationSample after, double share)
    {
        if (Of(before, share) is not { } one || Of(after, share) is not { } other)
        {
            return null;
        }

        var (least, value, most) = (Math.Log(one.Least), Math.Log(one.Value), Math.Log(one.Most));
        var (otherLeast, otherValue, otherMost) = (Math.Log(other.Least), Math.Log(other.Value), Math.Log(other.Most));
        var difference = otherValue - value;
        return new Effect(
            EffectScale.Ratio,
            Math.Exp(difference - Math.Sqrt(Math.Pow(otherValue - otherLeast, 2) + Math.Pow(most - value, 2))),
            Math.Exp(difference + Math.Sqrt(Math.Pow(otherMost - otherValue, 2) + Math.Pow(value - least, 2))));
    }

    /// <summary>The limits of one.</summary>
    /// <returns>Null if the percentile is not known, or of too short a time.</returns>
    internal static PercentileLimits? Of(DurationSample durations, double share)
    {
        var wanted = 1 - share + 1e-9;
        if (durations.Intervals.Length < Variation.LeastIntervals || Steps(durations).Select(step => (Step?)step).FirstOrDefault(step => step!.Value.Survival <= wanted) is not { } at)
        {
            return null;
        }

        var deviations = Deviations(durations, at.Bucket);
        var steps = Steps(durations).Where(step => step.Survival < 1);
        var least = steps.First(step => Shifted(step, 1) <= wanted).Bucket;
        var most = steps.Where(step => Shifted(step, -1) <= wanted).Select(step => (int?)step.Bucket).FirstOrDefault();
        return new PercentileLimits(
            Math.Max(0.5, DurationBuckets.LeastOf(least)),
            Math.Max(0.5, (DurationBuckets.LeastOf(at.Bucket) + DurationBuckets.LeastOf(at.Bucket + 1)) / 2),
            most is { } bucket ? DurationBuckets.LeastOf(Math.Max(bucket, at.Bucket) + 1) : double.PositiveInfinity);

        // Where none is left Greenwood's variance is not defined: all of so many end with at least some probability (Clopper and Pearson).
        double Shifted(Step step, int sign) => step.Survival <= 0 ? sign > 0 ? 0 : 1 - Math.Pow((1 - Effect.Confidence) / 2, Math.Pow(deviations / normal, 2) / step.AtRisk)
            : Math.Pow(step.Survival, Math.Exp(sign * deviations * Math.Sqrt(step.Variance) / -Math.Log(step.Survival)));
    }

    /// <summary>How many standard deviations of independent durations the confidence takes, by how durations vary up to a bucket.</summary>
    private static double Deviations(DurationSample durations, int last)
    {
        var contributions = new double[durations.Intervals.Length];
        var left = Array.ConvertAll(durations.Intervals, of => of is null ? 0.0 : of.Count);
        var variance = 0.0;
        foreach (var step in Steps(durations).TakeWhile(step => step.Bucket <= last && step.Survival > 0))
        {
            variance = step.Variance;
            for (var i = 0; i < left.Length; i++)
            {
                if (left[i] > 0)
                {
                    var counts = durations.Intervals[i]![step.Bucket];
                    contributions[i] += (counts.Ended - (left[i] * step.Ended / step.AtRisk)) / step.AtRisk;
                    left[i] -= counts.Ended + counts.Censored;
                }
            }
        }

        return Variation.Lengths.Max(length =>
        {
            var variation = Variation.Of(contributions, length);
            var factor = variance > 0 ? Math.Max(durations.Least, variation.Variance / variance) : durations.Least;
            return Probability.StudentDeviations(1 - Effect.Confidence, variation.Freedom) * Math.Sqrt(factor);
        });
    }

    /// <summary>The estimate of Kaplan and Meier.</summary>
    private static IEnumerable<Step> Steps(DurationSample durations)
    {
        var (survival, variance, atRisk) = (1.0, 0.0, (double)durations.All.Count);
        foreach (var bucket in durations.All.Buckets)
        {
            var (ended, censored) = durations.All[bucket];
            survival *= 1 - (ended / atRisk);
            variance += ended / (atRisk * (atRisk - ended));
            yield return new Step(bucket, ended, atRisk, survival, variance);
            atRisk -= ended + censored;
        }
    }

    /// <summary>A bucket.</summary>
    /// <param name="Bucket">Which.</param>
    /// <param name="Ended">How many ended.</param>
    /// <param name="AtRisk">How many were as long, or longer.</param>
    /// <param name="Survival">The share that is longer.</param>
    /// <param name="Variance">Of its logarithm, if durations are independent (Greenwood).</param>
    private readonly record struct Step(int Bucket, long Ended, double AtRisk, double Survival, double Variance);
}
