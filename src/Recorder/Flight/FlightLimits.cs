using TraceCap.Format.Units;
using TraceCap.Recorder.Files;

namespace TraceCap.Recorder.Flight;

/// <summary>How much a flight recorder keeps.</summary>
/// <param name="Time">How far back; null for as far as there is room.</param>
/// <param name="Bytes">The most memory for what is kept, in bytes, as it will be in the file.</param>
internal sealed record FlightLimits(TimeSpan? Time, long Bytes)
{
    /// <summary>The room if only a time is given: 256 MiB.</summary>
    public const long DefaultBytes = 256L << 20;

    private const string Expected = "expected a time such as 10m, a size such as 64M, or both: 10m,64M";

    private string text = "";

    /// <summary>Reads a time (30s, 10m, 1h), a size (512K, 64M, 1G), or both with a comma between. The units tell them
    /// apart: small letters are times, capitals are sizes.</summary>
    /// <exception cref="FormatException">It is something else; the message points at it.</exception>
    public static FlightLimits Parse(string text)
    {
        var limits = new FlightLimits(null, 0) { text = text };
        var start = 0;
        foreach (var part in text.Split(','))
        {
            if (limits.Time is null && Durations.TryParse(part, out TimeSpan time) && time > TimeSpan.Zero)
            {
                limits = limits with { Time = time };
            }
            else if (limits.Bytes == 0 && TryParseSize(part, out var size))
            {
                limits = limits with { Bytes = size };
            }
            else
            {
                throw TextError.At(text, start, Expected);
            }

            start += part.Length + 1;
        }

        return limits.Bytes == 0 ? limits with { Bytes = DefaultBytes, text = $"{text}, at most {Sizes.Format((ulong)DefaultBytes)}" } : limits;
    }

    /// <summary>In words.</summary>
    public override string ToString() => text;

    private static bool TryParseSize(string text, out long size)
    {
        var isSize = Sizes.TryParse(text, out var bytes) && bytes is > 0 and <= long.MaxValue && text.Any(char.IsAsciiLetterUpper);
        size = isSize ? (long)bytes : 0;
        return isSize;
    }
}
