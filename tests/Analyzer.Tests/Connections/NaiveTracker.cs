using TraceCap.Analyzer.Connections;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Tests.Connections;

/// <summary>The rules of pairing in the plainest form: a list, and a search through all of it for everything.</summary>
internal sealed class NaiveTracker(ulong start)
{
    private readonly List<Socket> sockets = [];
    private readonly List<Pairing> finished = [];

    public static IReadOnlyList<Pairing> Pair(ulong start, IEnumerable<TcpEvent> events, ulong end)
    {
        var tracker = new NaiveTracker(start);
        foreach (var e in events)
        {
            tracker.Add(e);
        }

        foreach (var socket in tracker.sockets.Where(socket => socket.Is == Phase.Open).ToArray())
        {
            tracker.finished.Add(tracker.Describe(socket, end) with { Ending = ConnectionEnding.Open });
        }

        return InOrder(tracker.finished);
    }

    /// <summary>Those that are open have an order only as far as their times and ids tell them apart.</summary>
    public static IReadOnlyList<Pairing> InOrder(IEnumerable<Pairing> pairings) =>
        [.. pairings.OrderBy(one => one.Ending == ConnectionEnding.Open ? (1, one.Opened, one.Id, one.Opener) : default)];

    private void Add(TcpEvent e)
    {
        var byId = e.Connection == 0 ? null : sockets.Find(socket => socket.Is is Phase.Open or Phase.Failed && socket.Opening.Connection == e.Connection);
        var same = byId ?? sockets.Where(socket => socket.Is == Phase.Open && (socket.Opening.Connection == 0 || e.Connection == 0) && AreSame(socket.Opening, e)).LastOrDefault();
        switch (e.Type)
        {
            case TcpEventType.Connect or TcpEventType.Accept:
                EndUnseen(same, e.Timestamp);
                Open(e, e.Type == TcpEventType.Connect ? ConnectionRole.Client : ConnectionRole.Server, e.Timestamp);
                break;
            case TcpEventType.Open when same is null:
                Open(e, ConnectionRole.Unknown, start);
                break;
            case TcpEventType.ConnectFailed:
                EndUnseen(byId, e.Timestamp);
                finished.Add(new(ConnectionEnding.Failed, ConnectionRole.Client, e.Connection, e.Timestamp - e.Duration, e.Timestamp, e.Pid, 0, 0));
                sockets.Add(new() { Opening = e, Is = e.Connection == 0 ? Phase.Gone : Phase.Failed });
                break;
            case TcpEventType.Close when same is { Is: Phase.Failed }:
                same.Is = Phase.Gone;
                break;
            case TcpEventType.Close:
                var closed = same ?? Open(e, ConnectionRole.Unknown, start);
                finished.Add(Describe(closed, e.Timestamp) with
                {
                    Ending = ConnectionEnding.Closed,
                    Opener = same is null ? 0 : closed.Opening.Pid,
                    Closer = e.Pid,
                });
                Close(closed);
                break;
        }
    }

    private void EndUnseen(Socket? socket, ulong at)
    {
        if (socket is { Is: Phase.Open })
        {
            finished.Add(Describe(socket, at) with { Ending = ConnectionEnding.Unseen });
            Close(socket);
        }
        else if (socket is not null)
        {
            socket.Is = Phase.Gone;
        }
    }

    private Socket Open(TcpEvent e, ConnectionRole role, ulong opened)
    {
        var socket = new Socket { Opening = e, Role = role, Opened = opened, Is = Phase.Open };
        socket.Opposite = AreOpposite(e, e) ? null : sockets
            .Where(other => other.Is is Phase.Open or Phase.Closed && other.Opposite is null)
            .Where(other => role == ConnectionRole.Client ? AreSimultaneous(other, e) : role == ConnectionRole.Unknown || other.Role != role)
            .Where(other => AreOpposite(other.Opening, e))
            .LastOrDefault();
        if (socket.Opposite is not null)
        {
            socket.Opposite.Opposite = socket;
        }

        sockets.Add(socket);
        return socket;
    }

    /// <summary>Whether both called connect, and each had done so before the other was connected.</summary>
    private static bool AreSimultaneous(Socket other, TcpEvent e) => other.Role == ConnectionRole.Client
        && (e.Duration == 0 ? other.Is == Phase.Open : e.Timestamp <= other.Opened + e.Duration);

    private static void Close(Socket socket) => socket.Is = Phase.Closed;

    private Pairing Describe(Socket socket, ulong ended) => new(
        ConnectionEnding.Open, socket.Role, socket.Opening.Connection, socket.Opened, ended, socket.Opening.Pid, 0,
        socket.Opposite?.Opening.Pid ?? 0);

    private static bool AreSame(TcpEvent one, TcpEvent other) =>
        one.Netns == other.Netns && Local(one) == Local(other) && Peer(one) == Peer(other);

    private static bool AreOpposite(TcpEvent one, TcpEvent other) =>
        Local(one) == Peer(other) && Peer(one) == Local(other)
        && (one.Netns == other.Netns || !Local(one).StartsWith("127.", StringComparison.Ordinal));

    private static string Local(TcpEvent e) => $"{e.LocalAddress.ToIPAddress(e.IpVersion)}:{e.LocalPort}".Replace("::ffff:", "", StringComparison.Ordinal);

    private static string Peer(TcpEvent e) => $"{e.PeerAddress.ToIPAddress(e.IpVersion)}:{e.PeerPort}".Replace("::ffff:", "", StringComparison.Ordinal);

    private enum Phase
    {
        Open,
        Closed,
        Failed,
        Gone,
    }

    private sealed class Socket
    {
        public required TcpEvent Opening { get; init; }

        public ConnectionRole Role { get; init; }

        public ulong Opened { get; init; }

        public Phase Is { get; set; }

        public Socket? Opposite { get; set; }
    }
}

/// <summary>What the pairing decides of a connection; the rest is copied.</summary>
internal sealed record Pairing(
    ConnectionEnding Ending, ConnectionRole Role, ulong Id, ulong Opened, ulong Ended, uint Opener, uint Closer, uint Peer)
{
    public static Pairing Of(in Connection connection) => new(
        connection.Ending, connection.Role, connection.Id, connection.Opened, connection.Ended,
        connection.HasOpener ? connection.Opener.Pid : 0, connection.Closer.Pid, connection.IsJoined ? connection.PeerOwner.Pid : 0);
}
