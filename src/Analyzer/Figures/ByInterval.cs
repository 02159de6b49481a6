namespace TraceCap.Analyzer.Figures;

/// <summary>A value for each interval of an <see cref="IntervalClock"/>.</summary>
/// <param name="clock">The intervals.</param>
/// <param name="join">The value of two intervals that become one.</param>
internal sealed class ByInterval<T>(IntervalClock clock, Func<T?, T?, T?> join)
{
    private T?[] values = new T?[IntervalClock.MaxIntervals];
    private int growths = clock.Growths.Count;

    /// <summary>The value at a place that the clock has just given.</summary>
    internal ref T? At(int place)
    {
        if (growths != clock.Growths.Count)
        {
            Grow();
        }

        return ref values[place];
    }

    /// <summary>The values of all intervals in the order of time; the default where nothing happened.</summary>
    internal T?[] InOrder() => [.. clock.Intervals.Select(interval => interval.Place < 0 ? default : At(interval.Place))];

    private void Grow()
    {
        for (; growths < clock.Growths.Count; growths++)
        {
            var moved = clock.Growths[growths];
            var joined = new T?[values.Length];
            for (var place = 0; place < moved.Length; place++)
            {
                joined[moved[place]] = join(joined[moved[place]], values[place]);
            }

            values = joined;
        }
    }
}
