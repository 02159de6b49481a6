namespace TraceCap.Format.Units;

/// <summary>A unit that users write after a number.</summary>
/// <param name="Name">As it is written, such as <c>ms</c> or <c>MiB</c>.</param>
/// <param name="Factor">How many of the smallest unit it is: nanoseconds for times, bytes for sizes.</param>
/// <param name="Spellings">Other ways to write it.</param>
internal sealed record Unit(string Name, ulong Factor, IReadOnlyList<string> Spellings)
{
    /// <summary>Whether a text names it. Small and capital letters are different.</summary>
    public bool IsNamed(ReadOnlySpan<char> text)
    {
        foreach (var spelling in Spellings)
        {
            if (text.SequenceEqual(spelling))
            {
                return true;
            }
        }

        return text.SequenceEqual(Name);
    }
}
