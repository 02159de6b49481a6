using System.Globalization;
using System.Text;

namespace TraceCap.Analyzer.Formatting;

/// <summary>Text from elsewhere, made harmless for a terminal: names of hosts and files, comments.</summary>
internal static class PrintableText
{
    /// <summary>The text, with what <see cref="MustShow"/> names shown as <c>\uNNNN</c> or <c>\UNNNNNNNN</c>.</summary>
    public static string Of(string text) => text.EnumerateRunes().Any(MustShow)
        ? string.Concat(text.EnumerateRunes().Select(rune => !MustShow(rune) ? rune.ToString() : rune.IsBmp ? $"\\u{rune.Value:x4}" : $"\\U{rune.Value:x8}"))
        : text;

    /// <summary>Whether a character would move the cursor, break the line, change the direction of what stands around it, or not
    /// be seen at all.</summary>
    internal static bool MustShow(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || IsIgnorable(rune.Value);

    /// <summary>What has no width although it is of another category (Default_Ignorable_Code_Point of the Unicode Character
    /// Database).</summary>
    private static bool IsIgnorable(int codePoint) => codePoint is 0x34f or 0x115f or 0x1160 or 0x17b4 or 0x17b5 or (>= 0x180b and <= 0x180f)
        or 0x2065 or 0x3164 or (>= 0xfe00 and <= 0xfe0f) or 0xffa0 or (>= 0xfff0 and <= 0xfff8) or (>= 0xe0000 and <= 0xe0fff);
}
