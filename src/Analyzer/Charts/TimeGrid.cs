namespace TraceCap.Analyzer.Charts;

/// <summary>Time divided into intervals of one length: 1, 2 or 5 times a power of ten nanoseconds.</summary>
internal readonly record struct TimeGrid
{
    /// <summary>How many times longer the intervals of counters grow when there are too many of them.</summary>
    internal const int Step = 10;

    private readonly long first;

    /// <param name="range">What it covers, in nanoseconds.</param>
    /// <param name="least">A power of ten that the length is a multiple of.</param>
    /// <param name="most">As many intervals at most, but one or two.</param>
    internal TimeGrid((long From, long To) range, long least, int most)
    {
        Length = least;
        for (var digit = 0; (range.To - range.From) / Length >= most; digit = (digit + 1) % 3)
        {
            Length = digit == 1 ? Length / 2 * 5 : Length * 2;
        }

        first = Floor(range.From, Length);
        Count = (int)(Floor(range.To, Length) - first) + 1;
    }

    /// <summary>The length of an interval in nanoseconds.</summary>
    internal long Length { get; }

    /// <summary>How many there are.</summary>
    internal int Count { get; }

    /// <summary>The interval that a time is in; the first or the last if it is out of range.</summary>
    internal int NumberOf(long time) => (int)Math.Clamp(Floor(time, Length) - first, 0, Count - 1);

    /// <summary>When an interval begins.</summary>
    internal long Begin(int number) => (first + number) * Length;

    /// <summary>Whether an interval has a part in one of these times.</summary>
    internal bool IsIn(int number, IEnumerable<(long From, long To)> times)
    {
        var (from, to) = (Begin(number), Begin(number + 1));
        return times.Any(time => time.From < to && time.To >= from);
    }

    /// <summary>Divides, and rounds down.</summary>
    internal static long Floor(long dividend, long divisor) =>
        (dividend / divisor) - (dividend % divisor < 0 ? 1 : 0);
}
