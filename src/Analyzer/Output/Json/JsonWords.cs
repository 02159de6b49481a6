using System.Text;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Output.Json;

/// <summary>Words that JSON has for numbers, in quotes. A number without a word is its own: <c>"200"</c>.</summary>
/// <param name="words">The words.</param>
internal sealed class JsonWords(Words words)
{
    public static readonly JsonWords Types = new(Words.Types);

    public static readonly JsonWords IpVersions = new(Words.IpVersions);

    public static readonly JsonWords Flags = new(Words.Flags);

    public static readonly JsonWords States = new(Words.States);

    public static readonly JsonWords Ends = new(Words.Ends);

    public static readonly JsonWords Errors = new(Words.Errors);

    public static readonly JsonWords Roles = new(ConnectionWords.Roles);

    public static readonly JsonWords Endings = new(Ending.Words);

    private readonly byte[]?[] quoted =
        [.. Enumerable.Range(0, words.Count).Select(number => words.Find((ulong)number) is { } word ? Encoding.ASCII.GetBytes($"\"{word}\"") : null)];

    /// <summary>The words, for a message about another one.</summary>
    public string List => words.List;

    /// <summary>What values are, for the documentation.</summary>
    public string Type => words.Count > 20 ? "a word" : List;

    /// <summary>Writes the word in quotes.</summary>
    public int Write(Span<byte> target, ulong number) =>
        number < (ulong)quoted.Length && quoted[number] is { } word
            ? Utf8Text.Write(target, word)
            : Utf8Text.WriteQuoted(target, number);

    /// <inheritdoc cref="Words.TryRead" />
    public bool TryRead(string text, out ulong number) => words.TryRead(text, out number);
}
