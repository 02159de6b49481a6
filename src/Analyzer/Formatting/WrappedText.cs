using System.Text;

namespace TraceCap.Analyzer.Formatting;

/// <summary>Text that fits a terminal.</summary>
internal static class WrappedText
{
    /// <summary>Breaks a text into lines, each of them behind the indentation that the first has behind its label.</summary>
    /// <param name="text">Takes them.</param>
    /// <param name="label">Before the first line.</param>
    /// <param name="words">The text.</param>
    /// <param name="width">The columns of the terminal; 0: one line of any length.</param>
    public static void Append(StringBuilder text, string label, string words, int width)
    {
        var room = width == 0 ? int.MaxValue : Math.Max(20, width - label.Length);
        var column = 0;
        text.Append(label);
        foreach (var word in words.Split(' '))
        {
            if (column > 0 && column + 1 + word.Length > room)
            {
                text.Append('\n').Append(' ', label.Length);
                column = 0;
            }

            text.Append(column > 0 ? " " : "").Append(word);
            column += (column > 0 ? 1 : 0) + word.Length;
        }

        text.Append('\n');
    }

    /// <summary>A name that fits: of what is too long the middle is left out, for a port or a unit stands at the end.</summary>
    public static string Cut(string name, int width) =>
        name.Length <= width ? name : $"{name[..((width - 1) / 2)]}…{name[^(width / 2)..]}";
}
