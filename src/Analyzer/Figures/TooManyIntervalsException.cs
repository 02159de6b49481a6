using System.Globalization;

namespace TraceCap.Analyzer.Figures;

/// <summary>Connections cannot be counted by intervals of the length that is wanted: there would be too many of them.</summary>
public sealed class TooManyIntervalsException : Exception
{
    private TooManyIntervalsException(string count, int most)
        : base(string.Create(CultureInfo.InvariantCulture, $"{count} intervals are too many; at most {most:N0} are shown: choose longer ones, or a part of the capture"))
    {
    }

    /// <summary>So many.</summary>
    internal static TooManyIntervalsException Of(long count, int most) => new(count.ToString("N0", CultureInfo.InvariantCulture), most);

    /// <summary>It is not known how many, but too many.</summary>
    internal static TooManyIntervalsException More(int most) => new(string.Create(CultureInfo.InvariantCulture, $"more than {most:N0}"), most);
}
