using TraceCap.Format.Metadata;

namespace TraceCap.Recorder.Kernel;

/// <summary>The kernel's clocks.</summary>
internal static class Clocks
{
    private const int Tries = 8;

    /// <summary>CLOCK_MONOTONIC in nanoseconds, the clock of the events.</summary>
    public static ulong Monotonic() => Read(Libc.ClockMonotonic);

    /// <summary>Reads all three clocks between two looks at the monotonic one; the closest of several tries.</summary>
    public static ClockAnchor Anchor()
    {
        var (best, spread) = AnchorOnce();
        for (var i = 1; i < Tries; i++)
        {
            var (next, nextSpread) = AnchorOnce();
            if (nextSpread < spread)
            {
                (best, spread) = (next, nextSpread);
            }
        }

        return best;
    }

    private static (ClockAnchor Anchor, ulong Spread) AnchorOnce()
    {
        var before = Monotonic();
        var realtime = Read(Libc.ClockRealtime);
        var bootTime = Read(Libc.ClockBootTime);
        var spread = Monotonic() - before;
        return (new ClockAnchor(before + (spread / 2), bootTime, realtime), spread);
    }

    private static ulong Read(int clock)
    {
        Libc.ClockGetTime(clock, out var time);
        return ((ulong)time.Seconds * 1_000_000_000) + (ulong)time.Nanoseconds;
    }
}
