using System.Globalization;
using TraceCap.Format.Units;

namespace TraceCap.Analyzer.Figures;

/// <summary>Connections cannot be counted by intervals of the length that is wanted: there would be more of them than
/// <see cref="Most"/>.</summary>
public sealed class TooManyIntervalsException : Exception
{
    /// <summary>The most that there are.</summary>
    internal const int Most = 1_000_000;

    private TooManyIntervalsException(string count, string instead)
        : base(string.Create(CultureInfo.InvariantCulture, $"{count} intervals are too many; at most {Most:N0} are shown: choose {instead}, or a part of the capture"))
    {
    }

    /// <summary>So many.</summary>
    /// <param name="count">How many.</param>
    /// <param name="length">How long one is, in nanoseconds.</param>
    internal static TooManyIntervalsException Of(long count, ulong length)
    {
        // The first and the last are counted although they are of a part of the time only.
        var shortest = RoundTimes.AtLeast(1, ((Int128)count * length / (Most - 2)) + 1);
        return new(count.ToString("N0", CultureInfo.InvariantCulture), $"{Durations.Format((ulong)shortest)} or longer");
    }

    /// <summary>It is not known how many, but too many.</summary>
    internal static TooManyIntervalsException More() => new(string.Create(CultureInfo.InvariantCulture, $"more than {Most:N0}"), "longer ones");
}
