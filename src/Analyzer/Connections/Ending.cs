using System.Text;
using TraceCap.Analyzer.Fields;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Connections;

/// <summary>A way for a connection to end, in words: the one place that says what tables, JSON and charts call it.</summary>
internal sealed class Ending
{
    private readonly byte[] utf8;

    private Ending(ConnectionEnding value, string word, string label, string role, string meaning)
    {
        (Value, Word, Label, Role, Meaning) = (value, word, label, role, meaning);
        utf8 = Encoding.UTF8.GetBytes(word);
    }

    /// <summary>Which one.</summary>
    public ConnectionEnding Value { get; }

    /// <summary>What tables and JSON call it.</summary>
    public string Word { get; }

    /// <summary>What the legend of a chart calls it.</summary>
    public string Label { get; }

    /// <summary>What its colour is to tell: <c>done</c>, <c>broken</c>, <c>running</c>, <c>failed</c> or <c>unknown</c>. A theme has
    /// one for each.</summary>
    public string Role { get; }

    /// <summary>When it is said of a connection, as Markdown.</summary>
    public string Meaning { get; }

    /// <summary><see cref="Word"/> in UTF-8.</summary>
    internal ReadOnlySpan<byte> Utf8 => utf8;

    /// <summary>All, in the order in which they are listed. docs/analysis.md has the same list.</summary>
    public static IReadOnlyList<Ending> All { get; } =
    [
        new(ConnectionEnding.Closed, "closed", "closed", "done", "it ended in an orderly way: by a FIN both ways, or by one of this end alone, after which the kernel waited for the peer's without a socket. Where the end was not seen: its last descriptor was closed"),
        new(ConnectionEnding.Reset, "reset", "reset", "broken", "it was over without both sides having finished it: reset by either, timed out, or ended by the administrator; `tcp.end` tells which. Where the end was not seen it is a conclusion from the counters of the close, that it was reset by the peer or timed out: the socket was in state CLOSE, and its FIN had not been acknowledged (`acked_bytes` is no more than the payload sent, and 1 for the SYN of a client). Where retransmissions hide that it is `reset?`, see below. A reset that the program itself sends (SO_LINGER of 0, data not read) is a `closed` there"),
        new(ConnectionEnding.Open, "open", "still open", "running", "it was open when the recording ended: neither closed nor ended"),
        new(ConnectionEnding.Failed, "failed", "failed", "failed", $"the connect failed, with the errno; `{Errno.NameOf(0)}` if the program itself ended it. Recorders that know only what tcptracer shows have no such events"),
        new(ConnectionEnding.Unseen, "unseen", "ended unseen", "unknown", "it ended without a close: the same socket connected anew, or another socket without a cookie took its endpoints"),
    ];

    /// <summary>The words for all of them.</summary>
    internal static Words Words { get; } = new(All.Select(ending => ((int)ending.Value, ending.Word)));

    private static readonly Ending[] byValue = [.. All.OrderBy(ending => ending.Value)];

    /// <summary>What there is to know of one.</summary>
    public static Ending Of(ConnectionEnding value) => byValue[(int)value];

    /// <summary>How a connection ended that TCP ended so; null if that tells nothing.</summary>
    internal static ConnectionEnding? Of(TcpEnd end) => end switch
    {
        TcpEnd.Closed or TcpEnd.HalfClosed => ConnectionEnding.Closed,
        TcpEnd.ResetSent or TcpEnd.ResetReceived or TcpEnd.TimedOut or TcpEnd.Aborted => ConnectionEnding.Reset,
        _ => null,
    };
}
