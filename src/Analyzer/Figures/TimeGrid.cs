namespace TraceCap.Analyzer.Figures;

/// <summary>
/// Time divided into intervals of one length: 1, 2 or 5 times a power of ten nanoseconds. It is what decides how many of them
/// a chart has: their length grows until there are few enough, whatever times a file tells of.
/// </summary>
internal readonly record struct TimeGrid
{
    /// <summary>How many times longer the intervals of counters grow when there are too many of them.</summary>
    internal const int Step = 10;

    private readonly long first;

    /// <param name="range">What it covers, in nanoseconds: no more than 2^67.</param>
    /// <param name="least">A power of ten that the length is a multiple of, at least 100: then numbers of intervals fit a
    /// long.</param>
    /// <param name="most">As many intervals at most, but one or two; at least 16.</param>
    internal TimeGrid((Int128 From, Int128 To) range, long least, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(least, 100);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 16);
        ArgumentOutOfRangeException.ThrowIfLessThan(range.To, range.From);
        Length = least;
        for (var digit = 0; (range.To - range.From) / Length >= most; digit = (digit + 1) % 3)
        {
            Length = checked(digit == 1 ? Length / 2 * 5 : Length * 2);
        }

        first = NumberAt(range.From, Length);
        Count = checked((int)(NumberAt(range.To, Length) - first) + 1);
    }

    /// <summary>The length of an interval in nanoseconds.</summary>
    internal long Length { get; }

    /// <summary>How many there are.</summary>
    internal int Count { get; }

    /// <summary>The interval that a time is in; the first or the last if it is out of range.</summary>
    internal int NumberOf(Int128 time) => (int)Math.Clamp(NumberAt(time, Length) - first, 0, Count - 1);

    /// <summary>When an interval begins.</summary>
    internal Int128 Begin(int number) => (Int128)(first + number) * Length;

    /// <summary>For each interval, whether a part of it is in one of these times.</summary>
    internal bool[] AreIn(IReadOnlyList<(Int128 From, Int128 To)> times)
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
    /// <param name="length">In nanoseconds, at least 100.</param>
    internal static long NumberAt(Int128 time, long length)
    {
        if (time >= long.MinValue && time <= long.MaxValue)
        {
            return Floor((long)time, length);
        }

        var (quotient, remainder) = Int128.DivRem(time, length);
        return checked((long)quotient) - (remainder < 0 ? 1 : 0);
    }

    /// <summary>Divides, and rounds down.</summary>
    internal static long Floor(long dividend, long divisor) =>
        (dividend / divisor) - (dividend % divisor < 0 ? 1 : 0);
}
