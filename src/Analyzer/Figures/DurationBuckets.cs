using System.Numerics;

namespace TraceCap.Analyzer.Figures;

/// <summary>Durations of which some are censored, counted in buckets: 64 to each power of two. There is one for each interval of time, so
/// it is small: 512 bytes for each power of two that occurs.</summary>
internal sealed class DurationBuckets
{
    private const int BucketBits = 6;
    private const int BucketsOfPage = 1 << BucketBits;

    // Page 0 has a bucket for each value below 64; page n those of one power of two.
    private readonly uint[]?[] pages = new uint[64 - BucketBits + 1][];

    /// <summary>How many there are, ended and censored ones.</summary>
    internal long Count { get; private set; }

    /// <summary>The buckets in which there are durations, the shortest first.</summary>
    internal IEnumerable<int> Buckets
    {
        get
        {
            for (var bucket = 0; bucket < pages.Length * BucketsOfPage; bucket++)
            {
                if (this[bucket] != default)
                {
                    yield return bucket;
                }
            }
        }
    }

    /// <summary>What is in a bucket.</summary>
    internal DurationCounts this[int bucket] =>
        pages[bucket >> BucketBits] is { } page ? new DurationCounts(page[PlaceOf(bucket)], page[PlaceOf(bucket) + 1]) : default;

    /// <summary>The shortest duration of a bucket, in nanoseconds.</summary>
    internal static double LeastOf(int bucket) => bucket < BucketsOfPage ? bucket
        : Math.ScaleB(BucketsOfPage + (bucket & (BucketsOfPage - 1)), (bucket >> BucketBits) - 1);

    /// <summary>Adds a duration in nanoseconds.</summary>
    internal void Add(ulong nanoseconds, bool isCensored)
    {
        var page = nanoseconds < BucketsOfPage ? 0 : BitOperations.Log2(nanoseconds) - BucketBits + 1;
        var bucket = (int)(nanoseconds >> Math.Max(0, page - 1)) & (BucketsOfPage - 1);
        (pages[page] ??= new uint[2 * BucketsOfPage])[PlaceOf(bucket) + (isCensored ? 1 : 0)]++;
        Count++;
    }

    /// <summary>Adds all of another.</summary>
    internal void Add(DurationBuckets other)
    {
        for (var i = 0; i < pages.Length; i++)
        {
            if (other.pages[i] is { } from)
            {
                var page = pages[i] ??= new uint[2 * BucketsOfPage];
                for (var place = 0; place < page.Length; place++)
                {
                    page[place] += from[place];
                }
            }
        }

        Count += other.Count;
    }

    private static int PlaceOf(int bucket) => 2 * (bucket & (BucketsOfPage - 1));
}
