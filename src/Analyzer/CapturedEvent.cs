using System.Net;
using System.Net.Sockets;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer;

/// <summary>One event of one TCP connection, as the observed socket saw it.</summary>
public sealed record CapturedEvent
{
    /// <summary>What happened.</summary>
    public required TcpEventType Type { get; init; }

    /// <summary>When, to 100 ns; null if the capture does not tell wall-clock times.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>When, CLOCK_MONOTONIC ns of the host.</summary>
    public required ulong Timestamp { get; init; }

    /// <summary>The kernel's socket cookie, the same for all events of a socket; null if it had none.</summary>
    public ulong? Connection { get; init; }

    /// <summary>The host's name; null if it is not known.</summary>
    public string? Host { get; init; }

    /// <summary>The socket's own address and port; an IPv4-mapped address is IPv4.</summary>
    public required IPEndPoint Local { get; init; }

    /// <summary>The address and port at the other end; an IPv4-mapped address is IPv4.</summary>
    public required IPEndPoint Peer { get; init; }

    /// <summary>4 or 6: the family of the socket, so 6 for an IPv4-mapped connection.</summary>
    public required int IpVersion { get; init; }

    /// <summary>Who did it; an <see cref="TcpEventType.Ended"/> was brought about by nobody, and has the id 0.</summary>
    public required RecordedProcess Process { get; init; }

    /// <summary>What is special about it.</summary>
    public TcpEventFlags Flags { get; init; }

    /// <summary>The inode number of the socket's network namespace.</summary>
    public required uint NetworkNamespace { get; init; }

    /// <summary>The cookie of the network namespace, which no other one gets while the host is up; null if it is not known.</summary>
    public ulong? NetworkNamespaceId { get; init; }

    /// <summary>The name of the network namespace; null if the capture does not tell one.</summary>
    public string? NetworkNamespaceName { get; init; }

    /// <summary>The time from SYN to established of a connect, or to giving up of a failed one; null for others, and if it is not known.</summary>
    public TimeSpan? ConnectTime { get; init; }

    /// <summary>The time that a connection waited to be accepted, of an accept; null for others, and if it is not known.</summary>
    public TimeSpan? AcceptTime { get; init; }

    /// <summary>How TCP ended the connection, of an <see cref="TcpEventType.Ended"/>; null for others, and if it does not tell.</summary>
    public TcpEnd? End { get; init; }

    /// <summary>Why a connect failed, or what TCP had as its error at the end; null for others. <see cref="ErrorName"/> tells more.</summary>
    public SocketError? Error { get; init; }

    /// <summary>The kernel's name of the error, such as <c>ECONNREFUSED</c>; null if there is none.</summary>
    public string? ErrorName { get; init; }

    /// <summary>What the kernel had counted, of a close, and in the end; null for others.</summary>
    public ConnectionCounters? Counters { get; init; }

    /// <summary>Who did what to which connection.</summary>
    public override string ToString() =>
        $"{(Time is { } time ? $"{time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'} " : "")}{Process} {Type} {Local} -> {Peer}{(ErrorName is null ? "" : $" {ErrorName}")}";

    internal static CapturedEvent Of(in TcpEvent e, EventContext context, Records records)
    {
        var hasError = e.Type == TcpEventType.ConnectFailed || (e.Type == TcpEventType.Ended && e.Error != 0);
        var opens = e.Type is TcpEventType.Connect or TcpEventType.ConnectFailed;
        return new CapturedEvent
        {
            Type = e.Type,
            Time = Records.Time(context.Clock is { } clock ? e.Timestamp + unchecked((ulong)clock.WallOffset) : null),
            Timestamp = e.Timestamp,
            Connection = e.Connection == 0 ? null : e.Connection,
            Host = context.Header is { Host.Length: > 0 } header ? header.Host : null,
            Local = records.EndPoint(in e.LocalAddress, e.IpVersion, e.LocalPort),
            Peer = records.EndPoint(in e.PeerAddress, e.IpVersion, e.PeerPort),
            IpVersion = e.IpVersion,
            Process = records.Process(e.Pid, e.Tid, e.Uid, in e.Comm, context.Names.CgroupOf(in e), e.ContainerPid),
            Flags = e.Flags,
            NetworkNamespace = e.Netns,
            NetworkNamespaceId = e.NetnsId == 0 ? null : e.NetnsId,
            NetworkNamespaceName = context.Names.NetnsOf(in e),
            ConnectTime = opens && e.Duration != 0 ? Records.Duration(e.Duration) : null,
            AcceptTime = e.Type == TcpEventType.Accept && e.Duration != 0 ? Records.Duration(e.Duration) : null,
            End = TcpEnds.Of(in e) is var end && end == TcpEnd.Unknown ? null : end,
            Error = hasError ? Records.Error(e.Error) : null,
            ErrorName = hasError ? Errno.NameOf(e.Error) : null,
            Counters = !e.HasCounters ? null : new ConnectionCounters
            {
                BytesSent = Records.Number(e.BytesSent),
                BytesAcked = Records.Number(e.BytesAcked),
                BytesReceived = Records.Number(e.BytesReceived),
                SegmentsSent = e.SegmentsSent,
                SegmentsReceived = e.SegmentsReceived,
                Retransmits = e.Retransmits,
                SmoothedRtt = TimeSpan.FromMicroseconds(e.SmoothedRtt),
            },
        };
    }
}
