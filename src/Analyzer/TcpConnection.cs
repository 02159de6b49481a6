using System.Net;
using System.Net.Sockets;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer;

/// <summary>
/// A TCP connection as one of its sockets saw it, from its opening to its close. A connection within the recorded host is two of
/// these, one for each socket, and each knows who is at the other end.
/// </summary>
public sealed record TcpConnection
{
    /// <summary>The kernel's socket cookie; null if it had none.</summary>
    public ulong? Id { get; init; }

    /// <summary>The host's name; null if it is not known.</summary>
    public string? Host { get; init; }

    /// <summary>Which side of the connection the socket is.</summary>
    public required ConnectionRole Role { get; init; }

    /// <summary>How it ended.</summary>
    public required ConnectionEnding Ending { get; init; }

    /// <summary>The socket's own address and port; an IPv4-mapped address is IPv4.</summary>
    public required IPEndPoint Local { get; init; }

    /// <summary>The address and port at the other end; an IPv4-mapped address is IPv4.</summary>
    public required IPEndPoint Peer { get; init; }

    /// <summary>4 or 6: the family of the socket, so 6 for an IPv4-mapped connection.</summary>
    public required int IpVersion { get; init; }

    /// <summary>When it was established (a server's socket: accepted, if it is not known how long it waited for that), or tried if it failed, to 100 ns; null if it is pre-existing, or the capture
    /// does not tell wall-clock times.</summary>
    public DateTimeOffset? Opened { get; init; }

    /// <summary>When TCP had finished with it, or else when it was closed or failed, to 100 ns; null if nobody saw that, or the capture does not tell wall-clock times.
    /// </summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>How long it lived, as far as that was seen, to 100 ns: see <see cref="IsLifetimeKnown"/>.</summary>
    public required TimeSpan Lifetime { get; init; }

    /// <summary>Whether both its opening and its end were seen. If not, <see cref="Lifetime"/> is counted from the beginning of the
    /// recording, or to its end.</summary>
    public bool IsLifetimeKnown => !IsPreexisting && Ending is not (ConnectionEnding.Open or ConnectionEnding.Unseen);

    /// <summary>The time from SYN to established, or to giving up if it failed, to 100 ns; null unless this side is the client and
    /// its opening was seen.</summary>
    public TimeSpan? ConnectTime { get; init; }

    /// <summary>How long it was in the accept queue, to 100 ns; null unless this side was accepted, and if it is not known.</summary>
    public TimeSpan? AcceptTime { get; init; }

    /// <summary>How TCP ended it; <see cref="TcpEnd.Unknown"/> if nobody saw that.</summary>
    public TcpEnd End { get; init; }

    /// <summary>When its last descriptor was closed, to 100 ns; null if nobody saw that, or the capture does not tell wall-clock times.
    /// </summary>
    public DateTimeOffset? Closed { get; init; }

    /// <summary>How long a program had its descriptor after it had ended, up to the end of the recording, to 100 ns.</summary>
    public TimeSpan Held { get; init; }

    /// <summary>Whether it was closed and nobody saw TCP finish, although the recorder notes that: the counters are those of the close.
    /// </summary>
    public bool IsUnfinished { get; init; }

    /// <summary>Who opened it; who closed it, if nobody saw the opening; null if nobody saw either.</summary>
    public RecordedProcess? Process { get; init; }

    /// <summary>Who closed its last descriptor; null if nobody saw that.</summary>
    public RecordedProcess? Closer { get; init; }

    /// <summary>Who opened the other end; null unless that is on the recorded host, and was seen.</summary>
    public RecordedProcess? PeerProcess { get; init; }

    /// <summary>The id of the process's container; null outside of containers, or if that is not known.</summary>
    public string? Container => Process?.Container;

    /// <summary>The systemd unit of the process; null if there is none, or that is not known.</summary>
    public string? Unit => Process?.Unit;

    /// <summary>Why it failed, or the error with which TCP ended it; null if there was none. <see cref="ErrorName"/> tells more.</summary>
    public SocketError? Error { get; init; }

    /// <summary>The kernel's name of the error, such as <c>ECONNREFUSED</c>; null if there was none.</summary>
    public string? ErrorName { get; init; }

    /// <summary>What the kernel counted; null unless its end or its close was seen.</summary>
    public ConnectionCounters? Counters { get; init; }

    /// <summary>Payload bytes that the peer acknowledged, without SYN and FIN; null unless its end or its close was seen.</summary>
    public long? PayloadSent { get; init; }

    /// <summary>Payload bytes received, without the peer's FIN; null unless its end or its close was seen.</summary>
    public long? PayloadReceived { get; init; }

    /// <summary>The inode number of the socket's network namespace.</summary>
    public required uint NetworkNamespace { get; init; }

    /// <summary>The name of the network namespace; null if the capture does not tell one.</summary>
    public string? NetworkNamespaceName { get; init; }

    /// <summary>Whether it was there before the recording began.</summary>
    public bool IsPreexisting { get; init; }

    /// <summary>Whether events were lost when its opening (if <see cref="IsPreexisting"/>) or its close (if still
    /// <see cref="ConnectionEnding.Open"/>) may have been among them, or its counters do not prove whether it was reset, so that
    /// this may be wrong.</summary>
    public bool IsUncertain { get; init; }

    /// <summary>Whether the socket at the other end was given before it: of the two sockets of a connection within the host one is
    /// the second. To count connections and not sockets, leave these out.</summary>
    public bool IsSecondSocket { get; init; }

    /// <summary>Whose it is, from where to where, how it ended and how long it lived.</summary>
    public override string ToString()
    {
        var arrow = Role switch { ConnectionRole.Client => "->", ConnectionRole.Server => "<-", _ => "--" };
        var ending = Ending.ToString().ToLowerInvariant() + (ErrorName is null ? "" : $" {ErrorName}");
        var payload = PayloadSent is null ? "" : FormattableString.Invariant($", {PayloadSent} B sent, {PayloadReceived} B received");
        return $"{(Process is null ? "" : $"{Process} ")}{Local} {arrow} {Peer}: {(IsPreexisting ? "pre-existing, " : "")}{ending} after {DurationText.Of((ulong)Lifetime.Ticks * 100)}{payload}";
    }

    internal static TcpConnection Of(in Connection connection, RecordedSpan recording, Records records)
    {
        var id = connection.Id;
        return new TcpConnection
        {
            Id = connection.Id == 0 ? null : connection.Id,
            Host = recording.Host.Length > 0 ? recording.Host : null,
            Role = connection.Role,
            Ending = connection.Ending,
            Local = records.EndPoint(in connection.LocalAddress, connection.IpVersion, connection.LocalPort),
            Peer = records.EndPoint(in connection.PeerAddress, connection.IpVersion, connection.PeerPort),
            IpVersion = connection.IpVersion,
            Opened = connection.IsPreexisting ? null : Records.Time(recording.WallClock(connection.Opened)),
            Ended = connection.Ending is ConnectionEnding.Open or ConnectionEnding.Unseen ? null : Records.Time(recording.WallClock(connection.Ended)),
            Lifetime = Records.Duration(connection.Lifetime),
            ConnectTime = connection.Role == ConnectionRole.Client && !connection.IsPreexisting ? Records.Duration(connection.ConnectTime) : null,
            AcceptTime = connection.AcceptTime > 0 ? Records.Duration(connection.AcceptTime) : null,
            End = connection.EndedBy,
            Closed = connection.HasCloser ? Records.Time(recording.WallClock(connection.Closed)) : null,
            Held = Records.Duration(connection.Held),
            IsUnfinished = connection.IsUnfinished,
            Process = connection.HasOpener || connection.HasCloser ? ProcessOf(connection.Owner) : null,
            Closer = connection.HasCloser ? ProcessOf(connection.Closer) : null,
            PeerProcess = connection.IsJoined ? ProcessOf(connection.PeerOwner) : null,
            Error = connection.HasError ? Records.Error(connection.AnyError) : null,
            ErrorName = connection.HasError ? Errno.NameOf(connection.AnyError) : null,
            Counters = connection.HasCounters ? CountersOf(in connection) : null,
            PayloadSent = connection.HasCounters ? Records.Number(connection.PayloadSent) : null,
            PayloadReceived = connection.HasCounters ? Records.Number(connection.PayloadReceived) : null,
            NetworkNamespace = connection.Netns,
            NetworkNamespaceName = recording.Names.NetnsOf(new TcpEvent { Connection = connection.Id, Netns = connection.Netns, NetnsId = connection.NetnsId }),
            IsPreexisting = connection.IsPreexisting,
            IsUncertain = connection.IsDoubtful,
            IsSecondSocket = connection.IsSecondEnd,
        };

        RecordedProcess ProcessOf(in EventTask task)
        {
            // The number of the host in a merged capture is in the id.
            var cgroup = recording.Names.CgroupOf(new TcpEvent { Connection = id, Cgroup = task.Cgroup });
            return records.Process(task.Pid, task.Tid, task.Uid, in task.Comm, cgroup, task.ContainerPid);
        }
    }

    private static ConnectionCounters CountersOf(in Connection connection) => new()
    {
        BytesSent = Records.Number(connection.BytesSent),
        BytesAcked = Records.Number(connection.BytesAcked),
        BytesReceived = Records.Number(connection.BytesReceived),
        SegmentsSent = connection.SegmentsSent,
        SegmentsReceived = connection.SegmentsReceived,
        Retransmits = connection.Retransmits,
        SmoothedRtt = TimeSpan.FromMicroseconds(connection.SmoothedRtt),
    };
}

/// <summary>Makes records of connections as they are found.</summary>
internal sealed class ConnectionRecords : IConnectionSink
{
    private readonly Records records = new();
    private List<TcpConnection> found = [];

    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        foreach (ref readonly var connection in connections)
        {
            found.Add(TcpConnection.Of(in connection, recording, records));
        }
    }

    /// <summary>Gives those that were found since the last call.</summary>
    internal IReadOnlyList<TcpConnection> TakeFound()
    {
        var taken = found;
        found = [];
        return taken;
    }
}
