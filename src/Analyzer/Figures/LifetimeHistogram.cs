namespace TraceCap.Analyzer.Figures;

/// <summary>How many durations are equal, as far as they are told apart.</summary>
/// <param name="Ended">Those that ended.</param>
/// <param name="Censored">Those that are censored: at least so long.</param>
internal readonly record struct DurationCounts(long Ended, long Censored);

/// <summary>
/// Durations of which some are censored: known to be at least so long, because the capture ended first. Percentiles are
/// those of the Kaplan-Meier estimate of the survival function (Kaplan and Meier 1958), see <see cref="DurationDistribution"/>. It is
/// exact as long as no more than <see cref="MostEnded"/> ended and <see cref="MostCensored"/> did not; beyond that durations are told
/// apart by the shortest and the longest of each bucket, 64 to each power of two, so that a percentile is within 1/128 of the exact
/// one. Memory: 8 to 16 bytes for each that is kept, and 60 KiB at most for all others.
/// </summary>
public sealed class LifetimeHistogram
{
    /// <summary>Of those that ended, as many are kept exactly: as few take less memory than buckets.</summary>
    internal const int MostEnded = 512;

    /// <summary>The same of those that are censored. They are connections that are open, of which each took more memory before.</summary>
    internal const int MostCensored = 1 << 16;

    private DurationSet ended;
    private DurationSet censored;
    private DurationDistribution? distribution;

    /// <summary>Durations that ended.</summary>
    public long Ended => ended.Count;

    /// <summary>Durations that are censored.</summary>
    public long Censored => censored.Count;

    /// <summary>The longest duration, exactly; censored if none that ended is as long.</summary>
    public Percentile Max => Distribution.Max;

    /// <summary>The estimate of all that were added.</summary>
    internal DurationDistribution Distribution
    {
        get
        {
            // There are only ever more of them.
            if (distribution is null || distribution.Count != Ended + Censored)
            {
                distribution = new DurationDistribution(ended.Bins(), censored.Bins());
            }

            return distribution;
        }
    }

    /// <summary>Adds a duration in nanoseconds.</summary>
    /// <param name="nanoseconds">How long it is.</param>
    /// <param name="isCensored">Whether it is at least so long.</param>
    internal void Add(ulong nanoseconds, bool isCensored)
    {
        if (isCensored)
        {
            censored.Add(nanoseconds, MostCensored);
        }
        else
        {
            ended.Add(nanoseconds, MostEnded);
        }
    }

    /// <summary>Adds all durations of another.</summary>
    internal void Add(LifetimeHistogram other)
    {
        ended.Add(in other.ended, MostEnded);
        censored.Add(in other.censored, MostCensored);
    }

    /// <summary>The shortest time by which a share of the durations has ended; null without durations.</summary>
    /// <param name="share">Above 0 and at most 1: 0.5 for the median.</param>
    public Percentile? At(double share) => Ended + Censored == 0 ? null : Distribution.At(share);

    /// <summary>Where <see cref="At"/> lies with a confidence of 95 %; null without durations.</summary>
    /// <inheritdoc cref="At" path="/param" />
    public ConfidenceInterval? ConfidenceAt(double share) => Ended + Censored == 0 ? null : Distribution.ConfidenceAt(share);

    /// <summary>The durations of two, side by side, the shortest first: each by itself, or by bucket if those of one are no longer
    /// told apart.</summary>
    internal static IEnumerable<(DurationCounts One, DurationCounts Other)> Pair(LifetimeHistogram one, LifetimeHistogram other)
    {
        DurationSet[] sets = [one.ended, one.censored, other.ended, other.censored];
        var isExact = Array.TrueForAll(sets, set => set.IsExact);
        var bins = Array.ConvertAll(sets, set => set.Bins());
        var next = new int[sets.Length];
        while (true)
        {
            var place = ulong.MaxValue;
            var more = false;
            for (var i = 0; i < bins.Length; i++)
            {
                if (next[i] < bins[i].Length)
                {
                    (place, more) = (Math.Min(place, PlaceOf(in bins[i][next[i]])), true);
                }
            }

            if (!more)
            {
                yield break;
            }

            var counts = new long[bins.Length];
            for (var i = 0; i < bins.Length; i++)
            {
                for (; next[i] < bins[i].Length && PlaceOf(in bins[i][next[i]]) == place; next[i]++)
                {
                    counts[i] += bins[i][next[i]].Count;
                }
            }

            yield return (new DurationCounts(counts[0], counts[1]), new DurationCounts(counts[2], counts[3]));
        }

        ulong PlaceOf(in DurationBin bin) => isExact ? bin.Least : (ulong)DurationSet.BucketOf(bin.Least);
    }
}
