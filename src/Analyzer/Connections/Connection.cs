using System.Diagnostics.CodeAnalysis;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Connections;

/// <summary>Which side of a connection a socket is.</summary>
public enum ConnectionRole : byte
{
    /// <summary>Not known: nobody saw it being opened.</summary>
    Unknown,

    /// <summary>It called connect.</summary>
    Client,

    /// <summary>It was accepted.</summary>
    Server,
}

/// <summary>How a connection ended.</summary>
public enum ConnectionEnding : byte
{
    /// <summary>It did not: it was open when the capture ended.</summary>
    Open,

    /// <summary>It ended in an orderly way; if its end was not seen, its last descriptor was closed.</summary>
    Closed,

    /// <summary>It was over without both ends having finished it: reset by either, timed out, or ended by the administrator. See
    /// <see cref="Connection.Ending"/>.</summary>
    Reset,

    /// <summary>It was never established; <see cref="Connection.Error"/> says why.</summary>
    Failed,

    /// <summary>It ended without a close: its socket opened another connection, or another socket took its addresses
    /// and ports. Its close was lost, or the program had disconnected it (<c>connect</c> with AF_UNSPEC).</summary>
    Unseen,
}

/// <summary>
/// One end of a TCP connection: a socket from its opening to its close, as far as the capture tells. A connection whose
/// two ends are on the recorded host is two of these, and each knows who is at the other end.
/// </summary>
internal struct Connection
{
    internal const byte StateEstablished = 1;
    internal const byte StateSynSent = 2;
    private const byte StateFinWait2 = 5;
    private const byte StateTimeWait = 6;
    internal const byte StateClose = 7;
    internal const byte StateCloseWait = 8;
    private const byte StateLastAck = 9;
    private const byte StateClosing = 11;

    /// <summary>The kernel's socket cookie; 0 if it had none.</summary>
    public ulong Id;

    /// <summary>When it was established, CLOCK_MONOTONIC ns; of a server when it was accepted, if it is not known how long it waited for that. If it failed: when it was
    /// tried. If it <see cref="IsPreexisting"/> than the capture: when that began.</summary>
    public ulong Opened;

    /// <summary>When TCP had finished with it, if that was seen, else when it was closed, or failed, or was seen to be gone, CLOCK_MONOTONIC ns. If it is still
    /// <see cref="ConnectionEnding.Open"/>: up to when that is known, usually the end of the capture.</summary>
    public ulong Ended;

    /// <summary>When its last descriptor was closed, CLOCK_MONOTONIC ns. Meaningless if not <see cref="HasCloser"/>.</summary>
    public ulong Closed;

    /// <summary>How long a program had its descriptor after it had ended, as far as that is known, in nanoseconds.</summary>
    public ulong Held;

    /// <summary>Of its opening: see <see cref="ConnectTime"/> and <see cref="AcceptTime"/>.</summary>
    internal ulong Duration;

    /// <summary>Who opened it: called connect, or accept. Meaningless if not <see cref="HasOpener"/>.</summary>
    public EventTask Opener;

    /// <summary>Who closed its last descriptor. Meaningless if not <see cref="HasCloser"/>.</summary>
    public EventTask Closer;

    /// <summary>Who opened the other end, if that is on this host. Meaningless if not <see cref="IsJoined"/>.</summary>
    public EventTask PeerOwner;

    /// <summary>The socket's own address.</summary>
    public Address LocalAddress;

    /// <summary>The address at the other end.</summary>
    public Address PeerAddress;

    /// <summary>Payload bytes sent, retransmissions included; 0 unless it was seen to close or to end, as all counters.</summary>
    public ulong BytesSent;

    /// <inheritdoc cref="TcpEvent.BytesAcked" />
    public ulong BytesAcked;

    /// <inheritdoc cref="TcpEvent.BytesReceived" />
    public ulong BytesReceived;

    /// <summary>Segments sent.</summary>
    public uint SegmentsSent;

    /// <summary>Segments received.</summary>
    public uint SegmentsReceived;

    /// <summary>Segments retransmitted.</summary>
    public uint Retransmits;

    /// <summary>Smoothed round-trip time in microseconds at the end, or at the close.</summary>
    public uint SmoothedRtt;

    /// <summary>The inode number of the socket's network namespace.</summary>
    public uint Netns;

    /// <summary>The cookie of that namespace; 0 if it is not known.</summary>
    public ulong NetnsId;

    /// <summary>How often a number had been given another name before it was opened, see <see cref="NameHistory"/>.</summary>
    internal int Renames;

    /// <summary>The socket's own port.</summary>
    public ushort LocalPort;

    /// <summary>The port at the other end.</summary>
    public ushort PeerPort;

    /// <summary>The errno of one that failed; 0 if the program gave up by itself.</summary>
    public ushort Error;

    /// <summary>4 or 6: the family of the socket, so 6 for an IPv4-mapped connection.</summary>
    public byte IpVersion;

    /// <summary>See <see cref="TcpEventFlags"/>.</summary>
    public TcpEventFlags Flags;

    /// <summary>Which side it is.</summary>
    public ConnectionRole Role;

    /// <summary>The TCP state that it was closed from (include/net/tcp_states.h); if it was not seen to close, that which it ended from; else 0.
    /// Of a connect that has not come to an end yet it is SYN_SENT.</summary>
    public byte State;

    /// <summary>How TCP ended it; not known unless it <see cref="HasEnd"/>.</summary>
    public TcpEnd EndedBy;

    /// <summary>The TCP state that it ended from; meaningless if not <see cref="HasEnd"/>.</summary>
    public byte EndState;

    /// <summary>The errno of its socket when it ended; 0 if there was none.</summary>
    public ushort EndError;

    /// <summary>Whether it was seen that TCP had finished.</summary>
    public bool HasEnd;

    /// <summary>Whether it was closed and nobody saw TCP finish, although the recorder tells that: counters and time are those of the close.
    /// </summary>
    public bool IsUnfinished;

    /// <summary>How it ended. Where no end was seen, <see cref="ConnectionEnding.Reset"/> is a conclusion: the socket was in state CLOSE when its
    /// program closed it, and its FIN had not been acknowledged, see <see cref="CloseProof"/>.</summary>
    public ConnectionEnding Ending;

    /// <summary>Whether <see cref="ConnectionEnding.Reset"/> or <see cref="ConnectionEnding.Closed"/> is but the likelier of the two, as
    /// the counters prove neither.</summary>
    public bool IsEndingAssumed;

    /// <summary>Whether it was there before the capture began. <see cref="Lifetime"/> is then the least that it can
    /// have been.</summary>
    public bool IsPreexisting;

    /// <summary>Whether events were lost when its opening (if <see cref="IsPreexisting"/>) or its close (if still
    /// <see cref="ConnectionEnding.Open"/>) may have been among them, so that this may be wrong.</summary>
    public bool IsUncertain;

    /// <summary>Whether its opening was recorded, or who had it when recording began.</summary>
    public bool HasOpener;

    /// <summary>Whether its close was recorded.</summary>
    public bool HasCloser;

    /// <summary>Whether the other end is on this host, and was seen.</summary>
    public bool IsJoined;

    /// <summary>Whether its other end was given before it: of the two ends of a connection within the host one is the second.
    /// </summary>
    public bool IsSecondEnd;

    /// <summary>Payload bytes that the peer acknowledged: without the SYN of a client and the FIN, which the kernel counts. Exact, but
    /// for a byte more if <see cref="IsEndingAssumed"/>, or if the role is not known and something was retransmitted.</summary>
    public readonly ulong PayloadSent
    {
        get
        {
            var isFinAcked = HasEnd
                ? EndState == StateFinWait2 || (EndError == 0 && EndState is StateLastAck or StateClosing)
                : State is StateFinWait2 or StateTimeWait || (State == StateClose && Ending == ConnectionEnding.Closed);
            var others = (Role == ConnectionRole.Client ? 1UL : 0) + (isFinAcked ? 1UL : 0);
            return Math.Min(BytesAcked - Math.Min(BytesAcked, others), BytesSent);
        }
    }

    /// <summary>Payload bytes received: without the peer's FIN, which the kernel counts.</summary>
    public readonly ulong PayloadReceived
    {
        get
        {
            var isFinReceived = HasEnd
                ? (Flags & TcpEventFlags.FinReceived) != 0 || EndState is StateCloseWait or StateLastAck or StateClosing
                : State is StateTimeWait or StateCloseWait or StateLastAck or StateClosing
                || (State == StateClose && Ending == ConnectionEnding.Closed);
            return BytesReceived - (isFinReceived ? Math.Min(BytesReceived, 1) : 0);
        }
    }

    /// <summary>Nanoseconds from SYN to established, or to giving up if it failed; 0 if it is not known, and for the server's end.</summary>
    public readonly ulong ConnectTime => Role == ConnectionRole.Client ? Duration : 0;

    /// <summary>Nanoseconds from established to accepted: its time in the accept queue; 0 if it is not known, and for the client's end.
    /// </summary>
    public readonly ulong AcceptTime => Role == ConnectionRole.Server ? Duration : 0;

    /// <summary>Whether it failed, or TCP ended it with an error.</summary>
    public readonly bool HasError => Ending == ConnectionEnding.Failed || EndError != 0;

    /// <summary>The errno of either; 0 also if the program gave up by itself.</summary>
    public readonly ushort AnyError => Ending == ConnectionEnding.Failed ? Error : EndError;

    /// <summary>Whether it is known what was sent and received.</summary>
    public readonly bool HasCounters => Tells(BytesSent | BytesAcked | BytesReceived | SegmentsSent | SegmentsReceived | Retransmits | SmoothedRtt);

    /// <summary>Whether one of these is known: see <see cref="TcpEvent.Tells"/>.</summary>
    internal readonly bool Tells(ulong counter) => (HasCloser || HasEnd) && ((State | EndState) != 0 || counter != 0);

    /// <summary>Whether it had ended, and a program had its descriptor still when recording ended.</summary>
    public readonly bool IsHeld => HasEnd && !HasCloser && Ending is ConnectionEnding.Closed or ConnectionEnding.Reset;

    /// <summary>Whether it is a connect that was under way when recording began, and still when it ended.</summary>
    public readonly bool IsConnecting => Ending == ConnectionEnding.Open && State == StateSynSent;

    /// <summary>The time from <see cref="Opened"/> to <see cref="Ended"/> in nanoseconds.</summary>
    public readonly ulong Lifetime => Ended > Opened ? Ended - Opened : 0;

    /// <summary>Whose socket it is: who opened it; who closed it, if nobody saw that. The one that opens a socket is the
    /// one that asked for the connection; a close may come from the process that inherited the descriptor last.</summary>
    [UnscopedRef]
    public readonly ref readonly EventTask Owner => ref HasOpener ? ref Opener : ref Closer;

    /// <summary>Whether it is known whose it is.</summary>
    public readonly bool HasOwner => HasOpener || HasCloser;

    /// <summary>Whether the service is at this end: it is what was connected to; if that is not known, the end with the lower port.
    /// </summary>
    public readonly bool IsService => Role == ConnectionRole.Server || (Role == ConnectionRole.Unknown && LocalPort < PeerPort);

    /// <summary>Whether what it is called may be wrong, since events were lost or the counters do not prove it.</summary>
    internal readonly bool IsDoubtful => IsUncertain || IsEndingAssumed;

    /// <summary>The names that held when its opening arrived; if none was seen, its close.</summary>
    internal readonly CaptureNames NamesIn(RecordedSpan recording) => recording.History.After(Renames);

    /// <summary>The cgroup of its owner; null if nothing is known of it.</summary>
    public readonly CgroupName? CgroupIn(RecordedSpan recording) =>
        NamesIn(recording).CgroupOf(new TcpEvent { Connection = Id, Cgroup = Owner.Cgroup });

    /// <summary>Whether it was closed by this end before the peer did, so that its port is in TIME_WAIT for a minute: it
    /// was still established, or has sent its FIN first.</summary>
    public readonly bool ClosedHereFirst => Ending == ConnectionEnding.Closed && (HasEnd ? EndState is StateFinWait2 or StateClosing : State is 1 or 4 or 5);

    /// <summary>The same connection as one knows it who has seen all before a time: what happened later has not.</summary>
    internal readonly Connection AsOf(ulong time) => Ending == ConnectionEnding.Failed ? this
        : Ended >= time ? OpenAt(time)
        : Held > 0 && Held >= time - Ended ? HeldAt(time)
        : this;

    /// <summary>The same connection as it was at a time when it had ended, but before it was closed.</summary>
    private readonly Connection HeldAt(ulong time) => this with { HasCloser = false, Closer = default, Held = time - Ended, State = EndState };

    /// <summary>The same connection as it was at a time before it ended: open, its counters not known yet.</summary>
    private readonly Connection OpenAt(ulong time) => this with
    {
        Ended = time,
        // Of one whose end nobody saw it is not certain that it was still there.
        IsUncertain = IsUncertain || Ending == ConnectionEnding.Unseen,
        Ending = ConnectionEnding.Open,
        IsEndingAssumed = false,
        HasCloser = false,
        HasEnd = false,
        IsUnfinished = false,
        EndedBy = TcpEnd.Unknown,
        EndError = 0,
        Held = 0,
        State = IsConnecting ? State : (byte)0,
        BytesSent = 0,
        BytesAcked = 0,
        BytesReceived = 0,
        SegmentsSent = 0,
        SegmentsReceived = 0,
        Retransmits = 0,
        SmoothedRtt = 0,
    };
}
