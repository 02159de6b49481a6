using System.Globalization;
using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Metrics;

/// <summary>What a metric counts in.</summary>
public enum MetricUnit
{
    /// <summary>Things.</summary>
    Count,

    /// <summary>Nanoseconds.</summary>
    Time,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>Things in a second.</summary>
    Rate,

    /// <summary>A part of a whole, 0 to 1.</summary>
    Share,
}

/// <summary>A figure, as far as it is known: a percentile that too few lifetimes have reached is only known to be greater
/// than something.</summary>
/// <param name="Low">The least that it is.</param>
/// <param name="High">The most; the same if it is known exactly, infinite if it is not known at all.</param>
internal readonly record struct Figure(double Low, double High)
{
    /// <summary>A figure that is known.</summary>
    public Figure(double value)
        : this(value, value)
    {
    }

    /// <summary>By how much it may differ from the exact one since durations are counted in buckets.</summary>
    public double Rounding { get; init; }

    /// <summary>Whether it is known.</summary>
    public bool IsExact => Low == High;

    /// <summary>How much more this is than another.</summary>
    public Figure Minus(Figure other) => new(Low - other.High, High - other.Low) { Rounding = Rounding + other.Rounding };

    /// <summary>How much more this is than another, as a part of the other; infinite if that is 0, and 0 if both are.
    /// Neither may be negative.</summary>
    public Figure ChangeFrom(Figure other)
    {
        var (low, high) = (Ratio(Low, other.High) - 1, Ratio(High, other.Low) - 1);
        var furthest = Rounding + other.Rounding == 0 ? low : Ratio(Low + Rounding, Math.Max(other.High - other.Rounding, 0)) - 1;
        return new Figure(low, high) { Rounding = furthest > low ? furthest - low : 0 };
    }

    /// <summary>As much in each of so many.</summary>
    internal Figure Over(double many) => new(Low / many, High / many);

    /// <summary>Its share of it and the rest; from 0 to 1 if there may be nothing of both.</summary>
    internal Figure ShareBeside(Figure rest) => new(
        Low == 0 ? 0 : Low / (Low + rest.High),
        High + rest.Low == 0 ? 0 : double.IsInfinity(High) || Low + rest.Low == 0 ? 1 : High / (High + rest.Low));

    /// <summary>The figure of a percentile.</summary>
    /// <param name="percentile">Null if there is none.</param>
    public static Figure? Of(Percentile? percentile) => percentile is { } value
        ? new Figure(value.Nanoseconds, value.IsAtLeast ? double.PositiveInfinity : value.Nanoseconds)
        {
            Rounding = value.Rounding,
        }
        : null;

    /// <summary>The figure with its unit, three digits if they are many; <c>&gt;</c> before one that is only known to be
    /// greater.</summary>
    public string Text(MetricUnit unit) => IsExact || double.IsInfinity(High) ? (IsExact ? "" : ">") + Text(Low, unit) : Bounds(unit);

    /// <summary>Where it lies.</summary>
    internal string Bounds(MetricUnit unit) => double.IsInfinity(High) ? $"{Text(Low, unit)} or more"
        : IsExact ? Text(Low, unit)
        : $"{Text(Low, unit)} to {Text(High, unit)}";

    /// <summary>A value with its unit, as <see cref="Expectation"/> reads it.</summary>
    internal static string Text(double value, MetricUnit unit) => unit switch
    {
        MetricUnit.Time => DurationText.Of((ulong)value),
        MetricUnit.Bytes => ByteText.Of((long)value),
        MetricUnit.Rate => string.Create(CultureInfo.InvariantCulture, $"{Digits(value)}/s"),
        MetricUnit.Share => string.Create(CultureInfo.InvariantCulture, $"{Digits(value * 100)} %"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value:N0}"),
    };

    /// <summary>The figure in as few letters as a column of a table has: no separators, no blanks.</summary>
    internal string ShortText(MetricUnit unit) => unit switch
    {
        MetricUnit.Count when IsExact => Low.ToString("F0", CultureInfo.InvariantCulture),
        MetricUnit.Bytes => Text(unit).Replace(" ", "", StringComparison.Ordinal).Replace("iB", "", StringComparison.Ordinal),
        _ => Text(unit).Replace(" ", "", StringComparison.Ordinal),
    };

    private static double Ratio(double part, double whole) => part == 0 && whole == 0 ? 1 : part / whole;

    private static string Digits(double value) =>
        value.ToString(value is 0 or >= 99.95 ? "N0" : value >= 9.995 ? "N1" : value >= 0.01 ? "N2" : "G2", CultureInfo.InvariantCulture);
}
