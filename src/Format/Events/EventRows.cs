namespace TraceCap.Format.Events;

/// <summary>Which events have rows: in the plain table, which is tcptracer's as it should be, and in tcptracer's as it is.</summary>
internal static class EventRows
{
    /// <summary>Whether an event has a row in the plain table: a connection was opened, accepted or closed.</summary>
    public static bool IsPlain(in TcpEvent one) => one.Type is TcpEventType.Connect or TcpEventType.Accept || IsClose(in one);

    /// <summary>Whether an event is the close of a connection, and not of a socket whose connect had failed.</summary>
    public static bool IsClose(in TcpEvent one) =>
        one.Type == TcpEventType.Close && (one.Flags & TcpEventFlags.ConnectFailed) == 0;

    /// <summary>
    /// Whether tcptracer itself prints an event: it has connects, accepts and closes only, also the close of a socket whose connect
    /// failed. It misses the connect of an IPv6 socket to an IPv4 peer (<c>::ffff:a.b.c.d</c>), which it notes under an IPv4
    /// tuple and then looks up under an IPv6 one; the connect that was under way when it began; the accept of a connection that was reset while it waited, whose local port it
    /// no longer finds; and the close of an MPTCP connection, whose subflows the kernel closes by another function.
    /// </summary>
    public static bool IsTcptracers(in TcpEvent one) => one.Type switch
    {
        TcpEventType.Connect => (one.Flags & TcpEventFlags.V4Mapped) == 0 && one.State != TcpEvent.SynSent,
        TcpEventType.Accept => (one.Flags & TcpEventFlags.ResetBeforeAccept) == 0,
        TcpEventType.Close => (one.Flags & TcpEventFlags.Mptcp) == 0,
        _ => false,
    };
}
