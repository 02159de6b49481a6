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
/// buckets to each power of two. Memory: 8 to 16 bytes for each of the few, then 512 bytes for each power of two that occurs.
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
            buckets.Add(nanoseconds);
            return;
        }

        var few = (ulong[])(store ??= new ulong[2]);
        var place = (int)++few[0];
        if (place == few.Length)
        {
            if (place > most)
            {
                few[0]--;
                ToBuckets().Add(nanoseconds);
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
            buckets.Add(value);
        }

        store = buckets;
        return buckets;
    }

    /// <summary>One of 64 to a power of two: eight bytes, as there are many and each connection needs another.</summary>
    private struct Bucket
    {
        internal uint Count;

        // Where in the bucket, in 65,536ths of it, or in nanoseconds if it has fewer.
        internal ushort Least;
        internal ushort Most;
    }

    private sealed class Buckets
    {
        private const int PlaceBits = 16;

        private readonly Bucket[]?[] pages = new Bucket[64 - BucketBits + 1][];
        private ulong longest;

        internal long Count { get; private set; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void Add(ulong nanoseconds)
        {
            var page = nanoseconds < BucketsOfPage ? 0 : BitOperations.Log2(nanoseconds) - BucketBits + 1;
            var widthBits = Math.Max(0, page - 1);
            var number = (int)(nanoseconds >> widthBits) & (BucketsOfPage - 1);
            var place = (ushort)((nanoseconds & ((1UL << widthBits) - 1)) >> Math.Max(0, widthBits - PlaceBits));
            ref var bucket = ref (pages[page] ??= new Bucket[BucketsOfPage])[number];
            if (bucket.Count++ == 0)
            {
                (bucket.Least, bucket.Most) = (place, place);
            }
            else if (place < bucket.Least)
            {
                bucket.Least = place;
            }
            else if (place > bucket.Most)
            {
                bucket.Most = place;
            }

            Count++;
            if (nanoseconds > longest)
            {
                longest = nanoseconds;
            }
        }

        internal void Add(Buckets other)
        {
            for (var page = 0; page < pages.Length; page++)
            {
                if (other.pages[page] is not { } from)
                {
                    continue;
                }

                var to = pages[page] ??= new Bucket[BucketsOfPage];
                for (var number = 0; number < BucketsOfPage; number++)
                {
                    var (one, more) = (to[number], from[number]);
                    to[number] = one.Count == 0 ? more : more.Count == 0 ? one : new Bucket
                    {
                        Count = one.Count + more.Count,
                        Least = Math.Min(one.Least, more.Least),
                        Most = Math.Max(one.Most, more.Most),
                    };
                }
            }

            Count += other.Count;
            longest = Math.Max(longest, other.longest);
        }

        internal DurationBin[] Bins()
        {
            var bins = new List<DurationBin>();
            for (var page = 0; page < pages.Length; page++)
            {
                for (var number = 0; pages[page] is { } buckets && number < BucketsOfPage; number++)
                {
                    if (buckets[number].Count > 0)
                    {
                        bins.Add(Bin(page, number, in buckets[number]));
                    }
                }
            }

            return [.. bins];
        }

        private DurationBin Bin(int page, int number, in Bucket bucket)
        {
            var widthBits = Math.Max(0, page - 1);
            var placeBits = Math.Max(0, widthBits - PlaceBits);
            var start = page == 0 ? (ulong)number : (ulong)(BucketsOfPage + number) << widthBits;
            var least = start + ((ulong)bucket.Least << placeBits);
            var most = Math.Min(start + ((ulong)bucket.Most << placeBits) + ((1UL << placeBits) - 1), longest);
            return new DurationBin(least, least, most, bucket.Count);
        }
    }
}
