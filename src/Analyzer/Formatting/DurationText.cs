using System.Globalization;

namespace TraceCap.Analyzer.Formatting;

/// <summary>Durations for people: three digits and a unit.</summary>
internal static class DurationText
{
    private static readonly (double Nanoseconds, string Unit)[] units =
        [(365.25 * 86400e9, "y"), (86400e9, "d"), (3600e9, "h"), (60e9, "min"), (1e9, "s"), (1e6, "ms"), (1e3, "us")];

    /// <summary>Such as <c>270 us</c>, <c>1.93 ms</c>, <c>3.19 s</c>, <c>2.50 h</c> or <c>585 y</c>.</summary>
    public static string Of(ulong nanoseconds)
    {
        foreach (var (one, unit) in units)
        {
            // What rounds up to the next unit is told in it.
            if (nanoseconds >= one * 0.9995)
            {
                var value = nanoseconds / one;
                var decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
                return string.Create(CultureInfo.InvariantCulture, $"{Math.Round(value, decimals).ToString($"F{decimals}", CultureInfo.InvariantCulture)} {unit}");
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{nanoseconds} ns");
    }
}
