using System.Globalization;

namespace TraceCap.Analyzer.Formatting;

/// <summary>Text from elsewhere, made harmless for a terminal: names of hosts and files, comments.</summary>
internal static class PrintableText
{
    /// <summary>The text, with what would move the cursor, break the line or change the direction shown as
    /// <c>\uNNNN</c>.</summary>
    public static string Of(string text) => text.Any(MustShow)
        ? string.Concat(text.Select(letter => MustShow(letter) ? $"\\u{(int)letter:x4}" : letter.ToString()))
        : text;

    private static bool MustShow(char letter) => char.GetUnicodeCategory(letter)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
