namespace TraceCap.Analyzer.Conditions;

/// <summary>Reads what is joined by <c>and</c>, <c>or</c>, <c>not</c> and parentheses: <c>not</c> binds closest, then <c>and</c>, then
/// <c>or</c>; <c>!</c>, <c>&amp;&amp;</c> and <c>||</c> are the same. Conditions and expectations are such.</summary>
/// <typeparam name="T">What is read.</typeparam>
/// <param name="reader">Stands before it.</param>
internal abstract class BooleanParser<T>(ExpressionReader reader)
{
    /// <summary>More parentheses within each other, or 'not', than this are no honest expression.</summary>
    private const int MostDepth = 100;

    private int depth;

    /// <summary>Reads the text.</summary>
    protected ExpressionReader Reader => reader;

    /// <summary>Reads all that belongs together, and stays before what does not.</summary>
    internal T Read()
    {
        var parts = new List<T> { ReadAll() };
        while (reader.TakeWord("or") || reader.Take("||"))
        {
            parts.Add(ReadAll());
        }

        return parts.Count == 1 ? parts[0] : Any(parts);
    }

    /// <summary>The same, and nothing may follow.</summary>
    /// <exception cref="ConditionFormatException">It is none, or something follows.</exception>
    internal T ReadToEnd()
    {
        var all = Read();
        return reader.IsAtEnd ? all : throw reader.WrongHere(reader.Peek() == ')' ? "there is no ( for this )" : $"and, or or the end is expected{Hint}");
    }

    /// <summary>What is said where something follows that does not belong there; empty if nothing.</summary>
    protected virtual string Hint => "";

    /// <summary>Reads what holds no other of its kind.</summary>
    protected abstract T ReadComparison();

    /// <summary>All of several.</summary>
    protected abstract T All(IReadOnlyList<T> parts);

    /// <summary>Any of several.</summary>
    protected abstract T Any(IReadOnlyList<T> parts);

    /// <summary>The opposite.</summary>
    protected abstract T Not(T part);

    private T ReadAll()
    {
        var parts = new List<T> { ReadOne() };
        while (reader.TakeWord("and") || reader.Take("&&"))
        {
            parts.Add(ReadOne());
        }

        return parts.Count == 1 ? parts[0] : All(parts);
    }

    private T ReadOne()
    {
        if (++depth > MostDepth)
        {
            throw reader.WrongHere($"fewer than {MostDepth} parentheses within each other are expected");
        }

        try
        {
            if (reader.TakeWord("not") || reader.Take("!"))
            {
                return Not(ReadOne());
            }

            reader.Peek();
            var begin = reader.Offset;
            if (!reader.Take("("))
            {
                return ReadComparison();
            }

            var inner = Read();
            return reader.Take(")") ? inner : throw (reader.IsAtEnd ? reader.Wrong("a ) is missing", begin, 1) : reader.WrongHere($"and, or or ) is expected{Hint}"));
        }
        finally
        {
            depth--;
        }
    }
}
