using ScottPlot;

namespace TraceCap.Charts;

/// <summary>Marks of an axis at 1, 2 or 5 times a power of ten, as many as have room, and smaller ones between them, to both ends.</summary>
/// <param name="format">What stands at a mark.</param>
/// <param name="isWhole">Whether there are whole numbers only.</param>
internal sealed class RoundTicks(Func<double, string> format, bool isWhole = false) : ITickGenerator
{
    // Between two labels, in pixels of the default size.
    private const float Gap = 16;

    public Tick[] Ticks { get; set; } = [];

    public int MaxTickCount { get; set; } = 10_000;

    public void Regenerate(CoordinateRange range, Edge edge, PixelLength size, Paint paint, LabelStyle labelStyle)
    {
        if (!(range.Length > 0) || !double.IsFinite(range.Length) || !(size.Length > 0))
        {
            Ticks = [];
            return;
        }

        var power = Math.Pow(10, Math.Floor(Math.Log10(range.Length)) - 3);
        power = isWhole ? Math.Max(power, 1) : power;
        var (major, parts) = (power, 1);
        for (; ; power *= 10)
        {
            foreach (var (digit, smaller) in (ReadOnlySpan<(int, int)>)[(1, 5), (2, 4), (5, 5)])
            {
                (major, parts) = (digit * power, isWhole && digit * power < 10 ? (int)Math.Max(1, digit * power) : smaller);
                var need = edge is Edge.Bottom or Edge.Top ? Math.Max(Width(range.Min), Width(range.Max)) + Gap : 3 * ChartFonts.LabelSize;
                if (major / range.Length * size.Length >= need || major > range.Length)
                {
                    Set(range, major, parts);
                    return;
                }
            }
        }

        float Width(double value) => labelStyle.Measure(format(Math.Round(value / major) * major), paint).Width;
    }

    private void Set(CoordinateRange range, double major, int parts)
    {
        var ticks = new List<Tick>();
        var slack = range.Length * 1e-9;
        for (var number = Math.Ceiling((range.Min - slack) / major * parts); number * major / parts <= range.Max + slack; number++)
        {
            // Without the sign of a zero.
            var value = (number * major / parts) + 0.0;
            ticks.Add(number % parts == 0 ? Tick.Major(value, format(value)) : Tick.Minor(value));
        }

        Ticks = [.. ticks];
    }
}
