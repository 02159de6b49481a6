using System.Globalization;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Output.Json;

/// <summary>A property that is a time of day: RFC 3339 in UTC with nanoseconds. There is none of a time that is not in the years
/// 1970 to 9999, or not known.</summary>
internal sealed class JsonTime(string name, string doc) : JsonKey(name, "RFC 3339, UTC, nanoseconds", doc)
{
    private const ulong SecondsTo10000 = 253_402_300_800;
    private const ulong Second = 1_000_000_000;

    [ThreadStatic]
    private static ulong lastSecond;

    [ThreadStatic]
    private static byte[]? lastText;

    /// <summary>Writes the property, if there is such a time.</summary>
    /// <param name="target">Has room.</param>
    /// <param name="monotonic">CLOCK_MONOTONIC ns.</param>
    /// <param name="realtimeOffset">What to add to it, in ns; null: nobody knows.</param>
    internal int Write(Span<byte> target, ulong monotonic, long? realtimeOffset)
    {
        if (realtimeOffset is not { } offset)
        {
            return 0;
        }

        var wall = (Int128)monotonic + offset;
        if (wall < 0 || wall >= (Int128)SecondsTo10000 * Second)
        {
            return 0;
        }

        // Of nearly all times the division is one of 64 bits.
        var (seconds, nanoseconds) = wall <= ulong.MaxValue ? Math.DivRem((ulong)wall, Second) : ((ulong)(wall / Second), (ulong)(wall % Second));
        var at = Utf8Text.Write(target, Key);
        target[at++] = (byte)'"';
        at += Utf8Text.Write(target[at..], TextOf(seconds));
        at += Utf8Text.WriteDigits(target[at..], (long)nanoseconds, 9);
        return at + Utf8Text.Write(target[at..], "Z\""u8);
    }

    /// <summary>The text up to the nanoseconds. Events come by the hundred in a second: it is made once for each.</summary>
    private static ReadOnlySpan<byte> TextOf(ulong second)
    {
        if (lastText is null || second != lastSecond)
        {
            var text = new byte["2026-01-31T23:59:59.".Length];
            DateTime.UnixEpoch.AddSeconds(second).TryFormat(text, out _, "s", CultureInfo.InvariantCulture);
            text[^1] = (byte)'.';
            (lastSecond, lastText) = (second, text);
        }

        return lastText;
    }
}
