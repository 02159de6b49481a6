using ScottPlot;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Charts;

/// <summary>Marks of an axis of time at round times of day, as many as have room, with the date where the day changes.</summary>
/// <param name="clock">Tells the times.</param>
/// <param name="at">Where a place on the line of time stands on the axis.</param>
internal sealed class ClockTicks(ChartClock clock, Func<Int128, double> at) : ITickGenerator
{
    /// <summary>Between two labels, in pixels of the default size.</summary>
    private const float Gap = 14;

    private static readonly (long Major, long Minor)[] clocks =
    [
        (1, 1), (2, 1), (5, 1), (10, 2), (15, 5), (30, 5), (60, 10), (120, 30), (300, 60), (600, 120), (900, 300), (1800, 300),
        (3600, 600), (7200, 1800), (10_800, 1800), (21_600, 3600), (43_200, 7200),
    ];

    private static readonly (long Major, long Minor)[] steps = [.. Decimals(100, RoundTimes.Second), .. clocks.Select(Seconds), .. Decimals(RoundTimes.Day, long.MaxValue)];

    public Tick[] Ticks { get; set; } = [];

    public int MaxTickCount { get; set; } = 10_000;

    public void Regenerate(CoordinateRange range, Edge edge, PixelLength size, Paint paint, LabelStyle labelStyle)
    {
        var date = clock.IsOneDay ? 0 : labelStyle.Measure("2026-01-01", paint).Width;
        foreach (var (major, minor) in steps)
        {
            var widest = Math.Max(date, major >= RoundTimes.Day ? date : labelStyle.Measure(ChartClock.Clock(0, major), paint).Width);
            var pixels = (double)major / (double)Int128.Max(clock.To - clock.From, 1) * size.Length;
            if (pixels >= widest + Gap)
            {
                Ticks = [.. Majors(major), .. Places(minor).Select(place => Tick.Minor(at(place)))];
                return;
            }
        }

        Ticks = [];
    }

    private IEnumerable<Tick> Majors(long step)
    {
        var day = default(DateOnly);
        foreach (var place in Places(step))
        {
            var local = clock.LocalOf(place);
            var date = ChartClock.DateOf(local);
            var isNew = date != day && !clock.IsOneDay;
            day = date;
            yield return Tick.Major(at(place), step >= RoundTimes.Day ? Text(date) : isNew ? $"{ChartClock.Clock(local, step)}\n{Text(date)}" : ChartClock.Clock(local, step));
        }

        static string Text(DateOnly date) => ChartText.Invariant($"{date:yyyy-MM-dd}");
    }

    /// <summary>All round times from the beginning of the axis to its end.</summary>
    private IEnumerable<Int128> Places(long step)
    {
        var last = clock.From - 1;
        for (var local = clock.LocalOf(clock.From) / step * step; ; local += step)
        {
            var place = clock.PlaceOf(local);
            if (place > clock.To)
            {
                yield break;
            }

            // Where clocks are put back, a time comes twice.
            if (place > last)
            {
                last = place;
                yield return place;
            }
        }
    }

    private static (long Major, long Minor) Seconds((long Major, long Minor) step) =>
        step.Major == step.Minor ? (step.Major * RoundTimes.Second, RoundTimes.Second / 5) : (step.Major * RoundTimes.Second, step.Minor * RoundTimes.Second);

    private static IEnumerable<(long Major, long Minor)> Decimals(long from, long before)
    {
        for (var power = from; power < before; power *= 10)
        {
            foreach (var (major, minor) in ((int, int)[])[(10, 2), (20, 5), (50, 10)])
            {
                if (major / 10 <= before / power)
                {
                    yield return (power / 10 * major, power / 10 * minor);
                }
            }

            if (power > long.MaxValue / 100)
            {
                yield break;
            }
        }
    }
}
