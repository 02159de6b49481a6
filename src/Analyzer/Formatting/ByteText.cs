using System.Globalization;
using TraceCap.Format.Units;

namespace TraceCap.Analyzer.Formatting;

/// <summary>Sizes for people.</summary>
internal static class ByteText
{
    // From here on two decimals are not too many.
    private const ulong Large = 1 << 30;

    /// <summary>A size in bytes, with a unit that keeps it short: <c>512 B</c>, <c>1.5 KiB</c>, <c>2.00 GiB</c>.</summary>
    public static string Of(long bytes)
    {
        var unit = Sizes.Units.Last(unit => unit.Factor == 1 || (bytes > 0 && (ulong)bytes >= unit.Factor));
        return unit.Factor == 1 ? Invariant($"{bytes} B")
            : unit.Factor < Large ? Invariant($"{bytes / (double)unit.Factor:F1} {unit.Name}")
            : Invariant($"{bytes / (double)unit.Factor:F2} {unit.Name}");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
