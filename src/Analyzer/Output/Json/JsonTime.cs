using System.Globalization;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Output.Json;

/// <summary>A property that is a time of day: RFC 3339 in UTC with nanoseconds. There is none of a time that is not in the years
/// 1970 to 9999, or not known.</summary>
internal sealed class JsonTime(string name, string doc) : JsonKey(name, "RFC 3339, UTC, nanoseconds", doc)
{
    private const long SecondsTo10000 = 253_402_300_800;

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

        var (seconds, nanoseconds) = Int128.DivRem((Int128)monotonic + offset, 1_000_000_000);
        if (nanoseconds < 0 || seconds < 0 || seconds >= SecondsTo10000)
        {
            return 0;
        }

        var at = Utf8Text.Write(target, Key);
        target[at++] = (byte)'"';
        DateTime.UnixEpoch.AddSeconds((long)seconds).TryFormat(target[at..], out var length, "s", CultureInfo.InvariantCulture);
        at += length;
        target[at++] = (byte)'.';
        at += Utf8Text.WriteDigits(target[at..], (long)nanoseconds, 9);
        return at + Utf8Text.Write(target[at..], "Z\""u8);
    }
}
