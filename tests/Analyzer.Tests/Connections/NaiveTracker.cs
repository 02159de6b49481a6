using TraceCap.Analyzer.Connections;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Tests.Connections;

/// <summary>The rules of pairing in the plainest form: a list, and a search through all of it for everything.</summary>
internal sealed class NaiveTracker(ulong start, bool awaitsEnds = false)
{
    private const ulong Wait = 120_000_000_000;
    private const byte StateClose = 7;

    private readonly List<TcpEvent> unaccepted = [];
    private readonly List<TcpEvent> connecting = [];
    private readonly List<Socket> sockets = [];
    private readonly List<Pairing> finished = [];

    public static IReadOnlyList<Pairing> Pair(ulong start, IEnumerable<TcpEvent> events, ulong end, bool awaitsEnds = false)
    {
        var tracker = new NaiveTracker(start, awaitsEnds);
        foreach (var e in events)
        {
            tracker.Add(e);
        }

        tracker.GiveUnfinished(socket => true);
        foreach (var socket in tracker.sockets.Where(socket => socket.Is == Phase.Open).ToArray())
        {
            tracker.finished.Add(socket.End is null
                ? tracker.Describe(socket, end) with { Ending = ConnectionEnding.Open }
                : tracker.DescribeEnded(socket, end));
        }

        foreach (var e in tracker.connecting)
        {
            tracker.finished.Add(new(ConnectionEnding.Open, ConnectionRole.Client, e.Connection, start, end, e.Pid, 0, 0) { IsConnecting = true });
        }

        return InOrder(tracker.finished);
    }

    /// <summary>Those that nobody closed have an order only as far as their times and ids tell them apart.</summary>
    public static IReadOnlyList<Pairing> InOrder(IEnumerable<Pairing> pairings) =>
        [.. pairings.OrderBy(one => one.Ending == ConnectionEnding.Open || (one.HasEnd && one.Closed == 0) ? (1, one.Opened, one.Id, one.Opener) : default)];

    private void Add(TcpEvent e)
    {
        GiveUnfinished(socket => e.Timestamp > socket.Close!.Value.Timestamp + Wait);
        if (e.Type == TcpEventType.Ended)
        {
            End(e);
            return;
        }

        if (e.Type == TcpEventType.Close && (e.Flags & TcpEventFlags.ConnectFailed) != 0)
        {
            sockets.Where(socket => socket.Is == Phase.Failed && socket.Opening.Connection == e.Connection && e.Connection != 0).ToList().ForEach(socket => socket.Is = Phase.Gone);
            connecting.RemoveAll(one => one.Connection == e.Connection);
            return;
        }

        // After its close a socket has nothing but its end.
        GiveUnfinished(socket => e.Connection != 0 && socket.Opening.Connection == e.Connection);
        var byId = e.Connection == 0 ? null : sockets.Find(socket => socket.Is is Phase.Open or Phase.Failed && socket.Opening.Connection == e.Connection);
        var same = byId ?? sockets.Where(socket => socket.Is == Phase.Open && (socket.Opening.Connection == 0 || e.Connection == 0) && AreSame(socket.Opening, e)).LastOrDefault();
        switch (e.Type)
        {
            case TcpEventType.Connect:
                EndUnseen(same, e.Timestamp);
                Open(WithTask(e), ConnectionRole.Client, e.Timestamp);
                break;
            case TcpEventType.Accept:
                EndUnseen(same, e.Timestamp);
                var accepted = Open(e, ConnectionRole.Server, e.Timestamp - e.Duration);
                if (unaccepted.FindLastIndex(end => end.Connection == e.Connection) is >= 0 and var place)
                {
                    accepted.End = unaccepted[place];
                    unaccepted.RemoveAll(end => end.Connection == e.Connection);
                }

                break;
            case TcpEventType.Open when byId is null && e.State == 2:
                if (!connecting.Any(one => one.Connection == e.Connection))
                {
                    connecting.Add(e);
                }

                break;
            case TcpEventType.Open when same is null:
                Open(e, ConnectionRole.Unknown, start);
                break;
            case TcpEventType.ConnectFailed:
                EndUnseen(byId, e.Timestamp);
                var tried = connecting.Any(one => one.Connection == e.Connection) && e.Duration == 0 ? start : e.Timestamp - e.Duration;
                finished.Add(new(ConnectionEnding.Failed, ConnectionRole.Client, e.Connection, tried, e.Timestamp, WithTask(e).Pid, 0, 0));
                sockets.Add(new() { Opening = e, Is = e.Connection == 0 ? Phase.Gone : Phase.Failed });
                break;
            case TcpEventType.Close when same is { Is: Phase.Failed }:
                same.Is = Phase.Gone;
                break;
            case TcpEventType.Close when byId is null && connecting.RemoveAll(one => one.Connection == e.Connection) > 0:
                break;
            case TcpEventType.Close:
                var closed = same ?? Open(e, ConnectionRole.Unknown, start);
                closed.IsFound = same is not null;
                closed.Close = e;
                var mayEnd = awaitsEnds && e.State != StateClose;
                if (closed.End is not null)
                {
                    finished.Add(DescribeEnded(closed, 0));
                    Close(closed);
                }
                else if (mayEnd && closed.Opening.Connection != 0)
                {
                    closed.Is = Phase.Waiting;
                }
                else
                {
                    finished.Add(DescribeClosed(closed) with { IsUnfinished = mayEnd });
                    Close(closed);
                }

                break;
        }
    }

    private void End(TcpEvent e)
    {
        var known = e.Connection == 0 ? null : sockets.Find(socket => socket.Is is Phase.Open or Phase.Waiting && socket.Opening.Connection == e.Connection);
        known ??= sockets.Where(socket => socket.Is == Phase.Open && (socket.Opening.Connection == 0 || e.Connection == 0) && AreSame(socket.Opening, e)).LastOrDefault();
        if (known is null)
        {
            if (e.Connection != 0 && (e.Flags & TcpEventFlags.NotAccepted) != 0)
            {
                unaccepted.Add(e);
            }
        }
        else if (known.Is == Phase.Waiting)
        {
            known.End = e;
            finished.Add(DescribeEnded(known, 0));
            Close(known);
        }
        else
        {
            known.End ??= e;
        }
    }

    private void GiveUnfinished(Predicate<Socket> which)
    {
        foreach (var socket in sockets.Where(socket => socket.Is == Phase.Waiting && which(socket)).OrderBy(socket => socket.Close!.Value.Timestamp).ToArray())
        {
            finished.Add(DescribeClosed(socket) with { IsUnfinished = true });
            Close(socket);
        }
    }

    private TcpEvent WithTask(TcpEvent e)
    {
        var before = connecting.FindIndex(one => one.Connection == e.Connection);
        if (before < 0)
        {
            return e;
        }

        var pid = connecting[before].Pid;
        connecting.RemoveAt(before);
        return e.Pid == 0 ? e with { Pid = pid } : e;
    }

    private void EndUnseen(Socket? socket, ulong at)
    {
        if (socket is { Is: Phase.Open })
        {
            finished.Add(socket.End is null ? Describe(socket, at) with { Ending = ConnectionEnding.Unseen } : DescribeEnded(socket, at));
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
            .Where(other => other.Is is Phase.Open or Phase.Waiting or Phase.Closed && other.Opposite is null)
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

    private Pairing DescribeClosed(Socket socket) => Describe(socket, socket.Close!.Value.Timestamp) with
    {
        Ending = ConnectionEnding.Closed,
        Opener = socket.IsFound ? socket.Opening.Pid : 0,
        Closer = socket.Close!.Value.Pid,
        Closed = socket.Close!.Value.Timestamp,
    };

    private Pairing DescribeEnded(Socket socket, ulong until)
    {
        var end = socket.End!.Value;
        var closed = socket.Close is null ? Describe(socket, end.Timestamp) : DescribeClosed(socket);
        return closed with
        {
            Ending = TcpEnds.Of(in end) is TcpEnd.Unknown or TcpEnd.Closed or TcpEnd.HalfClosed ? ConnectionEnding.Closed : ConnectionEnding.Reset,
            Ended = end.Timestamp,
            HasEnd = true,
            Sent = end.BytesSent,
            Held = Math.Max(socket.Close?.Timestamp ?? until, end.Timestamp) - end.Timestamp,
        };
    }

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
        Waiting,
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

        public TcpEvent? Close { get; set; }

        public TcpEvent? End { get; set; }

        public bool IsFound { get; set; }
    }
}

/// <summary>What the pairing decides of a connection; the rest is copied.</summary>
internal sealed record Pairing(
    ConnectionEnding Ending, ConnectionRole Role, ulong Id, ulong Opened, ulong Ended, uint Opener, uint Closer, uint Peer)
{
    public bool HasEnd { get; init; }

    public bool IsUnfinished { get; init; }

    public bool IsConnecting { get; init; }

    public ulong Closed { get; init; }

    public ulong Held { get; init; }

    public ulong Sent { get; init; }

    public static Pairing Of(in Connection connection) => new(
        connection.Ending, connection.Role, connection.Id, connection.Opened, connection.Ended,
        connection.HasOpener ? connection.Opener.Pid : 0, connection.Closer.Pid, connection.IsJoined ? connection.PeerOwner.Pid : 0)
    {
        HasEnd = connection.HasEnd,
        IsUnfinished = connection.IsUnfinished,
        IsConnecting = connection.IsConnecting,
        Closed = connection.Closed,
        Held = connection.Held,
        Sent = connection.HasEnd ? connection.BytesSent : 0,
    };
}
