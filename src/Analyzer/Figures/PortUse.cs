namespace TraceCap.Analyzer.Figures;

/// <summary>
/// How many local ports the TIME_WAIT state held: the end that closes first keeps its port for a time (TCP_TIMEWAIT_LEN of
/// the kernel). Counted in seconds, so up to a second's connections too few.
/// </summary>
internal sealed class PortUse
{
    /// <summary>For so many seconds.</summary>
    internal const int Wait = 60;

    private const ulong Second = 1_000_000_000;

    // Those before the last second; none are kept before there are some.
    private uint[]? bySecond;
    private uint last;
    private uint inLast;
    private uint held;
    private uint peak;

    /// <summary>The most that were held at once.</summary>
    public long Peak => peak;

    /// <summary>A port goes into TIME_WAIT.</summary>
    /// <param name="closed">When, CLOCK_MONOTONIC ns; in the order of time, as far as it matters.</param>
    public void Add(ulong closed)
    {
        var second = (uint)(closed / Second);
        if (second > last)
        {
            GoTo(second);
        }

        inLast++;
        held++;
        peak = Math.Max(peak, held);
    }

    private void GoTo(uint second)
    {
        if (second - last >= Wait)
        {
            held = 0;
            bySecond = null;
        }
        else if (held > 0)
        {
            bySecond ??= new uint[Wait];
            bySecond[(int)(last % Wait)] = inLast;
            for (var gone = last + 1; gone <= second; gone++)
            {
                ref var leaving = ref bySecond[(int)(gone % Wait)];
                held -= leaving;
                leaving = 0;
            }
        }

        (last, inLast) = (second, 0);
    }
}
