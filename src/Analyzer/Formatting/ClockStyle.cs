using System.Globalization;

namespace TraceCap.Analyzer.Formatting;

/// <summary>How tables show times of day.</summary>
/// <param name="IsLocal">By the time zone of who reads; else in UTC.</param>
/// <param name="Decimals">Of a second: 0 to 9. The rest is cut off.</param>
internal sealed record ClockStyle(bool IsLocal = false, int Decimals = 0)
{
    private const string Shape = "HH:mm:ss";

    /// <summary>As many columns a time takes.</summary>
    public int Width => Shape.Length + (Decimals == 0 ? 0 : Decimals + 1);

    /// <summary>Writes a time of day; <c>-</c> if it is not known.</summary>
    /// <param name="target">Takes UTF-8.</param>
    /// <param name="wall">Nanoseconds since 1970; null if that is not known.</param>
    public int Write(Span<byte> target, ulong? wall)
    {
        if (wall is not { } known)
        {
            target[0] = (byte)'-';
            return 1;
        }

        SecondOf(known).TryFormat(target, out var length, Shape, CultureInfo.InvariantCulture);
        if (Decimals == 0)
        {
            return length;
        }

        target[length++] = (byte)'.';
        Utf8Text.WriteDigits(target[length..], (long)(known % WallTime.NanosecondsPerSecond), 9);
        return length + Decimals;
    }

    /// <summary>The day that a time is in; null if it is not known.</summary>
    public DateOnly? DayOf(ulong? wall) => wall is { } known ? DateOnly.FromDateTime(SecondOf(known)) : null;

    /// <summary>Writes a day in a line of its own.</summary>
    public static int WriteDay(Span<byte> target, DateOnly day)
    {
        day.TryFormat(target, out var length, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        target[length] = (byte)'\n';
        return length + 1;
    }

    private DateTime SecondOf(ulong wall)
    {
        var utc = DateTime.UnixEpoch.AddSeconds(wall / WallTime.NanosecondsPerSecond);
        return IsLocal ? TimeZoneInfo.ConvertTimeFromUtc(utc, TimeZoneInfo.Local) : utc;
    }
}

/// <summary>Notices in which rows of a table a new day begins.</summary>
/// <param name="style">By which clock.</param>
internal sealed class DayChange(ClockStyle style)
{
    private DateOnly? last;

    /// <summary>Writes the day in a line of its own if it is another one than that of the row before.</summary>
    /// <param name="target">Takes UTF-8.</param>
    /// <param name="wall">The time of the next row, nanoseconds since 1970; null if that is not known.</param>
    public int Write(Span<byte> target, ulong? wall)
    {
        var day = style.DayOf(wall);
        var isNew = last is not null && day is not null && day != last;
        last = day ?? last;
        return isNew ? ClockStyle.WriteDay(target, day!.Value) : 0;
    }
}
