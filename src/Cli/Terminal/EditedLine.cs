using System.Text;

namespace TraceCap.Cli.Terminal;

/// <summary>A line that is typed, and where in it the cursor stands.</summary>
internal sealed class EditedLine
{
    private readonly List<Rune> letters = [];

    /// <summary>What it is so far.</summary>
    internal string Text
    {
        get => string.Concat(letters);
        set
        {
            letters.Clear();
            letters.AddRange(value.EnumerateRunes());
            Cursor = letters.Count;
        }
    }

    /// <summary>Before which letter the cursor stands.</summary>
    internal int Cursor { get; private set; }

    /// <summary>How many letters there are.</summary>
    internal int Length => letters.Count;

    /// <summary>The letters from one place to another.</summary>
    internal string Part(int from, int to) => string.Concat(letters.Skip(from).Take(to - from));

    /// <summary>Types letters.</summary>
    internal void Insert(string text)
    {
        foreach (var letter in text.EnumerateRunes())
        {
            letters.Insert(Cursor++, letter);
        }
    }

    /// <summary>Moves the cursor, as far as there is room.</summary>
    internal void Move(int by) => Cursor = Math.Clamp(Cursor + by, 0, letters.Count);

    /// <summary>Deletes letters before the cursor, or behind it if there are less than none.</summary>
    internal void Delete(int before)
    {
        var from = Math.Clamp(Cursor - Math.Max(before, 0), 0, letters.Count);
        var to = Math.Clamp(Cursor + Math.Max(-before, 0), 0, letters.Count);
        letters.RemoveRange(from, to - from);
        Cursor = from;
    }

    /// <summary>How many letters before the cursor are those of its word and the blanks behind that.</summary>
    internal int WordBefore()
    {
        var start = Cursor;
        while (start > 0 && Rune.IsWhiteSpace(letters[start - 1]))
        {
            start--;
        }

        while (start > 0 && !Rune.IsWhiteSpace(letters[start - 1]))
        {
            start--;
        }

        return Cursor - start;
    }

    /// <summary>The name that is being typed right before the cursor.</summary>
    internal string NameBefore()
    {
        var start = Cursor;
        while (start > 0 && (Rune.IsLetterOrDigit(letters[start - 1]) || letters[start - 1].Value is '_' or '.'))
        {
            start--;
        }

        return Part(start, Cursor);
    }
}
