using System.Numerics;

namespace TraceCap.Analyzer.Episodes;

/// <summary>
/// Durations in 8 buckets to each power of two, from a microsecond to an hour, what is shorter or longer in the first and the last:
/// 1 KiB, for what there is much of. Some may be censored, known to be at least so long; quantiles are those of Kaplan and Meier then,
/// and the upper edges of their buckets: at most 9 % too long.
/// </summary>
internal sealed class CoarseDurations
{
    private const int PartBits = 3;
    private const int LeastPower = 10;
    private const int Powers = 32;

    private readonly uint[] ended = new uint[Powers << PartBits];
    private uint[]? censored;

    /// <summary>How many there are.</summary>
    internal long Count { get; private set; }

    internal void Add(ulong nanoseconds, bool isCensored = false)
    {
        Count++;
        (isCensored ? censored ??= new uint[ended.Length] : ended)[BucketOf(nanoseconds)]++;
    }

    /// <summary>As short as a share of them are, or shorter; null if too few have ended.</summary>
    internal ulong? At(double share)
    {
        var (survival, atRisk) = (1.0, (double)Count);
        for (var bucket = 0; bucket < ended.Length; bucket++)
        {
            if (ended[bucket] > 0)
            {
                survival *= 1 - (ended[bucket] / atRisk);
                if (survival <= 1 - share + 1e-9)
                {
                    return EdgeOf(bucket);
                }
            }

            atRisk -= ended[bucket] + (censored?[bucket] ?? 0);
        }

        return null;
    }

    /// <summary>Adds all of another.</summary>
    internal void Add(CoarseDurations other)
    {
        Count += other.Count;
        for (var bucket = 0; bucket < ended.Length; bucket++)
        {
            ended[bucket] += other.ended[bucket];
            if (other.censored is { } more)
            {
                (censored ??= new uint[ended.Length])[bucket] += more[bucket];
            }
        }
    }

    private static int BucketOf(ulong nanoseconds)
    {
        var power = BitOperations.Log2(nanoseconds | 1);
        return power < LeastPower ? 0
            : power >= LeastPower + Powers ? (Powers << PartBits) - 1
            : ((power - LeastPower) << PartBits) | (int)((nanoseconds >> (power - PartBits)) & ((1 << PartBits) - 1));
    }

    private static ulong EdgeOf(int bucket)
    {
        var (power, part) = ((bucket >> PartBits) + LeastPower, bucket & ((1 << PartBits) - 1));
        return (1UL << power) + ((ulong)(part + 1) << (power - PartBits)) - 1;
    }
}
