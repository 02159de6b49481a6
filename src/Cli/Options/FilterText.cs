using System.Globalization;
using System.Text;
using TraceCap.Format.Events;
using TraceCap.Recorder.Host;

namespace TraceCap.Cli.Options;

/// <summary>The values of filters, as they are written on the command line.</summary>
internal static class FilterText
{
    /// <exception cref="FormatException">It is none, or less than <paramref name="least"/>.</exception>
    internal static uint ParseNumber(string text, uint least) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw new FormatException(FormattableString.Invariant($"expected a whole number from {least} to {uint.MaxValue}, not '{text}'"));

    /// <summary>A user of this host, by name or number.</summary>
    /// <exception cref="FormatException">There is none of that name.</exception>
    internal static uint ParseUser(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : text.Length > 0 && UserAccount.Find(text) is { } account ? account.Uid
        : throw new FormatException($"there is no user '{text}' on this host; expected a name or a number");

    /// <summary>A user of the host that a capture is of: by number. That host alone knows its names; but for root, who is 0 on any.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal static uint ParseRecordedUser(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : text == "root" ? 0u
        : throw new FormatException($"a capture has users by their numbers, not '{text}'; expected what `id -u {text}` says on its host, or root");

    /// <exception cref="FormatException">No thread can be called so.</exception>
    internal static ThreadName ParseName(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        return length < ThreadName.Size && !text.Contains('\0', StringComparison.Ordinal)
            ? new ThreadName(text)
            : throw new FormatException($"'{text}' has {length} bytes; a thread's name has at most {ThreadName.Size - 1}");
    }
}
