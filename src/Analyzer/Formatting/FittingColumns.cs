using System.Text;

namespace TraceCap.Analyzer.Formatting;

/// <summary>Columns of a table that has to fit a terminal: where there is no room for all, the least important ones go.</summary>
internal static class FittingColumns
{
    /// <summary>What is to be said below a table of the columns that made room; empty if none did.</summary>
    /// <param name="hidden">What they are called.</param>
    /// <param name="how">What shows them.</param>
    /// <param name="width">The columns of the terminal.</param>
    internal static string Note(IEnumerable<string> hidden, string how, int width)
    {
        var text = new StringBuilder();
        if (string.Join(", ", hidden) is { Length: > 0 } names)
        {
            WrappedText.Append(text, "", $"(not shown at this width: {names}; {how})", width);
        }

        return text.ToString();
    }

    /// <summary>Chooses columns.</summary>
    /// <param name="columns">From left to right, each with its width, what sets it apart included, and when it goes: the
    /// greatest number first, 0 never.</param>
    /// <param name="room">As many columns of the terminal; 0: as many as there need be.</param>
    /// <param name="describe">The width and the place of a column.</param>
    internal static T[] Choose<T>(IEnumerable<T> columns, int room, Func<T, (int Width, int Goes)> describe)
    {
        var shown = columns.ToList();
        while (room > 0 && shown.Sum(column => describe(column).Width) > room && shown.MaxBy(column => describe(column).Goes) is { } least && describe(least).Goes > 0)
        {
            shown.Remove(least);
        }

        return [.. shown];
    }
}
