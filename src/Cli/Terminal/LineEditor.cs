using System.Text;

namespace TraceCap.Cli.Terminal;

/// <summary>
/// Reads lines from a terminal, with the keys that shells have: arrows, Home and End, Ctrl-A E B F U K W L, Tab for words that are known,
/// and the lines of before by up and down. Ctrl-C gives a line up, Ctrl-D on an empty one is the end.
/// </summary>
/// <param name="keys">What is typed.</param>
/// <param name="screen">Where it is shown.</param>
/// <param name="history">The lines of before, and those to come.</param>
/// <param name="complete">The words that one may go on to.</param>
internal sealed class LineEditor(Stream keys, TextWriter screen, LineHistory history, Func<string, IReadOnlyList<string>> complete)
{
    private const char Escape = '\x1b';
    private const int MostShown = 60;

    private readonly EditedLine line = new();
    private string prompt = "";
    private int width;

    /// <summary>Reads a line.</summary>
    /// <param name="before">What stands before it.</param>
    /// <param name="columns">How wide the terminal is.</param>
    /// <param name="isGivenUp">Whether it was given up, and another may follow.</param>
    /// <returns>Null at the end, or if it was given up.</returns>
    internal string? Read(string before, int columns, out bool isGivenUp)
    {
        (prompt, width, line.Text) = (before, columns, "");
        isGivenUp = false;
        history.Begin();
        while (true)
        {
            Show();
            switch (ReadKey())
            {
                case "\r" or "\n":
                    screen.Write("\r\n");
                    history.Add(line.Text);
                    return line.Text;
                case "\x03":
                    screen.Write("^C\r\n");
                    isGivenUp = true;
                    return null;
                case null:
                case "\x04" when line.Length == 0:
                    screen.Write("\r\n");
                    return null;
                case { } key:
                    Do(key);
                    break;
            }
        }
    }

    private void Do(string key)
    {
        switch (key)
        {
            case "\x01" or "[H" or "OH" or "[1~":
                line.Move(-line.Cursor);
                break;
            case "\x05" or "[F" or "OF" or "[4~":
                line.Move(line.Length);
                break;
            case "\x02" or "[D" or "OD":
                line.Move(-1);
                break;
            case "\x06" or "[C" or "OC":
                line.Move(1);
                break;
            case "\x7f" or "\b":
                line.Delete(1);
                break;
            case "\x04" or "[3~":
                line.Delete(-1);
                break;
            case "\x15":
                line.Delete(line.Cursor);
                break;
            case "\x0b":
                line.Delete(line.Cursor - line.Length);
                break;
            case "\x17":
                line.Delete(line.WordBefore());
                break;
            case "\x0c":
                screen.Write("\x1b[H\x1b[2J");
                break;
            case "\x10" or "[A" or "OA":
                line.Text = history.Back(line.Text);
                break;
            case "\x0e" or "[B" or "OB":
                line.Text = history.Forward(line.Text);
                break;
            case "\t":
                Complete();
                break;
            default:
                // What begins otherwise is a key that does nothing here.
                if (key[0] >= ' ' && (key.Length == 1 || key[0] is not ('[' or 'O')))
                {
                    line.Insert(key);
                }

                break;
        }
    }

    private void Complete()
    {
        var begun = line.NameBefore();
        var words = begun.Length == 0 ? [] : complete(begun);
        if (words.Count == 0)
        {
            return;
        }

        var common = words.Aggregate((one, other) => one[..one.AsSpan().CommonPrefixLength(other)]);
        if (common.Length > begun.Length || words.Count == 1)
        {
            line.Delete(begun.EnumerateRunes().Count());
            line.Insert(common + (words.Count == 1 ? " " : ""));
            return;
        }

        screen.Write($"\r\n{string.Join("  ", words.Take(MostShown))}{(words.Count > MostShown ? "  ..." : "")}\r\n");
    }

    /// <summary>Of a line that is too long, the part around the cursor is shown.</summary>
    private void Show()
    {
        var room = Math.Max(1, width - prompt.Length - 1);
        var from = Math.Max(0, line.Cursor - room);
        var to = Math.Min(line.Length, from + room);
        var behind = to - line.Cursor;
        screen.Write($"\r{prompt}{line.Part(from, to)}\x1b[K{(behind > 0 ? $"\x1b[{behind}D" : "")}");
        screen.Flush();
    }

    /// <summary>A letter, a control character, or what follows an escape.</summary>
    private string? ReadKey()
    {
        if (ReadRune() is not { } first)
        {
            return null;
        }

        if (first.Value != Escape)
        {
            return first.ToString();
        }

        var key = new StringBuilder();
        while (ReadRune() is { } next)
        {
            key.Append(next.ToString());
            // ESC [ parameters letter, or ESC O letter.
            if (key.Length > 1 ? next.Value is >= '@' and <= '~' : next.Value is not ('[' or 'O'))
            {
                break;
            }
        }

        // Alt with a letter does nothing.
        return key.Length > 1 ? key.ToString() : "\0";
    }

    private Rune? ReadRune()
    {
        Span<byte> bytes = stackalloc byte[4];
        for (var length = 1; length <= bytes.Length; length++)
        {
            if (keys.Read(bytes.Slice(length - 1, 1)) == 0)
            {
                return null;
            }

            if (Rune.DecodeFromUtf8(bytes[..length], out var rune, out _) is var status && status != System.Buffers.OperationStatus.NeedMoreData)
            {
                return status == System.Buffers.OperationStatus.Done ? rune : Rune.ReplacementChar;
            }
        }

        return Rune.ReplacementChar;
    }
}
