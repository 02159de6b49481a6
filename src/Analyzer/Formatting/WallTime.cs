using System.Globalization;

namespace TraceCap.Analyzer.Formatting;

/// <summary>Wall-clock times as text.</summary>
internal static class WallTime
{
    internal const ulong NanosecondsPerSecond = 1_000_000_000;

    private const int DateLength = 10;
    private const int MinutesLength = 16;
    private const int SecondsLength = 19;

    /// <summary>RFC 3339 in UTC with nanoseconds, such as <c>2026-01-31T23:59:59.123456789Z</c>.</summary>
    /// <param name="nanoseconds">Since 1970-01-01 UTC, leap seconds not counted. All values of an
    /// <see cref="ulong"/> have a date: the last is in the year 2554.</param>
    public static string Format(ulong nanoseconds)
    {
        var second = DateTime.UnixEpoch.AddSeconds(nanoseconds / NanosecondsPerSecond);
        return string.Create(
            CultureInfo.InvariantCulture, $"{second:yyyy-MM-dd'T'HH:mm:ss}.{nanoseconds % NanosecondsPerSecond:D9}Z");
    }

    /// <summary>Reads RFC 3339 with any offset and up to nine digits of a second, such as <c>2026-01-31T23:59:59.5Z</c>,
    /// <c>2026-02-01t00:59:59+01:00</c> or <c>2016-12-31 23:59:60z</c>: that leap second is the second after it, as the kernel
    /// counts.</summary>
    /// <param name="text">The time.</param>
    /// <param name="nanoseconds">Since 1970-01-01 UTC.</param>
    /// <returns>Whether it is such a time, of the years that <see cref="Format"/> has.</returns>
    public static bool TryParse(string text, out ulong nanoseconds)
    {
        nanoseconds = 0;
        var zone = text.Length > SecondsLength ? text.AsSpan(SecondsLength).IndexOfAny("Zz+-") + SecondsLength : 0;
        if (zone < SecondsLength || text[DateLength] is not ('T' or 't' or ' '))
        {
            return false;
        }

        var isLeap = text.AsSpan(MinutesLength, 3) is ":60";
        var second = isLeap ? ":59" : text.AsSpan(MinutesLength, 3);
        var plain = $"{text.AsSpan(0, DateLength)}T{text.AsSpan(DateLength + 1, MinutesLength - DateLength - 1)}{second}{text.AsSpan(zone)}";
        if (!DateTimeOffset.TryParseExact(plain.ToUpperInvariant(), "yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            || (isLeap && time.UtcDateTime is not { Hour: 23, Minute: 59 })
            || !TryParseFraction(text.AsSpan(SecondsLength, zone - SecondsLength), out var fraction))
        {
            return false;
        }

        var seconds = time.ToUnixTimeSeconds() + (isLeap ? 1 : 0);
        var all = ((Int128)seconds * NanosecondsPerSecond) + fraction;
        if (all < 0 || all > ulong.MaxValue)
        {
            return false;
        }

        nanoseconds = (ulong)all;
        return true;
    }

    /// <summary>Reads nothing, or a point and one to nine digits, as nanoseconds.</summary>
    internal static bool TryParseFraction(ReadOnlySpan<char> text, out ulong nanoseconds)
    {
        nanoseconds = 0;
        if (text.IsEmpty)
        {
            return true;
        }

        if (text[0] != '.' || text.Length is 1 or > 10
            || !ulong.TryParse(text[1..], NumberStyles.None, CultureInfo.InvariantCulture, out nanoseconds))
        {
            return false;
        }

        for (var missing = 10 - text.Length; missing > 0; missing--)
        {
            nanoseconds *= 10;
        }

        return true;
    }
}
