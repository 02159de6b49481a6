namespace TraceCap.Analyzer.Figures;

/// <summary>A step of a <see cref="DurationDistribution"/>: durations that ended with no censored one between them, or censored ones
/// that are together.</summary>
/// <param name="Least">The shortest of their bucket, in nanoseconds.</param>
/// <param name="Most">The longest of it.</param>
/// <param name="Ended">How many end here.</param>
/// <param name="Censored">How many are seen no longer than up to here.</param>
/// <param name="AtRisk">How many were seen up to here, these included.</param>
/// <param name="Survival">The share of all durations that is estimated to be longer.</param>
/// <param name="Low">The least that this share is with a confidence of 95 %.</param>
/// <param name="High">The most.</param>
internal readonly record struct DurationStep(
    ulong Least, ulong Most, long Ended, long Censored, long AtRisk, double Survival, double Low, double High)
{
    /// <summary>The middle of the bucket.</summary>
    internal ulong Nanoseconds => Least + ((Most - Least) / 2);

    /// <summary>By how much one of them may differ from <see cref="Nanoseconds"/>.</summary>
    internal double Rounding => (Most - Least) / 2.0;
}

/// <summary>
/// The Kaplan-Meier estimate of how long durations are of which some are censored (Kaplan and Meier 1958), with its confidence
/// interval: Greenwood's variance on the scale of log(-log S) (Kalbfleisch and Prentice, "The Statistical Analysis of Failure Time
/// Data", 2nd ed., 1.4), and for percentiles its inversion (Brookmeyer and Crowley 1982). What ends is at risk together with what is
/// censored at the same time. Of <c>k</c> that end one after another, none being censored in between, only their number matters:
/// both the product and the sum of the variance telescope.
/// </summary>
internal sealed class DurationDistribution
{
    // Of the standard normal distribution, on both sides together 5 % are beyond.
    private const double Quantile = 1.959963984540054;

    // Without this, rounding would move the percentile of some small counts by one duration.
    private const double Tolerance = 1e-9;

    // A bucket that has both kinds is spread over so many places: 2,048 to each power of two then.
    private const int Places = 32;

    /// <param name="ended">Those that ended, the shortest first.</param>
    /// <param name="censored">Those that are censored, the shortest first.</param>
    internal DurationDistribution(DurationBin[] ended, DurationBin[] censored)
    {
        Count = ended.Sum(bin => bin.Count) + censored.Sum(bin => bin.Count);
        var (last, open) = (ended is [.., var longest] ? longest.Most : 0, censored is [.., var seen] ? seen.Most : 0);
        Max = new Percentile(Math.Max(last, open), ended.Length == 0 || open > last);
        Steps = Estimate(Spread(ended, censored), Spread(censored, ended));
    }

    /// <summary>How many durations there are.</summary>
    internal long Count { get; }

    /// <summary>The longest; censored if none that ended is as long.</summary>
    internal Percentile Max { get; }

    /// <summary>The steps, the shortest first.</summary>
    internal DurationStep[] Steps { get; }

    /// <summary>The shortest time by which a share has ended, or the longest if less has.</summary>
    /// <param name="share">Above 0 and at most 1.</param>
    internal Percentile At(double share) =>
        First(share, step => step.Survival) is { } step ? new Percentile(step.Nanoseconds, false) { Rounding = step.Rounding } : Max with { IsAtLeast = true };

    /// <summary>Where that lies with a confidence of 95 %.</summary>
    /// <inheritdoc cref="At" path="/param" />
    internal ConfidenceInterval ConfidenceAt(double share) => new(
        First(share, step => step.Low)?.Nanoseconds, First(share, step => step.High)?.Nanoseconds);

    private DurationStep? First(double share, Func<DurationStep, double> survival)
    {
        var wanted = 1 - share + Tolerance;
        foreach (ref readonly var step in Steps.AsSpan())
        {
            if (step.Ended > 0 && survival(step) <= wanted)
            {
                return step;
            }
        }

        return null;
    }

    private DurationStep[] Estimate(List<DurationBin> ended, List<DurationBin> censored)
    {
        var steps = new List<DurationStep>(ended.Count + 1);
        var (survival, variance, low, high) = (1.0, 0.0, 1.0, 1.0);
        var atRisk = Count;
        for (int i = 0, k = 0; i < ended.Count || k < censored.Count;)
        {
            if (k == censored.Count || (i < ended.Count && ended[i].At <= censored[k].At))
            {
                var bin = ended[i++];
                var left = atRisk - bin.Count;
                survival *= (double)left / atRisk;
                variance += (double)bin.Count / atRisk / left;
                // Where none is left, the most stays what it was.
                (low, high) = left == 0 ? (0, high) : Confidence(survival, variance);
                if (steps is [.., { Ended: > 0 } last] && (last.Least, last.Most) == (bin.Least, bin.Most))
                {
                    steps[^1] = last with { Ended = last.Ended + bin.Count, Survival = survival, Low = low, High = high };
                }
                else
                {
                    steps.Add(new DurationStep(bin.Least, bin.Most, bin.Count, 0, atRisk, survival, low, high));
                }

                atRisk = left;
            }
            else
            {
                var bin = censored[k++];
                if (steps is [.., { Ended: 0 } last] && DurationSet.BucketOf(last.Least) == DurationSet.BucketOf(bin.Least))
                {
                    steps[^1] = last with { Most = bin.Most, Censored = last.Censored + bin.Count };
                }
                else
                {
                    steps.Add(new DurationStep(bin.Least, bin.Most, 0, bin.Count, atRisk, survival, low, high));
                }

                atRisk -= bin.Count;
            }
        }

        return [.. steps];
    }

    private static (double Low, double High) Confidence(double survival, double variance)
    {
        var width = Math.Exp(Quantile * Math.Sqrt(variance) / -Math.Log(survival));
        return (Math.Pow(survival, width), Math.Pow(survival, 1 / width));
    }

    /// <summary>Spreads evenly, from the shortest to the longest of its bucket, what has some of the other kind in between.</summary>
    private static List<DurationBin> Spread(DurationBin[] bins, DurationBin[] others)
    {
        var spread = new List<DurationBin>(bins.Length);
        var next = 0;
        foreach (var bin in bins)
        {
            while (next < others.Length && others[next].Most < bin.Least)
            {
                next++;
            }

            var places = next < others.Length && others[next].Least <= bin.Most ? (int)Math.Min(bin.Count, Places) : 1;
            if (places == 1 || bin.Least == bin.Most)
            {
                spread.Add(bin);
                continue;
            }

            for (var place = 0; place < places; place++)
            {
                var at = bin.Least + (ulong)((bin.Most - bin.Least) * (place / (places - 1.0)));
                spread.Add(bin with { At = Math.Min(at, bin.Most), Count = (bin.Count / places) + (place < bin.Count % places ? 1 : 0) });
            }
        }

        return spread;
    }
}
