using System.Globalization;

namespace TraceCap.Exports.DuckDb;

/// <summary>Times of SQL as text.</summary>
internal static class SqlTime
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long SecondsPerDay = 86_400;
    private const long MicrosecondsPerSecond = 1_000_000;

    /// <summary>RFC 3339 in UTC, with as many digits as the unit tells.</summary>
    /// <param name="count">So many units since 1970; the greatest stands for what never ends.</param>
    /// <param name="unit">How many nanoseconds one is.</param>
    internal static string Instant(long count, long unit)
    {
        if (count is long.MaxValue or -long.MaxValue)
        {
            return count > 0 ? "infinity" : "-infinity";
        }

        var perSecond = NanosecondsPerSecond / unit;
        var (seconds, rest) = Math.DivRem(count, perSecond);
        (seconds, rest) = rest < 0 ? (seconds - 1, rest + perSecond) : (seconds, rest);
        var (days, ofDay) = Math.DivRem(seconds, SecondsPerDay);
        (days, ofDay) = ofDay < 0 ? (days - 1, ofDay + SecondsPerDay) : (days, ofDay);
        var digits = unit switch { 1 => 9, 1000 => 6, 1_000_000 => 3, _ => 0 };
        var fraction = digits == 0 ? "" : "." + rest.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
        return $"{Day(days)}T{TimeSpan.FromSeconds(ofDay).ToString("hh\\:mm\\:ss", CultureInfo.InvariantCulture)}{fraction}Z";
    }

    /// <summary>A day.</summary>
    /// <param name="days">Since 1970.</param>
    internal static string Day(long days)
    {
        const long First = -719_162;
        const long Last = 2_932_896;
        return days is >= First and <= Last
            ? DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays(days)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : days is int.MaxValue ? "infinity" : days is -int.MaxValue ? "-infinity" : FormattableString.Invariant($"1970-01-01{days:+0;-0} days");
    }

    /// <summary>A time of day.</summary>
    internal static string OfDay(long nanoseconds)
    {
        var (seconds, rest) = Math.DivRem(nanoseconds, NanosecondsPerSecond);
        return FormattableString.Invariant($"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}") + Fraction(rest, 9);
    }

    /// <summary>A span of time.</summary>
    internal static string Interval(in DuckInterval interval)
    {
        var parts = new List<string>();
        Add(parts, interval.Months / 12, "year");
        Add(parts, interval.Months % 12, "month");
        Add(parts, interval.Days, "day");
        if (interval.Microseconds != 0 || parts.Count == 0)
        {
            var (seconds, rest) = Int128.DivRem(Int128.Abs(interval.Microseconds), MicrosecondsPerSecond);
            parts.Add(FormattableString.Invariant($"{(interval.Microseconds < 0 ? "-" : "")}{(long)seconds / 3600:00}:{(long)seconds / 60 % 60:00}:{(long)seconds % 60:00}") + Fraction((long)rest, 6));
        }

        return string.Join(' ', parts);
    }

    private static void Add(List<string> parts, int count, string unit)
    {
        if (count != 0)
        {
            parts.Add(FormattableString.Invariant($"{count} {unit}") + (Math.Abs(count) == 1 ? "" : "s"));
        }
    }

    private static string Fraction(long rest, int digits) =>
        rest == 0 ? "" : "." + rest.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0').TrimEnd('0');
}
