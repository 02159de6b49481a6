namespace TraceCap.Analyzer.Figures;

/// <summary>
/// Time divided into intervals of one length, one of the <see cref="RoundTimes"/>. It is what decides how many of them
/// a chart has: the shortest of which there are few enough, whatever times a file has.
/// </summary>
internal readonly record struct TimeGrid
{
    /// <param name="range">What it covers, in nanoseconds: no more than 2^67.</param>
    /// <param name="least">A length of a cell that theirs is a multiple of, at least 100: then numbers of intervals fit a long.</param>
    /// <param name="most">As many intervals at most, but one or two; at least 16.</param>
    internal TimeGrid((Int128 From, Int128 To) range, long least, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(least, 100);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 16);
        ArgumentOutOfRangeException.ThrowIfLessThan(range.To, range.From);
        // So long that a whole number of them, less than the most, is not shorter than the range.
        Length = RoundTimes.AtLeast(least, ((range.To - range.From) / most) + 1);
        First = NumberAt(range.From, Length);
        Count = checked((int)(NumberAt(range.To, Length) - First) + 1);
    }

    /// <param name="first">The number of the first interval.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="length">How long they are, in nanoseconds.</param>
    internal TimeGrid(long first, int count, long length) => (First, Count, Length) = (first, count, length);

    /// <summary>The number of the first, where the one that begins at 0 has the number 0.</summary>
    internal long First { get; }

    /// <summary>The length of an interval in nanoseconds.</summary>
    internal long Length { get; }

    /// <summary>How many there are.</summary>
    internal int Count { get; }

    /// <summary>The interval that a time is in, from 0; the first or the last if it is out of range.</summary>
    internal int NumberOf(Int128 time) => (int)Int128.Clamp(FullNumberAt(time, Length) - First, 0, Count - 1);

    /// <summary>When an interval begins.</summary>
    internal Int128 Begin(int number) => ((Int128)First + number) * Length;

    /// <summary>For each interval, whether a part of it is in one of these times.</summary>
    internal bool[] AreIn(IEnumerable<(Int128 From, Int128 To)> times)
    {
        var marks = new bool[Count];
        var end = Begin(Count);
        foreach (var (from, to) in times)
        {
            if (to >= Begin(0) && from < end)
            {
                marks.AsSpan(NumberOf(from)..(NumberOf(to) + 1)).Fill(true);
            }
        }

        return marks;
    }

    /// <summary>The number of the interval of a length that a time is in, where the one that begins at 0 has the number 0.</summary>
    /// <param name="time">In nanoseconds.</param>
    /// <param name="length">In nanoseconds; of 100 or more every number fits.</param>
    internal static long NumberAt(Int128 time, long length) =>
        TryNumberAt(time, length, out var number) ? number : throw new OverflowException();

    /// <summary>The same, where it may not fit a long.</summary>
    internal static bool TryNumberAt(Int128 time, long length, out long number)
    {
        if (time >= long.MinValue && time <= long.MaxValue)
        {
            number = Floor((long)time, length);
            return true;
        }

        var full = FullNumberAt(time, length);
        number = unchecked((long)full);
        // One less than the greatest, so that there is one after it.
        return full > long.MinValue && full < long.MaxValue;
    }

    /// <summary>Divides, and rounds down.</summary>
    internal static long Floor(long dividend, long divisor)
    {
        var (quotient, remainder) = Math.DivRem(dividend, divisor);
        return remainder < 0 ? quotient - 1 : quotient;
    }

    private static Int128 FullNumberAt(Int128 time, long length)
    {
        var (quotient, remainder) = Int128.DivRem(time, length);
        return remainder < 0 ? quotient - 1 : quotient;
    }
}
