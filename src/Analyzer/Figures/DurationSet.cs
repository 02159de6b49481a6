using System.Numerics;
using System.Runtime.CompilerServices;

namespace TraceCap.Analyzer.Figures;

/// <summary>Durations that are together, as far as they are told apart.</summary>
/// <param name="At">Where they stand among others, in nanoseconds: one of them, or where it would be if those of its bucket were
/// spread evenly.</param>
/// <param name="Least">The shortest of their bucket.</param>
/// <param name="Most">The longest of it.</param>
/// <param name="Count">How many they are.</param>
internal readonly record struct DurationBin(ulong At, ulong Least, ulong Most, long Count);

/// <summary>
/// Durations, each as it is while they are few. Of more, each bucket keeps how many there are, the shortest and the longest: 64
/// buckets to each power of two. Memory: 8 to 16 bytes for each of the few, then 1.5 KiB for each power of two that occurs.
/// </summary>
internal struct DurationSet
{
    private const int BucketBits = 6;
    private const int BucketsOfPage = 1 << BucketBits;

    // One field, as there may be millions of sets: an array of the few, in no order, behind their number; or Buckets.
    private object? store;

    /// <summary>How many there are.</summary>
    internal readonly long Count => store is Buckets buckets ? buckets.Count : store is ulong[] few ? (long)few[0] : 0;

    /// <summary>Whether each is known as it is.</summary>
    internal readonly bool IsExact => store is not Buckets;

    /// <summary>The number of the bucket of a duration.</summary>
    internal static int BucketOf(ulong nanoseconds)
    {
        // Page 0 has a bucket for each value below 64; page n those of one power of two.
        var page = nanoseconds < BucketsOfPage ? 0 : BitOperations.Log2(nanoseconds) - BucketBits + 1;
        return (page << BucketBits) | ((int)(nanoseconds >> Math.Max(0, page - 1)) & (BucketsOfPage - 1));
    }

    /// <summary>Adds a duration.</summary>
    /// <param name="nanoseconds">How long it is.</param>
    /// <param name="most">As many are kept as they are.</param>
    internal void Add(ulong nanoseconds, int most)
    {
        if (store is Buckets buckets)
        {
            buckets.Add(nanoseconds, nanoseconds, nanoseconds, 1);
            return;
        }

        var few = (ulong[])(store ??= new ulong[2]);
        var place = (int)++few[0];
        if (place == few.Length)
        {
            if (place > most)
            {
                few[0]--;
                ToBuckets().Add(nanoseconds, nanoseconds, nanoseconds, 1);
                return;
            }

            Array.Resize(ref few, Math.Min(2 * place, most + 1));
            store = few;
        }

        few[place] = nanoseconds;
    }

    /// <summary>Adds all of another.</summary>
    internal void Add(in DurationSet other, int most)
    {
        if (other.store is Buckets buckets)
        {
            ToBuckets().Add(buckets);
            return;
        }

        foreach (var value in other.Few)
        {
            Add(value, most);
        }
    }

    /// <summary>All, the shortest first.</summary>
    internal readonly DurationBin[] Bins()
    {
        if (store is Buckets buckets)
        {
            return buckets.Bins();
        }

        var sorted = Few.ToArray();
        Array.Sort(sorted);
        var bins = new DurationBin[sorted.Length];
        var count = 0;
        for (int from = 0, to; from < sorted.Length; from = to)
        {
            for (to = from + 1; to < sorted.Length && sorted[to] == sorted[from]; to++)
            {
            }

            bins[count++] = new DurationBin(sorted[from], sorted[from], sorted[from], to - from);
        }

        return bins[..count];
    }

    private readonly ReadOnlySpan<ulong> Few => store is ulong[] few ? few.AsSpan(1, (int)few[0]) : [];

    private Buckets ToBuckets()
    {
        if (store is Buckets buckets)
        {
            return buckets;
        }

        buckets = new Buckets();
        foreach (var value in Few)
        {
            buckets.Add(value, value, value, 1);
        }

        store = buckets;
        return buckets;
    }

    private struct Bucket
    {
        internal long Count;
        internal ulong Least;
        internal ulong Most;
    }

    private sealed class Buckets
    {
        private readonly Bucket[]?[] pages = new Bucket[64 - BucketBits + 1][];

        internal long Count { get; private set; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void Add(ulong at, ulong least, ulong most, long count)
        {
            var number = BucketOf(at);
            ref var bucket = ref (pages[number >> BucketBits] ??= new Bucket[BucketsOfPage])[number & (BucketsOfPage - 1)];
            if (least < bucket.Least || bucket.Count == 0)
            {
                bucket.Least = least;
            }

            if (most > bucket.Most)
            {
                bucket.Most = most;
            }

            bucket.Count += count;
            Count += count;
        }

        internal void Add(Buckets other)
        {
            foreach (var bin in other.Bins())
            {
                Add(bin.At, bin.Least, bin.Most, bin.Count);
            }
        }

        internal DurationBin[] Bins() =>
        [
            .. from page in pages
               where page is not null
               from bucket in page!
               where bucket.Count > 0
               select new DurationBin(bucket.Least, bucket.Least, bucket.Most, bucket.Count),
        ];
    }
}
