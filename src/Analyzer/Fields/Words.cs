using System.Globalization;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Fields;

/// <summary>The words for some numbers. A number without a word is its own.</summary>
internal sealed class Words
{
    private readonly Dictionary<string, ulong> numbers = [];
    private readonly string?[] words;

    /// <param name="words">One for each number; the numbers are small.</param>
    internal Words(params IEnumerable<(int Number, string Word)> words)
    {
        var all = words.ToArray();
        this.words = new string?[all.Max(word => word.Number) + 1];
        foreach (var (number, word) in all)
        {
            numbers.Add(word, (ulong)number);
            this.words[number] = word;
        }
    }

    /// <summary>What an event is.</summary>
    internal static Words Types { get; } = new(EventTypes.All.Select(type => ((int)type.Type, type.JsonWord)));

    /// <summary>The families of sockets.</summary>
    internal static Words IpVersions { get; } = new((4, "ipv4"), (6, "ipv6"));

    /// <summary>What is special about an event.</summary>
    internal static Words Flags { get; } = new(
        ((int)TcpEventFlags.V4Mapped, "v4_mapped"),
        ((int)TcpEventFlags.IoUring, "io_uring"),
        ((int)TcpEventFlags.CompatTask, "compat_task"),
        ((int)TcpEventFlags.Mptcp, "mptcp"),
        ((int)TcpEventFlags.ResetBeforeAccept, "reset_before_accept"),
        ((int)TcpEventFlags.FinReceived, "fin_received"),
        ((int)TcpEventFlags.ConnectFailed, "connect_failed"),
        ((int)TcpEventFlags.NotAccepted, "not_accepted"));

    /// <summary>How TCP ended a connection.</summary>
    internal static Words Ends { get; } = new(TcpEnds.All.Select(end => ((int)end.End, end.Word)));

    /// <summary>include/net/tcp_states.h, in the words of OpenTelemetry's network.connection.state where it has one.</summary>
    internal static Words States { get; } = new(
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

    /// <summary>Why a connect failed, or TCP ended a connection.</summary>
    internal static Words Errors { get; } =
        new Words([(0, Errno.Aborted), .. Errno.Names.Select((word, number) => (number, word)).Where(error => error.word != "")]).Reading(Errno.GivenUp, 0);

    /// <summary>The words, in the order of their numbers.</summary>
    internal IEnumerable<string> All => words.OfType<string>();

    /// <summary>The words, for a message about another one.</summary>
    internal string List => string.Join(", ", All);

    /// <summary>One more than the greatest number that has a word.</summary>
    internal int Count => words.Length;

    /// <summary>The word of a number; null if it has none.</summary>
    internal string? Find(ulong number) => number < (ulong)words.Length ? words[number] : null;

    /// <summary>The word of a number, or the number.</summary>
    internal string Of(ulong number) => Find(number) ?? number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The number of a word, or of a number as a word.</summary>
    internal bool TryRead(string text, out ulong number) =>
        numbers.TryGetValue(text, out number)
        || ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary>Reads a word of earlier versions as well.</summary>
    private Words Reading(string word, int number)
    {
        numbers.Add(word, (ulong)number);
        return this;
    }
}
