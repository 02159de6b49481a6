using System.Globalization;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Units;

namespace TraceCap.Analyzer.Fields;

/// <summary>What the nanoseconds of a <c>TimePoint</c> are counted from.</summary>
internal enum TimeClock
{
    /// <summary>The beginning of the capture.</summary>
    Begin,

    /// <summary>The beginning of what is wanted; where that is meant itself, that of the capture.</summary>
    From,

    /// <summary>The end of the capture, backwards.</summary>
    End,

    /// <summary>1970 in UTC.</summary>
    Wall,

    /// <summary>1970 in a time zone that was not told.</summary>
    Date,

    /// <summary>Midnight, in a time zone: that of UTC if none was told.</summary>
    Day,

    /// <summary>CLOCK_MONOTONIC.</summary>
    Monotonic,
}

/// <summary>The grammar of a <c>TimePoint</c>.</summary>
internal static class TimePointText
{
    /// <summary>What a time looks like, for messages.</summary>
    internal const string Examples = "2026-01-31T23:59:59.5Z, 2026-01-31 or 2026-01-31 23:59 (UTC), 21:51:03 (of the day), "
        + "1.5 or 90m (since the capture begins), -5m (before it ends), 1795754994 (since 1970) or 3685182041524ns (the host's monotonic clock)";

    internal const string EndWord = "end";

    /// <summary>So many seconds, in nanoseconds, are no time since a capture begins any more, unless their unit is told.</summary>
    internal const ulong LeastEpoch = 1_000_000_000 * WallTime.NanosecondsPerSecond;

    private const string StartWord = "start";
    private const string AnyDate = "2001-02-03";
    private const string Midnight = "T00:00:00";
    private const int MinutesLength = 16;

    /// <summary>The units of the time since 1970, told from each other by how large such numbers are: each is that of a time
    /// from 1973 on, seconds from 2001 on.</summary>
    private static readonly (ulong Least, ulong Nanoseconds)[] epochs =
    [
        (100_000_000_000_000_000, 1),
        (100_000_000_000_000, 1_000),
        (100_000_000_000, 1_000_000),
        (LeastEpoch / WallTime.NanosecondsPerSecond, WallTime.NanosecondsPerSecond),
    ];

    /// <summary>Reads a time.</summary>
    /// <param name="text">The time.</param>
    /// <param name="clock">What it is counted from.</param>
    /// <param name="nanoseconds">How far it is from there.</param>
    /// <param name="isZoned">Whether it tells its time zone.</param>
    /// <returns>Whether it is one.</returns>
    internal static bool TryParse(string text, out TimeClock clock, out ulong nanoseconds, out bool isZoned)
    {
        (nanoseconds, isZoned) = (0, false);
        (var isTime, clock) = text switch
        {
            StartWord => (true, TimeClock.Begin),
            EndWord => (true, TimeClock.End),
            ['+', .. var span] => (TryReadSpan(span, out nanoseconds), TimeClock.From),
            ['-', .. var span] => (TryReadSpan(span, out nanoseconds), TimeClock.End),
            _ when TryReadEpoch(text, out nanoseconds) => (true, TimeClock.Wall),
            _ when TryReadSpan(text, out nanoseconds) => (true, text.EndsWith("ns", StringComparison.Ordinal) ? TimeClock.Monotonic : TimeClock.Begin),
            _ when TryReadDate(text, out nanoseconds, out isZoned) => (true, isZoned ? TimeClock.Wall : TimeClock.Date),
            _ => (TryReadDay(text, out nanoseconds, out isZoned), TimeClock.Day),
        };
        return isTime;
    }

    /// <summary>Reads a duration, or seconds.</summary>
    private static bool TryReadSpan(string text, out ulong nanoseconds) =>
        Durations.TryParse(text, out nanoseconds) || (text is [.., >= '0' and <= '9'] && Durations.TryParse(text + "s", out nanoseconds));

    /// <summary>Reads a number that is too large for seconds since a capture begins.</summary>
    private static bool TryReadEpoch(string text, out ulong nanoseconds)
    {
        nanoseconds = 0;
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? text : text[..point];
        if (!ulong.TryParse(whole, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        foreach (var (least, unit) in epochs)
        {
            if (number >= least)
            {
                return Scale(text, unit, out nanoseconds);
            }
        }

        return false;
    }

    private static bool Scale(string text, ulong unit, out ulong nanoseconds)
    {
        var name = Durations.Units.First(one => one.Factor == unit).Name;
        return Durations.TryParse(text + name, out nanoseconds);
    }

    /// <summary>Reads RFC 3339, of which the zone, the seconds, or the time of day may be missing.</summary>
    private static bool TryReadDate(string text, out ulong nanoseconds, out bool isZoned)
    {
        var full = text.Length == AnyDate.Length ? text + Midnight : text;
        if (full.Length >= MinutesLength && (full.Length == MinutesLength || full[MinutesLength] != ':'))
        {
            full = full.Insert(MinutesLength, ":00");
        }

        isZoned = WallTime.TryParse(full, out nanoseconds);
        return isZoned || WallTime.TryParse(full + "Z", out nanoseconds);
    }

    /// <summary>Reads what may follow a date, as nanoseconds since midnight.</summary>
    private static bool TryReadDay(string text, out ulong nanoseconds, out bool isZoned)
    {
        (nanoseconds, isZoned) = (0, false);
        if (text.Length < "21:51".Length || !TryReadDate($"{AnyDate}T{text}", out var time, out isZoned)
            || !TryReadDate(AnyDate, out var midnight, out _))
        {
            return false;
        }

        // With an offset it may be of the day before, or after.
        var day = 86_400 * WallTime.NanosecondsPerSecond;
        nanoseconds = (time + day - midnight) % day;
        return true;
    }
}
