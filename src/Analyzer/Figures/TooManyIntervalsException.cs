using System.Globalization;

namespace TraceCap.Analyzer.Figures;

/// <summary>Connections cannot be counted by intervals of the length that is wanted: there would be more of them than
/// <see cref="Most"/>.</summary>
public sealed class TooManyIntervalsException : Exception
{
    /// <summary>The most that there are.</summary>
    internal const int Most = 1_000_000;

    private TooManyIntervalsException(string count)
        : base(string.Create(CultureInfo.InvariantCulture, $"{count} intervals are too many; at most {Most:N0} are shown: choose longer ones, or a part of the capture"))
    {
    }

    /// <summary>So many.</summary>
    internal static TooManyIntervalsException Of(long count) => new(count.ToString("N0", CultureInfo.InvariantCulture));

    /// <summary>It is not known how many, but too many.</summary>
    internal static TooManyIntervalsException More() => new(string.Create(CultureInfo.InvariantCulture, $"more than {Most:N0}"));
}
