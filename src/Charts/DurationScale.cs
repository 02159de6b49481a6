using ScottPlot;

namespace TraceCap.Charts;

/// <summary>An axis of durations: their powers of ten, in nanoseconds.</summary>
internal static class DurationScale
{
    private const double LastDecade = 10;

    private static readonly (double Nanoseconds, string Unit)[] units =
        [(86_400e9, "d"), (3600e9, "h"), (60e9, "min"), (1e9, "s"), (1e6, "ms"), (1e3, "us"), (1, "ns")];

    // Above ten seconds people do not count in powers of ten. Each has marks at its multiples, up to the next.
    private static readonly double[] beyond = [60e9, 600e9, 3600e9, 36_000e9, 86_400e9, 864_000e9, 8_640_000e9, 86_400_000e9, 864_000_000e9, 8_640_000_000e9];

    /// <summary>Where a duration stands.</summary>
    internal static double At(double nanoseconds) => Math.Log10(Math.Max(nanoseconds, 1));

    /// <summary>The unit in which a duration is at least 1.</summary>
    internal static (double Nanoseconds, string Unit) UnitOf(double nanoseconds) =>
        units.FirstOrDefault(unit => nanoseconds >= unit.Nanoseconds, units[^1]);

    /// <summary>A round duration, such as <c>20 ms</c>.</summary>
    internal static string Text(double nanoseconds)
    {
        var (one, unit) = UnitOf(nanoseconds);
        return ChartText.Invariant($"{nanoseconds / one:0.##} {unit}");
    }

    /// <summary>Marks from one place on the axis to another.</summary>
    internal static ITickGenerator Ticks(double from, double to)
    {
        var ticks = new FittingTicks();
        // Within two decades their beginnings are too few.
        var isShort = to - from < 2.5;
        for (var decade = (int)Math.Floor(from); decade <= Math.Min(to, LastDecade); decade++)
        {
            for (var digit = 1; digit < 10 && (decade < LastDecade || digit < 6); digit++)
            {
                var duration = digit * Math.Pow(10, decade);
                Add(duration, digit == 1 || (isShort && (digit is 2 or 5)));
            }
        }

        for (var i = 0; i < beyond.Length; i++)
        {
            Add(beyond[i], true);
            for (var digit = 2; i + 1 < beyond.Length && digit * beyond[i] < beyond[i + 1]; digit++)
            {
                Add(digit * beyond[i], isShort && digit is (2 or 5));
            }
        }

        return ticks;

        void Add(double duration, bool isMajor)
        {
            var at = At(duration);
            if (at < from || at > to)
            {
                return;
            }

            if (isMajor)
            {
                ticks.AddMajor(at, Text(duration));
            }
            else
            {
                ticks.AddMinor(at);
            }
        }
    }
}
