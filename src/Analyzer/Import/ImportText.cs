using System.Globalization;
using System.Net;
using System.Text;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Import;

/// <summary>Values as tools print them, and the errors about them. What tools print is bytes, read as Latin-1.</summary>
internal static class ImportText
{
    /// <summary>Times that begin with 0 at a tool's first row, and may be below it in later ones, count from here: a capture's clock has no times
    /// below 0.</summary>
    internal const long Begin = 1_000_000_000_000;

    private const decimal NanosecondsPerSecond = 1_000_000_000;

    /// <summary>A reader of lines whose bytes stay.</summary>
    internal static StreamReader Reader(Stream input) => new(input, Encoding.Latin1, detectEncodingFromByteOrderMarks: false, leaveOpen: true);

    /// <summary>The first lines of a file.</summary>
    internal static string Start(ReadOnlyMemory<byte> first) => Encoding.Latin1.GetString(first.Span[..Math.Min(first.Length, 4096)]);

    internal static bool Number<T>(string text, ulong most, Func<ulong, T> convert, out T value)
    {
        var isNumber = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most;
        value = convert(isNumber ? number : 0);
        return isNumber;
    }

    internal static bool Port(string text, out ushort port) => Number(text, ushort.MaxValue, value => (ushort)value, out port);

    /// <summary>Seconds, as decimal numbers and not as floats, as nanoseconds behind a time.</summary>
    internal static bool Seconds(string text, long begin, out ulong time)
    {
        var isTime = decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            && seconds is > -1000 and < 9_000_000_000 && begin + (seconds * NanosecondsPerSecond) >= 0;
        time = isTime ? (ulong)(begin + (long)(seconds * NanosecondsPerSecond)) : 0;
        return isTime;
    }

    /// <summary>A number that is not negative, times a unit.</summary>
    internal static bool Amount(string text, decimal unit, out ulong amount)
    {
        var isAmount = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value < ulong.MaxValue / 2 / unit;
        amount = isAmount ? (ulong)(value * unit) : 0;
        return isAmount;
    }

    /// <summary>An address, in brackets or not.</summary>
    internal static bool Address(string text, out Address address)
    {
        var isAddress = Address(text, out address, out _);
        return isAddress;
    }

    /// <param name="text">The address.</param>
    /// <param name="address">The same.</param>
    /// <param name="version">4 or 6.</param>
    internal static bool Address(string text, out Address address, out byte version)
    {
        var isV6 = text.Contains(':', StringComparison.Ordinal);
        var isAddress = IPAddress.TryParse(text.StartsWith('[') && text.EndsWith(']') ? text[1..^1] : text, out var parsed)
            && !text.Contains('%', StringComparison.Ordinal) && (isV6 || text.AsSpan().Count('.') == 3);
        (address, version) = (isAddress ? new Address(parsed!) : default, isV6 ? (byte)6 : (byte)4);
        return isAddress;
    }

    internal static bool Comm(string text, out ThreadName name)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        var isName = bytes.Length < ThreadName.Size && !bytes.Contains((byte)0);
        name = isName ? new ThreadName(bytes) : default;
        return isName;
    }

    internal static CaptureFormatException Wrong(int line, string what) => new($"line {line}: {what}");
}
