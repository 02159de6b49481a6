namespace TraceCap.Analyzer.Conditions;

/// <summary>A pattern for a whole text: <c>*</c> is any number of characters, <c>?</c> one, <c>[a-z]</c> one of these, <c>[!a-z]</c>
/// none of these, and a backslash takes the next character as it is.</summary>
/// <param name="pattern">The pattern.</param>
internal sealed class Glob(string pattern)
{
    /// <summary>Whether a text is of the pattern. Takes time in proportion to the lengths of both, multiplied, and not more.</summary>
    internal bool Matches(string text)
    {
        var (at, place) = (0, 0);
        // Where the last star is, and where the text was that it has to swallow next.
        var (star, swallowed) = (-1, 0);
        while (place < text.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                (star, swallowed) = (at++, place);
            }
            else if (at < pattern.Length && IsOne(text[place], at, out var next))
            {
                (at, place) = (next, place + 1);
            }
            else if (star >= 0)
            {
                (at, place) = (star + 1, ++swallowed);
            }
            else
            {
                return false;
            }
        }

        while (at < pattern.Length && pattern[at] == '*')
        {
            at++;
        }

        return at == pattern.Length;
    }

    private bool IsOne(char letter, int at, out int next)
    {
        next = at + 1;
        switch (pattern[at])
        {
            case '?':
                return true;
            case '\\' when at + 1 < pattern.Length:
                next = at + 2;
                return pattern[at + 1] == letter;
            case '[' when pattern.IndexOf(']', Math.Min(pattern.Length, at + 2)) is > 0 and var end:
                next = end + 1;
                var set = pattern.AsSpan(at + 1, end - at - 1);
                return set[0] == '!' ? !IsIn(set[1..], letter) : IsIn(set, letter);
            case var other:
                return other == letter;
        }
    }

    private static bool IsIn(ReadOnlySpan<char> set, char letter)
    {
        for (var i = 0; i < set.Length; i++)
        {
            if (i + 2 < set.Length && set[i + 1] == '-')
            {
                if (letter >= set[i] && letter <= set[i + 2])
                {
                    return true;
                }

                i += 2;
            }
            else if (set[i] == letter)
            {
                return true;
            }
        }

        return false;
    }
}
