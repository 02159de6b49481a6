using System.Collections.Immutable;

namespace TraceCap.Format.Events;

/// <summary>How TCP ended an established connection, as one end saw it: what <see cref="TcpEventType.Ended"/> tells.</summary>
public enum TcpEnd : byte
{
    /// <summary>Not known: no end was recorded, or one that says nothing of it.</summary>
    Unknown = 0,

    /// <summary>Both ends sent a FIN, and each had the other's.</summary>
    Closed,

    /// <summary>This end sent a reset: the program closed with data unread or with SO_LINGER 0, or data came after it had closed.</summary>
    ResetSent,

    /// <summary>The peer sent a reset.</summary>
    ResetReceived,

    /// <summary>The peer did not answer, or a router said that it cannot be reached; the error tells which.</summary>
    TimedOut,

    /// <summary>The administrator ended it, as <c>ss -K</c> does.</summary>
    Aborted,

    /// <summary>This end sent a FIN and the peer had it, but sent none in the time that the kernel waits for one.</summary>
    HalfClosed,
}

/// <summary>An end, in all words that there are for it.</summary>
/// <param name="End">The end.</param>
/// <param name="Word">The word in tables, in JSON and in conditions.</param>
/// <param name="Meaning">What happened, in a few words.</param>
internal sealed record TcpEndWords(TcpEnd End, string Word, string Meaning);

/// <summary>The table of all ends, and the rule that tells them.</summary>
internal static class TcpEnds
{
    // include/uapi/asm-generic/errno.h.
    private const ushort BrokenPipe = 32;
    private const ushort ConnectionAborted = 103;
    private const ushort ConnectionReset = 104;

    // include/net/tcp_states.h.
    private const byte Established = 1;
    private const byte FinWait1 = 4;
    private const byte FinWait2 = 5;
    private const byte CloseWait = 8;
    private const byte LastAck = 9;
    private const byte Closing = 11;

    /// <summary>All but <see cref="TcpEnd.Unknown"/>, in the order in which they are listed.</summary>
    public static ImmutableArray<TcpEndWords> All { get; } =
    [
        new(TcpEnd.Closed, "closed", "a FIN both ways"),
        new(TcpEnd.ResetSent, "reset_sent", "this end sent a reset"),
        new(TcpEnd.ResetReceived, "reset_received", "the peer sent a reset"),
        new(TcpEnd.TimedOut, "timed_out", "the peer did not answer"),
        new(TcpEnd.Aborted, "aborted", "the administrator ended it"),
        new(TcpEnd.HalfClosed, "half_closed", "the peer's FIN had not come yet"),
    ];

    /// <summary>How an event says that TCP ended.</summary>
    /// <param name="ended">An <see cref="TcpEventType.Ended"/>; of any other event nothing is known.</param>
    public static TcpEnd Of(in TcpEvent ended) => ended.Type != TcpEventType.Ended ? TcpEnd.Unknown : ended.Error switch
    {
        0 => WithoutError(ended.State, (ended.Flags & TcpEventFlags.FinReceived) != 0),
        ConnectionReset or BrokenPipe => TcpEnd.ResetReceived,
        ConnectionAborted => TcpEnd.Aborted,
        _ => TcpEnd.TimedOut,
    };

    /// <summary>Who sends a reset has no error by it, and is in no state that waits for the peer's FIN or for its acknowledgement.</summary>
    private static TcpEnd WithoutError(byte state, bool hasPeersFin) => state switch
    {
        Established or FinWait1 or CloseWait => TcpEnd.ResetSent,
        LastAck or Closing => TcpEnd.Closed,
        FinWait2 => hasPeersFin ? TcpEnd.Closed : TcpEnd.HalfClosed,
        _ => TcpEnd.Unknown,
    };
}
