using System.Globalization;
using TraceCap.Format.Units;

namespace TraceCap.Analyzer.Formatting;

/// <summary>Durations for people: three digits and a unit.</summary>
internal static class DurationText
{
    // "m" alone reads as a part of a second.
    private static readonly (double Nanoseconds, string Unit)[] units =
        [.. Durations.LongUnits.Skip(1).Reverse().Select(unit => ((double)unit.Factor, unit.Spellings is [var spelling, ..] ? spelling : unit.Name))];

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

    /// <summary>Exactly, in the largest unit up to a second of which it is a whole number: <c>1 s</c>, <c>60 s</c>.</summary>
    public static string Whole(ulong nanoseconds)
    {
        var unit = Durations.Units.TakeWhile(unit => unit.Factor <= WallTime.NanosecondsPerSecond).Last(unit => nanoseconds % unit.Factor == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / unit.Factor} {unit.Name}");
    }
}
