using System.Globalization;

namespace TraceCap.Analyzer.Formatting;

/// <summary>Sizes for people.</summary>
public static class ByteText
{
    /// <summary>A size in bytes, with a unit that keeps it short: <c>512 B</c>, <c>1.5 KiB</c>, <c>2.00 GiB</c>.</summary>
    public static string Of(long bytes) => bytes switch
    {
        < 1 << 10 => Invariant($"{bytes} B"),
        < 1 << 20 => Invariant($"{bytes / (double)(1 << 10):F1} KiB"),
        < 1 << 30 => Invariant($"{bytes / (double)(1 << 20):F1} MiB"),
        _ => Invariant($"{bytes / (double)(1 << 30):F2} GiB"),
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
