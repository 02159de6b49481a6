using System.Numerics;
using System.Runtime.CompilerServices;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Figures;

/// <summary>A percentile of durations.</summary>
/// <param name="Nanoseconds">The value, within 0.8 %.</param>
/// <param name="IsAtLeast">Whether the percentile is greater than that: too many of the durations had not ended when they
/// were last seen.</param>
public readonly record struct Percentile(ulong Nanoseconds, bool IsAtLeast)
{
    /// <summary>The duration, to 100 ns.</summary>
    public TimeSpan Duration => TimeSpan.FromTicks((long)(Nanoseconds / 100));

    /// <summary>The duration with its unit, and a <c>&gt;</c> before it if it is only known to be greater.</summary>
    public override string ToString() => (IsAtLeast ? ">" : "") + DurationText.Of(Nanoseconds);
}

/// <summary>Durations that are within 0.8 % of each other.</summary>
/// <param name="Nanoseconds">The middle of them.</param>
/// <param name="Ended">How many are so long.</param>
/// <param name="Censored">How many are at least so long.</param>
/// <param name="Survival">The share of all durations that is estimated to be longer.</param>
internal readonly record struct DurationBucket(ulong Nanoseconds, long Ended, long Censored, double Survival);

/// <summary>How many durations are equal, as far as they are told apart.</summary>
/// <param name="Ended">Those that ended.</param>
/// <param name="Censored">Those that are censored: at least so long.</param>
internal readonly record struct DurationCounts(long Ended, long Censored);

/// <summary>
/// Durations of which some are censored: known to be at least so long, because the capture ended first. Percentiles are
/// those of the Kaplan-Meier estimate of the survival function (Kaplan and Meier 1958), over buckets: 64 to each power of
/// two, so that a percentile is within 1/128 of the exact one. Memory: 512 bytes for each power of two that occurs, 30 KiB
/// at most, however many durations there are.
/// </summary>
public sealed class LifetimeHistogram
{
    private const int BucketBits = 6;
    private const int Buckets = 1 << BucketBits;

    // Page 0 has a bucket for each value below 64; page n those of one power of two.
    private readonly Page?[] pages = new Page?[64 - BucketBits + 1];
    private ulong min = ulong.MaxValue;

    /// <summary>Durations that ended.</summary>
    public long Ended { get; private set; }

    /// <summary>Durations that are censored.</summary>
    public long Censored { get; private set; }

    /// <summary>The longest duration, exactly; censored if none that ended is as long.</summary>
    public Percentile Max { get; private set; }

    /// <summary>Adds a duration in nanoseconds.</summary>
    /// <param name="nanoseconds">How long it is.</param>
    /// <param name="isCensored">Whether it is at least so long.</param>
    internal void Add(ulong nanoseconds, bool isCensored)
    {
        var power = nanoseconds < Buckets ? 0 : BitOperations.Log2(nanoseconds) - BucketBits + 1;
        var page = pages[power] ??= new Page();
        var bucket = (int)(nanoseconds >> Math.Max(0, power - 1)) & (Buckets - 1);
        if (isCensored)
        {
            page.Censored[bucket]++;
            Censored++;
        }
        else
        {
            page.Ended[bucket]++;
            Ended++;
        }

        min = Math.Min(min, nanoseconds);
        if (Ended + Censored == 1 || nanoseconds > Max.Nanoseconds || (nanoseconds == Max.Nanoseconds && !isCensored))
        {
            Max = new Percentile(nanoseconds, isCensored);
        }
    }

    /// <summary>Adds all durations of another.</summary>
    internal void Add(LifetimeHistogram other)
    {
        for (var power = 0; power < pages.Length; power++)
        {
            if (other.pages[power] is { } from)
            {
                var page = pages[power] ??= new Page();
                for (var bucket = 0; bucket < Buckets; bucket++)
                {
                    page.Ended[bucket] += from.Ended[bucket];
                    page.Censored[bucket] += from.Censored[bucket];
                }
            }
        }

        var isFirst = Ended + Censored == 0;
        Ended += other.Ended;
        Censored += other.Censored;
        min = Math.Min(min, other.min);
        if (isFirst || other.Max.Nanoseconds > Max.Nanoseconds || (other.Max.Nanoseconds == Max.Nanoseconds && !other.Max.IsAtLeast))
        {
            Max = other.Max;
        }
    }

    /// <summary>The shortest time by which a share of the durations has ended; null without durations.</summary>
    /// <param name="share">Above 0 and at most 1: 0.5 for the median.</param>
    public Percentile? At(double share)
    {
        if (Ended + Censored == 0)
        {
            return null;
        }

        // Without this, rounding would move the percentile of some small counts by one duration.
        var wanted = 1 - share + 1e-9;
        foreach (var bucket in Distribution())
        {
            if (bucket.Ended > 0 && bucket.Survival <= wanted)
            {
                return new Percentile(bucket.Nanoseconds, false);
            }
        }

        return Max with { IsAtLeast = true };
    }

    /// <summary>The buckets in which there are durations, the shortest first.</summary>
    internal IEnumerable<DurationBucket> Distribution()
    {
        var survival = 1.0;
        var atRisk = Ended + Censored;
        for (var power = 0; power < pages.Length; power++)
        {
            if (pages[power] is not { } page)
            {
                continue;
            }

            for (var bucket = 0; bucket < Buckets; bucket++)
            {
                var (ended, censored) = (page.Ended[bucket], page.Censored[bucket]);
                if ((ended | censored) != 0)
                {
                    survival *= 1 - ((double)ended / atRisk);
                    atRisk -= (long)ended + censored;
                    yield return new DurationBucket(Math.Clamp(Middle(power, bucket), min, Max.Nanoseconds), ended, censored, survival);
                }
            }
        }
    }

    /// <summary>The buckets in which either of two has durations, the shortest first.</summary>
    internal static IEnumerable<(DurationCounts One, DurationCounts Other)> Pair(LifetimeHistogram one, LifetimeHistogram other)
    {
        for (var power = 0; power < one.pages.Length; power++)
        {
            for (var bucket = 0; bucket < Buckets && (one.pages[power] ?? other.pages[power]) is not null; bucket++)
            {
                yield return (CountsOf(one.pages[power], bucket), CountsOf(other.pages[power], bucket));
            }
        }
    }

    /// <summary>By how much a percentile may differ from the exact one: half of its bucket.</summary>
    internal static double RoundingOf(ulong nanoseconds) =>
        nanoseconds < Buckets ? 0 : (1UL << (BitOperations.Log2(nanoseconds) - BucketBits)) / 2.0;

    private static DurationCounts CountsOf(Page? page, int bucket) =>
        page is null ? default : new DurationCounts(page.Ended[bucket], page.Censored[bucket]);

    private static ulong Middle(int power, int bucket)
    {
        if (power == 0)
        {
            return (ulong)bucket;
        }

        var width = 1UL << (power - 1);
        return ((ulong)(Buckets + bucket) * width) + (width / 2);
    }

    private sealed class Page
    {
        internal Counts Ended;
        internal Counts Censored;
    }

    [InlineArray(Buckets)]
    private struct Counts
    {
        private uint first;
    }
}
