namespace TraceCap.Analyzer.Formatting;

/// <summary>What was meant by a word that is misspelt.</summary>
internal static class NearestWord
{
    private const int MostErrors = 2;
    private const int LettersOfAnError = 3;

    /// <summary>The word that differs by the fewest errors: no more than two, and no more than one in three letters.</summary>
    /// <returns>Null if none is near.</returns>
    internal static string? Find(string misspelt, IEnumerable<string> words) => words
        .Select(word => (Word: word, Errors: Distance(word, misspelt)))
        .Where(near => near.Errors <= Math.Min(MostErrors, near.Word.Length / LettersOfAnError))
        .OrderBy(near => near.Errors)
        .Select(near => near.Word)
        .FirstOrDefault();

    /// <summary>How many letters must be added, removed, changed, or exchanged with their neighbour (Damerau 1964, each letter
    /// being touched once).</summary>
    private static int Distance(string one, string other)
    {
        var (before, last) = (new int[other.Length + 1], Enumerable.Range(0, other.Length + 1).ToArray());
        for (var i = 1; i <= one.Length; i++)
        {
            var row = new int[other.Length + 1];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                row[j] = Math.Min(last[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1), Math.Min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }

            (before, last) = (last, row);
        }

        return last[^1];
    }
}
