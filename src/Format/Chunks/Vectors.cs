using System.Numerics;
using System.Runtime.InteropServices;

namespace TraceCap.Format.Chunks;

/// <summary>What is done to all values of a column at once.</summary>
internal static class Vectors
{
    /// <summary>The least and the greatest value; zeros if there is none.</summary>
    public static (ulong Least, ulong Greatest) Range(ReadOnlySpan<ulong> values)
    {
        if (values.IsEmpty)
            return (0, 0);

        // With the highest bit turned over, comparisons with a sign do, for which processors have instructions.
        var high = new Vector<ulong>(1UL << 63);
        var (least, greatest) = (new Vector<long>(long.MaxValue), new Vector<long>(long.MinValue));
        var (otherLeast, otherGreatest) = (least, greatest);
        var all = MemoryMarshal.Cast<ulong, Vector<ulong>>(values);
        // Two by two, as each comparison waits for the one before.
        for (var i = 0; i < all.Length; i += 2)
        {
            var (one, other) = ((all[i] ^ high).As<ulong, long>(), (all[Math.Min(i + 1, all.Length - 1)] ^ high).As<ulong, long>());
            (least, otherLeast) = (Vector.Min(least, one), Vector.Min(otherLeast, other));
            (greatest, otherGreatest) = (Vector.Max(greatest, one), Vector.Max(otherGreatest, other));
        }

        (least, greatest) = (Vector.Min(least, otherLeast), Vector.Max(greatest, otherGreatest));

        var range = (Least: ulong.MaxValue, Greatest: 0UL);
        for (var lane = 0; lane < Vector<ulong>.Count && values.Length >= Vector<ulong>.Count; lane++)
        {
            range = (Math.Min(range.Least, (ulong)least[lane] ^ (1UL << 63)), Math.Max(range.Greatest, (ulong)greatest[lane] ^ (1UL << 63)));
        }

        foreach (var value in values[Whole(values.Length)..])
        {
            range = (Math.Min(range.Least, value), Math.Max(range.Greatest, value));
        }

        return range;
    }

    /// <summary>Whether all values are below a limit, of at most 2^63.</summary>
    public static bool AreBelow(ReadOnlySpan<ulong> values, ulong limit)
    {
        // The highest bit of any of these is set if and only if a value is not: comparisons without a sign take three times as long.
        var high = Vector<ulong>.Zero;
        var most = new Vector<ulong>(limit - 1);
        foreach (var some in MemoryMarshal.Cast<ulong, Vector<ulong>>(values))
        {
            high |= some | (most - some);
        }

        var rest = 0UL;
        foreach (var value in values[Whole(values.Length)..])
        {
            rest |= value | (limit - 1 - value);
        }

        return limit > 0 && !Vector.LessThanAny(high.As<ulong, long>(), Vector<long>.Zero) && (long)rest >= 0;
    }

    /// <summary>How many values have any of some bits.</summary>
    public static int CountWith(ReadOnlySpan<ulong> values, ulong bits)
    {
        var some = new Vector<ulong>(bits);
        var without = Vector<ulong>.Zero;
        foreach (var each in MemoryMarshal.Cast<ulong, Vector<ulong>>(values))
        {
            without -= Vector.Equals(each & some, Vector<ulong>.Zero);
        }

        var count = Whole(values.Length) - (int)Vector.Sum(without);
        foreach (var value in values[Whole(values.Length)..])
        {
            count += (value & bits) != 0 ? 1 : 0;
        }

        return count;
    }

    /// <summary>Whether any value has any of some bits.</summary>
    public static bool AnyOf(ReadOnlySpan<ulong> values, ulong bits)
    {
        var all = Vector<ulong>.Zero;
        foreach (var each in MemoryMarshal.Cast<ulong, Vector<ulong>>(values))
        {
            all |= each;
        }

        var rest = 0UL;
        foreach (var value in values[Whole(values.Length)..])
        {
            rest |= value;
        }

        return (rest & bits) != 0 || (all & new Vector<ulong>(bits)) != Vector<ulong>.Zero;
    }

    /// <summary>Lowers every value.</summary>
    public static void Subtract(Span<ulong> values, ulong by)
    {
        foreach (ref var some in MemoryMarshal.Cast<ulong, Vector<ulong>>(values))
        {
            some -= new Vector<ulong>(by);
        }

        foreach (ref var value in values[Whole(values.Length)..])
        {
            value -= by;
        }
    }

    /// <summary>Replaces every value but the first by the zigzag code of its difference from the one before.</summary>
    public static void ToDifferences(Span<ulong> values)
    {
        // From the end, so that the value before is still there.
        var i = values.Length - Vector<ulong>.Count;
        for (; i > 0; i -= Vector<ulong>.Count)
        {
            var difference = new Vector<ulong>(values[i..]) - new Vector<ulong>(values[(i - 1)..]);
            var sign = Vector.ShiftRightArithmetic(difference.As<ulong, long>(), 63).As<long, ulong>();
            ((difference << 1) ^ sign).CopyTo(values[i..]);
        }

        for (i += Vector<ulong>.Count - 1; i > 0; i--)
        {
            values[i] = ZigZag.Encode(values[i] - values[i - 1]);
        }
    }

    private static int Whole(int count) => count - (count % Vector<ulong>.Count);
}
