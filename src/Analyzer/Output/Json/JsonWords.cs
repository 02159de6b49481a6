using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Output.Json;

/// <summary>Words that JSON has for numbers. A number without a word is its own: <c>"200"</c>.</summary>
internal sealed class JsonWords
{
    public static readonly JsonWords Types = new(
        ((int)TcpEventType.Connect, "tcp.connect"),
        ((int)TcpEventType.Accept, "tcp.accept"),
        ((int)TcpEventType.Close, "tcp.close"),
        ((int)TcpEventType.ConnectFailed, "tcp.connect_failed"),
        ((int)TcpEventType.Open, "tcp.open"));

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

    public static readonly JsonWords Errors = new([.. Errno.Names.Select((word, number) => (number, word)).Where(error => error.word != "")]);

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

    /// <summary>The words, to tell somebody who used another.</summary>
    public string List => string.Join(", ", numbers.Keys);

    /// <summary>Writes the word in quotes.</summary>
    public int Write(Span<byte> target, ulong number) =>
        number < (ulong)words.Length && words[number] is { } word
            ? Utf8Text.Write(target, word)
            : Utf8Text.WriteQuoted(target, number);

    /// <summary>The number of a word, or of a number as a word.</summary>
    public bool TryRead(string text, out ulong number) =>
        numbers.TryGetValue(text, out number)
        || ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
