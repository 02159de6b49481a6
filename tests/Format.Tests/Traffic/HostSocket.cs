using System.Net;
using System.Net.Sockets;
using TraceCap.Format.Events;

namespace TraceCap.Format.Tests.Traffic;

/// <summary>One socket of the simulated host, from its first event to its close.</summary>
internal sealed class HostSocket
{
    private const byte Established = 1;
    private const byte FinWait2 = 5;
    private const byte CloseWait = 8;
    private const byte LastAck = 9;

    /// <summary>0 until something asks for it: at connect, or when accept returns.</summary>
    public ulong Cookie { get; set; }

    public required HostTask Task { get; init; }

    public required IPAddress Local { get; init; }

    public required IPAddress Peer { get; init; }

    public required ushort LocalPort { get; init; }

    public required ushort PeerPort { get; init; }

    public required bool Mapped { get; init; }

    /// <summary>What it has carried when it closes; the FIN of the end that closed first counts at the other.</summary>
    public required Transfer Transfer { get; init; }

    /// <summary>When it opens the connection: from SYN to established, or to giving up; in nanoseconds.</summary>
    public ulong Duration { get; init; }

    public bool ClosesFirst { get; init; }

    public TcpEvent ToEvent(TcpEventType type)
    {
        var result = new TcpEvent
        {
            Connection = Cookie,
            Cgroup = Task.Container.Cgroup,
            LocalAddress = ToAddress(Local),
            PeerAddress = ToAddress(Peer),
            Comm = new(Task.Comm),
            Pid = Task.Pid,
            Tid = Task.Tid,
            Uid = Task.Uid,
            Netns = Task.Container.Netns,
            Mntns = Task.Container.Mntns,
            LocalPort = LocalPort,
            PeerPort = PeerPort,
            Type = type,
            IpVersion = (byte)(Mapped || Local.AddressFamily == AddressFamily.InterNetworkV6 ? 6 : 4),
            Flags = Mapped ? TcpEventFlags.V4Mapped : TcpEventFlags.None,
        };
        switch (type)
        {
            case TcpEventType.Connect:
                result.Duration = Duration;
                break;
            case TcpEventType.ConnectFailed:
                result.Duration = Duration;
                result.Error = 111;
                break;
            case TcpEventType.Close:
                result.State = ClosesFirst ? Established : CloseWait;
                Transfer.Count(ref result);
                break;
            case TcpEventType.Ended:
                (result.Pid, result.Tid, result.Uid, result.Mntns, result.Cgroup, result.Comm) = (0, 0, 0, 0, 0, default);
                result.State = ClosesFirst ? FinWait2 : LastAck;
                result.Flags |= TcpEventFlags.FinReceived;
                (Transfer with { Acked = Transfer.Acked + 1, SegmentsSent = Transfer.SegmentsSent + 1 }).Count(ref result);
                break;
            default:
                result.State = Established;
                break;
        }

        return result;
    }

    private Address ToAddress(IPAddress address) => new(Mapped ? address.MapToIPv6() : address);
}

/// <summary>The counters of one socket at its close.</summary>
internal readonly record struct Transfer(
    ulong Sent,
    ulong Acked,
    ulong Received,
    uint SegmentsSent,
    uint SegmentsReceived,
    uint Retransmits,
    uint SmoothedRtt)
{
    private const uint LoopbackSegment = 65_483;
    private const uint EthernetSegment = 1_448;

    public void Count(ref TcpEvent one)
    {
        one.BytesSent = Sent;
        one.BytesAcked = Acked;
        one.BytesReceived = Received;
        one.SegmentsSent = SegmentsSent;
        one.SegmentsReceived = SegmentsReceived;
        one.Retransmits = Retransmits;
        one.SmoothedRtt = SmoothedRtt;
    }

    /// <summary>What the kernel counts at the client or the server of a request and response connection.</summary>
    public static Transfer Of(Random random, Workload workload, ulong sent, ulong received, bool client, bool first)
    {
        var segment = workload.RoundTrip < 50 ? LoopbackSegment : EthernetSegment;
        var dataOut = (uint)((sent + segment - 1) / segment);
        var dataIn = (uint)((received + segment - 1) / segment);
        var isLossy = random.NextDouble() < workload.Retransmitting;
        var retransmits = isLossy ? (uint)random.Next(1, 2 + (int)(dataOut / 8)) : 0;
        var fin = first ? 0u : 1u;
        var acks = (uint)random.Next(2);
        return new(
            sent + (retransmits * segment),
            sent + (client ? 1u : 0u),
            received + fin,
            1 + dataOut + (dataIn / 2) + acks + retransmits + (client ? 1u : 0u),
            1 + dataIn + (dataOut / 2) + fin + (client ? 0u : 1u),
            retransmits,
            (uint)random.LogNormal(workload.RoundTrip, 0.3) + 5);
    }
}
