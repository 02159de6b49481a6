using System.Collections.Immutable;

namespace TraceCap.Analyzer.Figures;

/// <summary>
/// The lengths of time that people count in: 1, 2 and 5 times a power of ten nanoseconds below a second, then those of a clock and of days, such
/// as 10 s, 1 min, 6 h. From a midnight on, those up to a day fall on round times of day.
/// </summary>
internal static class RoundTimes
{
    /// <summary>A second in nanoseconds.</summary>
    internal const long Second = 1_000_000_000;

    /// <summary>A day in nanoseconds.</summary>
    internal const long Day = 86_400 * Second;

    /// <summary>Of intervals: short steps from one to the next.</summary>
    private static readonly ImmutableArray<long> lengths = Make([1, 2, 5], [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200]);

    /// <summary>Of cells: each is a multiple of the one before, so that cells can grow.</summary>
    private static readonly ImmutableArray<long> growing = Make([1, 2], [1, 2, 10, 20, 60, 120, 600, 1200, 3600, 7200, 21_600, 43_200]);

    /// <summary>The shortest interval that is a multiple of one length, and at least as long as another.</summary>
    /// <param name="least">A length that <see cref="Grown"/> gives, or 1.</param>
    /// <param name="wanted">In nanoseconds.</param>
    internal static long AtLeast(long least, Int128 wanted)
    {
        foreach (var length in lengths)
        {
            if (length >= wanted && length % least == 0)
            {
                return length;
            }
        }

        throw new OverflowException();
    }

    /// <summary>The next length of a cell, a multiple of this one.</summary>
    internal static long Grown(long length)
    {
        foreach (var next in growing)
        {
            if (next > length)
            {
                return next;
            }
        }

        throw new OverflowException();
    }

    private static ImmutableArray<long> Make(ReadOnlySpan<int> digits, ReadOnlySpan<int> seconds)
    {
        var made = ImmutableArray.CreateBuilder<long>();
        for (var power = 1L; power < Second; power *= 10)
        {
            foreach (var digit in digits)
            {
                made.Add(digit * power);
            }
        }

        foreach (var second in seconds)
        {
            made.Add(second * Second);
        }

        for (var power = Day; ; power *= 10)
        {
            foreach (var digit in digits)
            {
                if (digit > long.MaxValue / power)
                {
                    return made.ToImmutable();
                }

                made.Add(digit * power);
            }

            if (power > long.MaxValue / 10)
            {
                return made.ToImmutable();
            }
        }
    }
}
