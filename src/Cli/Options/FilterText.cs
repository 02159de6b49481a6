using System.Globalization;
using System.Text;
using TraceCap.Format.Events;

namespace TraceCap.Cli.Options;

/// <summary>The values of filters, as they are written on the command line.</summary>
internal static class FilterText
{
    /// <exception cref="FormatException">It is none, or less than <paramref name="least"/>.</exception>
    internal static uint ParseNumber(string text, uint least) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw new FormatException(FormattableString.Invariant($"expected a whole number from {least} to {uint.MaxValue}, not '{text}'"));

    /// <exception cref="FormatException">It is none.</exception>
    internal static ushort ParsePort(string text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
        ? port
        : throw new FormatException($"'{text}' is no port; expected 0 to {ushort.MaxValue}");

    /// <exception cref="FormatException">No thread can be called so.</exception>
    internal static ThreadName ParseName(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        return length < ThreadName.Size && !text.Contains('\0', StringComparison.Ordinal)
            ? new ThreadName(text)
            : throw new FormatException($"'{text}' has {length} bytes; a thread's name has at most {ThreadName.Size - 1}");
    }
}
