using System.Globalization;

namespace TraceCap.Analyzer;

/// <summary>Wall-clock times as text.</summary>
public static class WallTime
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    /// <summary>RFC 3339 in UTC with nanoseconds, such as <c>2026-01-31T23:59:59.123456789Z</c>.</summary>
    /// <param name="nanoseconds">Since 1970-01-01 UTC, leap seconds not counted. All values of an
    /// <see cref="ulong"/> have a date: the last is in the year 2554.</param>
    public static string Format(ulong nanoseconds)
    {
        var second = DateTime.UnixEpoch.AddSeconds(nanoseconds / NanosecondsPerSecond);
        return string.Create(
            CultureInfo.InvariantCulture, $"{second:yyyy-MM-dd'T'HH:mm:ss}.{nanoseconds % NanosecondsPerSecond:D9}Z");
    }
}
