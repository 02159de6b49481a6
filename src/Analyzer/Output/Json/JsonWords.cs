using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Output.Json;

/// <summary>Words that JSON has for numbers. A number without a word is its own: <c>"200"</c>.</summary>
internal sealed class JsonWords
{
    public static readonly JsonWords Types = new([.. EventTypes.All.Select(type => ((int)type.Type, type.JsonWord))]);

    public static readonly JsonWords IpVersions = new((4, "ipv4"), (6, "ipv6"));

    public static readonly JsonWords Flags = new(
        ((int)TcpEventFlags.V4Mapped, "v4_mapped"),
        ((int)TcpEventFlags.IoUring, "io_uring"),
        ((int)TcpEventFlags.CompatTask, "compat_task"),
        ((int)TcpEventFlags.Mptcp, "mptcp"));

    /// <summary>include/net/tcp_states.h, in the words of OpenTelemetry's network.connection.state where it has one.
    /// </summary>
    public static readonly JsonWords States = new(
        (1, "established"),
        (2, "syn_sent"),
        (3, "syn_received"),
        (4, "fin_wait_1"),
        (5, "fin_wait_2"),
        (6, "time_wait"),
        (7, "closed"),
        (8, "close_wait"),
        (9, "last_ack"),
        (10, "listen"),
        (11, "closing"),
        (12, "new_syn_received"),
        (13, "bound_inactive"));

    public static readonly JsonWords Errors = new JsonWords([(0, Errno.Aborted), .. Errno.Names.Select((word, number) => (number, word)).Where(error => error.word != "")])
        .Reading(Errno.GivenUp, 0);

    public static readonly JsonWords Roles = new([.. Enum.GetValues<ConnectionRole>().Select(role => ((int)role, ConnectionWords.Of(role)))]);

    public static readonly JsonWords Endings = new([.. Ending.All.Select(ending => ((int)ending.Value, ending.Word))]);

    private readonly Dictionary<string, ulong> numbers = [];
    private readonly byte[]?[] words;

    private JsonWords(params (int Number, string Word)[] words)
    {
        this.words = new byte[]?[words.Max(word => word.Number) + 1];
        foreach (var (number, word) in words)
        {
            numbers.Add(word, (ulong)number);
            this.words[number] = Encoding.ASCII.GetBytes($"\"{word}\"");
        }
    }

    /// <summary>The words, for a message about another one.</summary>
    public string List => string.Join(", ", words.OfType<byte[]>().Select(word => Encoding.ASCII.GetString(word).Trim('"')));

    /// <summary>What values are, for the documentation.</summary>
    public string Type => words.Length > 20 ? "a word" : List;

    /// <summary>Writes the word in quotes.</summary>
    public int Write(Span<byte> target, ulong number) =>
        number < (ulong)words.Length && words[number] is { } word
            ? Utf8Text.Write(target, word)
            : Utf8Text.WriteQuoted(target, number);

    /// <summary>The number of a word, or of a number as a word.</summary>
    public bool TryRead(string text, out ulong number) =>
        numbers.TryGetValue(text, out number)
        || ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary>Reads a word of earlier versions as well.</summary>
    private JsonWords Reading(string word, int number)
    {
        numbers.Add(word, (ulong)number);
        return this;
    }
}
