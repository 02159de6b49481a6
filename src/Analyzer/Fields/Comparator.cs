namespace TraceCap.Analyzer.Fields;

/// <summary>How two values are compared.</summary>
internal enum Comparator
{
    /// <summary><c>==</c></summary>
    Equal,

    /// <summary><c>!=</c></summary>
    Unequal,

    /// <summary><c>&lt;</c></summary>
    Less,

    /// <summary><c>&lt;=</c></summary>
    AtMost,

    /// <summary><c>&gt;</c></summary>
    Greater,

    /// <summary><c>&gt;=</c></summary>
    AtLeast,
}

/// <summary>How comparators are written.</summary>
internal static class Comparators
{
    // Longer ones first, so that none is taken for the beginning of another.
    private static readonly (string Text, Comparator Comparator)[] spellings =
    [
        ("==", Comparator.Equal), ("!=", Comparator.Unequal), ("<=", Comparator.AtMost), (">=", Comparator.AtLeast),
        ("<", Comparator.Less), (">", Comparator.Greater),
    ];

    /// <summary>All of them, for messages.</summary>
    internal const string Expected = "== != < <= > >=";

    /// <summary>Those that values have.</summary>
    /// <param name="areOrdered">Whether one value can be greater than another.</param>
    internal static IEnumerable<string> For(bool areOrdered) => spellings.Where(one => areOrdered || !one.Comparator.IsOfOrder()).Select(one => one.Text);

    /// <summary>The comparator that a text has at a place.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">The place; behind the comparator afterwards.</param>
    /// <returns>Null if there is none.</returns>
    internal static Comparator? Read(string text, ref int at)
    {
        foreach (var (spelling, comparator) in spellings)
        {
            if (string.CompareOrdinal(text, at, spelling, 0, spelling.Length) == 0)
            {
                at += spelling.Length;
                return comparator;
            }
        }

        return null;
    }

    /// <summary>Whether it asks which of two is greater.</summary>
    internal static bool IsOfOrder(this Comparator comparator) => comparator is not (Comparator.Equal or Comparator.Unequal);
}
