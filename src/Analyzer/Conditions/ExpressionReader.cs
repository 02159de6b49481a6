using TraceCap.Analyzer.Fields;

namespace TraceCap.Analyzer.Conditions;

/// <summary>A value as it stands in an expression.</summary>
/// <param name="Text">Without its quotes; a byte that is no text as <see cref="LiteralText"/> has it.</param>
/// <param name="Offset">Its first character, from 0.</param>
/// <param name="Length">How many characters it has there.</param>
/// <param name="IsQuoted">Whether it stands in quotes.</param>
internal readonly record struct Literal(string Text, int Offset, int Length, bool IsQuoted);

/// <summary>Reads the words, signs and values of an expression from left to right; errors point at the characters that are
/// wrong. Conditions, expectations and what is selected in them are read by it alone.</summary>
/// <param name="text">The expression.</param>
internal sealed class ExpressionReader(string text)
{
    private int at;

    /// <summary>Which character is next, from 0.</summary>
    internal int Offset => at;

    /// <summary>Whether nothing is left but blanks.</summary>
    internal bool IsAtEnd
    {
        get
        {
            SkipBlanks();
            return at == text.Length;
        }
    }

    /// <summary>The next character; NUL at the end.</summary>
    internal char Peek()
    {
        SkipBlanks();
        return at < text.Length ? text[at] : '\0';
    }

    /// <summary>Takes a sign, if it is next.</summary>
    internal bool Take(string sign)
    {
        SkipBlanks();
        if (string.CompareOrdinal(text, at, sign, 0, sign.Length) != 0)
        {
            return false;
        }

        at += sign.Length;
        return true;
    }

    /// <summary>Takes a word, small or capital, if it is next.</summary>
    internal bool TakeWord(string word)
    {
        SkipBlanks();
        var end = at + word.Length;
        if (string.Compare(text, at, word, 0, word.Length, StringComparison.OrdinalIgnoreCase) != 0 || (end < text.Length && IsOfName(text[end])))
        {
            return false;
        }

        at = end;
        return true;
    }

    /// <summary>Whether a word is next.</summary>
    internal bool IsBefore(string word)
    {
        var begin = at;
        var isWord = TakeWord(word);
        at = begin;
        return isWord;
    }

    /// <summary>Takes a comparator, if one is next.</summary>
    internal Comparator? TakeComparator()
    {
        SkipBlanks();
        return Comparators.Read(text, ref at);
    }

    /// <summary>Reads a name of letters, digits, points, dashes and underscores.</summary>
    /// <param name="expected">What is missing if there is none.</param>
    internal Literal ReadName(string expected)
    {
        SkipBlanks();
        var begin = at;
        while (at < text.Length && IsOfName(text[at]))
        {
            at++;
        }

        return at > begin ? new Literal(text[begin..at], begin, at - begin, false) : throw Wrong($"{expected} is expected", begin, Math.Min(1, text.Length - begin));
    }

    /// <summary>Reads a value: up to a blank or one of some signs, or in double quotes. Brackets within belong to it.</summary>
    /// <param name="ends">The signs that end it.</param>
    /// <param name="expected">What is missing if there is none.</param>
    internal Literal ReadValue(string ends, string expected)
    {
        SkipBlanks();
        var begin = at;
        if (at < text.Length && text[at] == '"')
        {
            var bytes = QuotedText.Read(text, ref at, Wrong);
            return new Literal(LiteralText.Of(bytes), begin, at - begin, true);
        }

        for (var depth = 0; at < text.Length && !char.IsWhiteSpace(text[at]) && (depth > 0 || !ends.Contains(text[at], StringComparison.Ordinal)); at++)
        {
            depth += text[at] switch { '[' => 1, ']' => -1, _ => 0 };
        }

        return at > begin ? new Literal(text[begin..at], begin, at - begin, false) : throw Wrong($"{expected} is expected", begin, Math.Min(1, text.Length - begin));
    }

    /// <summary>Reads on while characters are of a kind.</summary>
    internal Literal ReadWhile(Func<char, bool> isPart)
    {
        SkipBlanks();
        var begin = at;
        while (at < text.Length && isPart(text[at]))
        {
            at++;
        }

        return new Literal(text[begin..at], begin, at - begin, false);
    }

    /// <summary>An error that points at a part of the expression.</summary>
    internal ConditionFormatException Wrong(string reason, int offset, int length) => new(reason, text, offset, length);

    /// <summary>An error that points at a value.</summary>
    internal ConditionFormatException Wrong(string reason, in Literal literal) => Wrong(reason, literal.Offset, literal.Length);

    /// <summary>An error that points at what is next.</summary>
    internal ConditionFormatException WrongHere(string reason)
    {
        SkipBlanks();
        var end = at;
        while (end < text.Length && !char.IsWhiteSpace(text[end]))
        {
            end++;
        }

        return Wrong(reason, at, end - at);
    }

    private static bool IsOfName(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-';

    private void SkipBlanks()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }
    }
}
