using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Format.Events;

namespace TraceCap.Exports.Pcapng;

/// <summary>
/// The packets that a connection must have had, as far as its events tell: its handshake, its bytes, and how it ended. What the events do not
/// tell is not made up, but for sequence numbers to begin with: neither when bytes were sent, for which there is one packet each way at the end, nor
/// options and retransmissions.
/// </summary>
internal sealed class Conversation
{
    /// <summary>A packet has at most so many bytes of payload: sequence numbers compare only within half of their range.</summary>
    private const uint MostPayload = 1u << 30;

    /// <summary>A connection has at most so many packets with payload each way: a terabyte.</summary>
    private const ulong MostPackets = 1 << 10;

    private const ushort ConnectionRefused = 111;
    private const ushort ConnectionReset = 104;

    private readonly Connection connection;
    private readonly PacketSink sink;
    private readonly int ipVersion;
    private readonly TcpEndpoint local;
    private readonly TcpEndpoint peer;
    private Step next;
    private uint sent;
    private uint received;

    internal Conversation(in Connection connection, PacketSink sink)
    {
        (this.connection, this.sink) = (connection, sink);
        // What an IPv6 socket does with an IPv4-mapped address goes over IPv4.
        var (mine, other) = (Plain(in connection.LocalAddress), Plain(in connection.PeerAddress));
        ipVersion = other.Kind == 4 && mine.Kind == 4 ? 4 : 6;
        (local, peer) = ipVersion == 4
            ? (new TcpEndpoint(mine.Address, connection.LocalPort), new TcpEndpoint(other.Address, connection.PeerPort))
            : (new TcpEndpoint(connection.LocalAddress, connection.LocalPort), new TcpEndpoint(connection.PeerAddress, connection.PeerPort));
        var number = unchecked((connection.Id * 0x9e37_79b9_7f4a_7c15) ^ (connection.Opened * 0xc2b2_ae3d_27d4_eb4f));
        (sent, received) = ((uint)(number >> 32), (uint)number);
        Time = StartOf(in connection);
    }

    private enum Step
    {
        Begin,
        Established,
        Close,
        End,
        Over,
    }

    /// <summary>When its next packets were, CLOCK_MONOTONIC ns.</summary>
    internal ulong Time { get; private set; }

    /// <summary>This end.</summary>
    internal TcpEndpoint Local => local;

    /// <summary>The other one.</summary>
    internal TcpEndpoint Peer => peer;

    /// <summary>Whether there are no more.</summary>
    internal bool IsOver => next == Step.Over;

    /// <summary>Whether its opening is known, and it opened it itself.</summary>
    private bool IsClient => connection is { Role: ConnectionRole.Client, IsPreexisting: false } or { Ending: ConnectionEnding.Failed } || connection.IsConnecting;

    private bool IsFailed => connection.Ending == ConnectionEnding.Failed;

    /// <summary>When its first packet was.</summary>
    internal static ulong StartOf(in Connection connection) =>
        connection is { Role: ConnectionRole.Client, IsPreexisting: false } && connection.Ending != ConnectionEnding.Failed
            ? connection.Opened - Math.Min(connection.Opened, connection.ConnectTime)
            : connection.Opened;

    /// <summary>Writes the packets of <see cref="Time"/>.</summary>
    internal void Write()
    {
        switch (next)
        {
            case Step.Begin:
                Begin();
                break;
            case Step.Established:
                In(TcpFlags.Syn | TcpFlags.Ack, "the peer's SYN");
                Out(TcpFlags.Ack, "established");
                GoOn(Step.Close, CloseTime);
                break;
            case Step.Close:
                Close();
                break;
            default:
                End();
                next = Step.Over;
                break;
        }
    }

    private ulong CloseTime => connection is { HasCloser: true, Ending: ConnectionEnding.Closed } && connection.Closed < connection.Ended
        ? Math.Max(connection.Closed, connection.Opened)
        : connection.Ended;

    private bool IsPeersFinKnown => connection.HasEnd ? connection.EndedBy != TcpEnd.HalfClosed : !connection.ClosedHereFirst;

    private void GoOn(Step step, ulong time) => (next, Time) = (step, Math.Max(Time, time));

    private void Begin()
    {
        if (IsClient)
        {
            Out(TcpFlags.Syn, IsFailed ? $"a connect that failed: {Errno.NameOf(connection.Error)}" : "a connect");
            if (IsFailed || connection.IsConnecting)
            {
                GoOn(Step.End, connection.Ended);
            }
            else
            {
                GoOn(Step.Established, connection.Opened);
            }

            return;
        }

        if (connection is { Role: ConnectionRole.Server, IsPreexisting: false })
        {
            In(TcpFlags.Syn, "the peer's connect");
            Out(TcpFlags.Syn | TcpFlags.Ack, "an accept");
            In(TcpFlags.Ack, "established");
        }
        else
        {
            Out(TcpFlags.Ack, "a connection that was there before the recording began");
        }

        GoOn(Step.Close, CloseTime);
    }

    /// <summary>What was sent comes before the first packet that says that no more will.</summary>
    private void Close()
    {
        Payload();
        if (connection.Ending == ConnectionEnding.Closed && connection.ClosedHereFirst)
        {
            Out(TcpFlags.Fin | TcpFlags.Ack, "this end closed first");
        }
        else if (connection.Ending == ConnectionEnding.Closed)
        {
            In(TcpFlags.Fin | TcpFlags.Ack, "the peer closed first");
            Out(TcpFlags.Fin | TcpFlags.Ack, "this end closed as well");
        }

        GoOn(Step.End, connection.Ended);
    }

    private void End()
    {
        switch (connection.Ending)
        {
            case ConnectionEnding.Closed when connection.ClosedHereFirst && IsPeersFinKnown:
                In(TcpFlags.Fin | TcpFlags.Ack, "the peer closed as well");
                Out(TcpFlags.Ack, "closed");
                break;
            case ConnectionEnding.Closed:
                In(TcpFlags.Ack, IsPeersFinKnown ? "closed" : "closed; the peer's end was not seen");
                break;
            case ConnectionEnding.Reset when connection.EndedBy is TcpEnd.ResetSent or TcpEnd.Aborted:
                Out(TcpFlags.Rst | TcpFlags.Ack, connection.EndedBy == TcpEnd.Aborted ? "the administrator ended it" : "this end reset it");
                break;
            case ConnectionEnding.Reset when connection.EndedBy == TcpEnd.TimedOut:
                Out(TcpFlags.Ack, "the last that was sent: the peer did not answer");
                break;
            case ConnectionEnding.Reset:
                In(TcpFlags.Rst | TcpFlags.Ack, connection.EndedBy == TcpEnd.ResetReceived ? "the peer reset it" : "reset by the peer, or timed out");
                break;
            case ConnectionEnding.Failed when connection.Error is ConnectionRefused or ConnectionReset:
                In(TcpFlags.Rst | TcpFlags.Ack, Errno.NameOf(connection.Error));
                break;
            case ConnectionEnding.Failed:
                break;
            case ConnectionEnding.Open when connection.IsConnecting:
                break;
            case ConnectionEnding.Open:
                Out(TcpFlags.Ack, "still open when the recording ended");
                break;
            default:
                Out(TcpFlags.Ack, "nothing tells how it ended");
                break;
        }
    }

    private void Payload()
    {
        if (!connection.HasCounters)
        {
            return;
        }

        Payload(isOutbound: true, connection.PayloadSent);
        Payload(isOutbound: false, connection.PayloadReceived);
    }

    private void Payload(bool isOutbound, ulong bytes)
    {
        var all = bytes;
        for (var packets = 0ul; bytes > 0 && packets < MostPackets; packets++)
        {
            var payload = (uint)Math.Min(bytes, MostPayload);
            bytes -= payload;
            var what = isOutbound ? "sent" : "received";
            Send(isOutbound, TcpFlags.Psh | TcpFlags.Ack, FormattableString.Invariant($"{all} bytes {what}; when is not recorded"), payload);
            if (bytes > 0)
            {
                Send(!isOutbound, TcpFlags.Ack, "acknowledged", 0);
            }
        }
    }

    private void Out(TcpFlags flags, string what) => Send(isOutbound: true, flags, what, 0);

    private void In(TcpFlags flags, string what) => Send(isOutbound: false, flags, what, 0);

    private void Send(bool isOutbound, TcpFlags flags, string what, uint payload)
    {
        Span<byte> packet = stackalloc byte[TcpPacket.MostHeaders];
        var acknowledged = (flags & TcpFlags.Ack) == 0 ? 0 : isOutbound ? received : sent;
        var headers = isOutbound
            ? TcpPacket.Write(packet, ipVersion, in local, in peer, flags, sent, acknowledged, payload, out var length)
            : TcpPacket.Write(packet, ipVersion, in peer, in local, flags, received, acknowledged, payload, out length);
        // SYN and FIN count one each.
        var counted = payload + ((flags & (TcpFlags.Syn | TcpFlags.Fin)) != 0 ? 1u : 0);
        sent += isOutbound ? counted : 0;
        received += isOutbound ? 0 : counted;
        sink(Time, packet[..headers], length, isOutbound, what);
    }

    private FieldValue Plain(in Address address) => FieldValue.Plain(in address, connection.IpVersion);
}

/// <summary>Takes a packet.</summary>
/// <param name="time">CLOCK_MONOTONIC ns.</param>
/// <param name="headers">What there is of it.</param>
/// <param name="length">How long it is.</param>
/// <param name="isOutbound">Whether this host sent it.</param>
/// <param name="what">What it is, in a few words.</param>
internal delegate void PacketSink(ulong time, ReadOnlySpan<byte> headers, uint length, bool isOutbound, string what);
