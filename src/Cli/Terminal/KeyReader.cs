using System.Text;

namespace TraceCap.Cli.Terminal;

/// <summary>Keys of a terminal that gives each at once: a character, or the name of a key such as <c>Up</c>. A thread of its own
/// reads them.</summary>
internal static class KeyReader
{
    internal const string Up = "Up";
    internal const string Down = "Down";
    internal const string Left = "Left";
    internal const string Right = "Right";
    internal const string Home = "Home";
    internal const string End = "End";
    internal const string PageUp = "PageUp";
    internal const string PageDown = "PageDown";
    internal const string BackTab = "BackTab";
    internal const string Escape = "Escape";
    internal const string Backspace = "Backspace";
    internal const string Enter = "Enter";
    internal const string Tab = "Tab";
    internal const string Interrupt = "Ctrl-C";
    internal const string Redraw = "Ctrl-L";
    internal const string Clear = "Ctrl-U";

    // What follows an escape.
    private static readonly Dictionary<string, string> sequences = new()
    {
        ["[A"] = Up,
        ["OA"] = Up,
        ["[B"] = Down,
        ["OB"] = Down,
        ["[C"] = Right,
        ["OC"] = Right,
        ["[D"] = Left,
        ["OD"] = Left,
        ["[H"] = Home,
        ["OH"] = Home,
        ["[1~"] = Home,
        ["[F"] = End,
        ["OF"] = End,
        ["[4~"] = End,
        ["[5~"] = PageUp,
        ["[6~"] = PageDown,
        ["[Z"] = BackTab,
    };

    private static readonly Dictionary<char, string> controls = new()
    {
        ['\x03'] = Interrupt,
        ['\x04'] = Interrupt,
        ['\x0c'] = Redraw,
        ['\x15'] = Clear,
        ['\t'] = Tab,
        ['\r'] = Enter,
        ['\n'] = Enter,
        ['\x7f'] = Backspace,
        ['\b'] = Backspace,
    };

    /// <summary>Begins to read.</summary>
    /// <param name="keys">The terminal.</param>
    /// <param name="take">Gets each key, on a thread of its own; at the end of the terminal <see cref="Interrupt"/>.</param>
    internal static void Begin(Stream keys, Action<string> take) => new Thread(() =>
    {
        try
        {
            Read(keys, take);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // The terminal has gone, or was given back.
            take(Interrupt);
        }
    })
    {
        IsBackground = true,
        Name = "keys",
    }.Start();

    /// <summary>The keys of what was read at once: the bytes of one key come together, and so an escape alone is that key.</summary>
    internal static IEnumerable<string> Decode(string text)
    {
        for (var place = 0; place < text.Length;)
        {
            if (text[place] != '\e')
            {
                var isPair = char.IsHighSurrogate(text[place]) && place + 1 < text.Length && char.IsLowSurrogate(text[place + 1]);
                yield return controls.TryGetValue(text[place], out var control) ? control : isPair ? text.Substring(place, 2) : text[place].ToString();
                place += isPair ? 2 : 1;
                continue;
            }

            var end = place + 1;
            if (end < text.Length && text[end] is '[' or 'O')
            {
                for (end++; end < text.Length && text[end] is < '@' or > '~'; end++)
                {
                    // Parameters.
                }

                end = Math.Min(end + 1, text.Length);
            }

            if (end == place + 1)
            {
                yield return Escape;
            }
            else if (sequences.TryGetValue(text[(place + 1)..end], out var key))
            {
                yield return key;
            }

            place = end;
        }
    }

    private static void Read(Stream keys, Action<string> take)
    {
        var bytes = new byte[256];
        var characters = new char[bytes.Length];
        var decoder = Encoding.UTF8.GetDecoder();
        int got;
        while ((got = keys.Read(bytes)) > 0)
        {
            var count = decoder.GetChars(bytes.AsSpan(0, got), characters, flush: false);
            foreach (var key in Decode(new string(characters, 0, count)))
            {
                take(key);
            }
        }

        take(Interrupt);
    }
}
