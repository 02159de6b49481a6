using System.Net;
using System.Runtime.InteropServices;

namespace TraceCap.Format.Events;

/// <summary>What else a reader needs to reproduce tcptracer's choices.</summary>
[Flags]
public enum TcpEventFlags : byte
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary>An IPv6 socket whose peer is <c>::ffff:a.b.c.d</c>. tcptracer misses the connect of such a socket.</summary>
    V4Mapped = 1,

    /// <summary>Accepted through io_uring.</summary>
    IoUring = 2,

    /// <summary>Accepted by a 32-bit system call on a 64-bit kernel.</summary>
    CompatTask = 4,

    /// <summary>The first subflow of an MPTCP connection; of a close, that of an MPTCP socket, whether or not the peer
    /// speaks MPTCP.</summary>
    Mptcp = 8,

    /// <summary>Of an accept: TCP had finished before, by a reset in the queue. tcptracer does not show such an accept.</summary>
    ResetBeforeAccept = 16,

    /// <summary>Of an end: the peer's FIN had come.</summary>
    FinReceived = 32,

    /// <summary>Of a close: the socket's connect had failed, so that there was no connection to close. tcptracer shows it.
    /// </summary>
    ConnectFailed = 64,

    /// <summary>Of an end: the connection was established, and nobody had accepted it.</summary>
    NotAccepted = 128,
}

/// <summary>
/// One event of one TCP connection: 176 bytes, little-endian, naturally aligned without padding, byte for byte
/// <c>struct event</c> of bpf/event.h. The local end is the observed socket's own, the peer the other one.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct TcpEvent
{
    /// <summary>The size of the struct in bytes, in the ring buffer and in memory.</summary>
    public const int Size = 176;

    /// <summary>The state of a socket that connects.</summary>
    internal const byte SynSent = 2;

    /// <summary>CLOCK_MONOTONIC in nanoseconds.</summary>
    public ulong Timestamp;

    /// <summary>The kernel's socket cookie (<c>ss -e</c> prints it as <c>sk:</c>): the same for all events of one
    /// socket and never used again while the host is up. Not one for each connection: a socket that is disconnected
    /// (<c>connect</c> with AF_UNSPEC) and connected again has two <see cref="TcpEventType.Connect"/> with the same
    /// number, and no close between. 0 if the kernel gave none.</summary>
    public ulong Connection;

    /// <summary>The cgroup2 id of the task (the inode number of its folder).</summary>
    public ulong Cgroup;

    /// <summary>Counts the events of one CPU from 1, including those that were lost: a gap is a loss.</summary>
    public ulong Sequence;

    /// <summary>The observed socket's own address.</summary>
    public Address LocalAddress;

    /// <summary>The address at the other end.</summary>
    public Address PeerAddress;

    /// <summary>The name of the thread.</summary>
    public ThreadName Comm;

    /// <summary>The process (thread group) id, in the host's PID namespace; 0 for an end, which no task brings about.</summary>
    public uint Pid;

    /// <summary>The thread id.</summary>
    public uint Tid;

    /// <summary>The user id.</summary>
    public uint Uid;

    /// <summary>The inode number of the socket's network namespace.</summary>
    public uint Netns;

    /// <summary>The inode number of the task's mount namespace; 0 for a task that was exiting.</summary>
    public uint Mntns;

    /// <summary>The observed socket's own port.</summary>
    public ushort LocalPort;

    /// <summary>The port at the other end.</summary>
    public ushort PeerPort;

    /// <summary>The CPU that the event was recorded on.</summary>
    public ushort Cpu;

    /// <summary>The errno of a <see cref="TcpEventType.ConnectFailed"/>, or what the socket of a
    /// <see cref="TcpEventType.Ended"/> had as its error; else 0.</summary>
    public ushort Error;

    /// <summary>What happened.</summary>
    public TcpEventType Type;

    /// <summary>4 or 6: the family of the socket, so 6 for an IPv4-mapped connection.</summary>
    public byte IpVersion;

    /// <summary>The TCP state that the socket was in (include/net/tcp_states.h), at an end the one before it, of a connect that was
    /// under way when recording began <see cref="SynSent"/>; 0 where it is not recorded.</summary>
    public byte State;

    /// <summary>See <see cref="TcpEventFlags"/>.</summary>
    public TcpEventFlags Flags;

    /// <summary>Nanoseconds from SYN to established for a connect, from SYN to giving up for a failed one, from established to
    /// accepted for an accept; 0 where it is not known, and for all others.</summary>
    public ulong Duration;

    /// <summary>At close and end: payload bytes sent, retransmissions included.</summary>
    public ulong BytesSent;

    /// <summary>At close and end: bytes acknowledged by the peer (RFC 4898 ThruOctetsAcked; SYN and FIN count one each).</summary>
    public ulong BytesAcked;

    /// <summary>At close and end: bytes received in order (RFC 4898 ThruOctetsReceived; a FIN counts one).</summary>
    public ulong BytesReceived;

    /// <summary>At close and end: segments sent.</summary>
    public uint SegmentsSent;

    /// <summary>At close and end: segments received.</summary>
    public uint SegmentsReceived;

    /// <summary>At close and end: segments retransmitted.</summary>
    public uint Retransmits;

    /// <summary>At close and end: smoothed round-trip time in microseconds.</summary>
    public uint SmoothedRtt;

    /// <summary>The cookie of the socket's network namespace, which no other one gets while the host is up, as it may get the
    /// inode number; 0 where it is not known.</summary>
    public ulong NetnsId;

    /// <summary>The process id in the innermost PID namespace that the process is in; 0 if it is in the host's alone, where
    /// <see cref="Pid"/> is its number.</summary>
    public uint ContainerPid;

    /// <summary>The inode number of that PID namespace; 0 with <see cref="ContainerPid"/>.</summary>
    public uint Pidns;

    /// <summary>Whether it is known who did it: nobody brings an end about, and what was seen on the wire has no process.</summary>
    internal readonly bool HasTask => Pid != 0 || Comm != default;

    /// <summary>Whether more than the name of who did it is known: what another tool printed of a process has no thread, and then 0 says nothing.</summary>
    internal readonly bool HasThread => Tid != 0;

    /// <summary>Whether a counter is known: what was not recorded, but printed by another tool, has no state, and 0 where that told nothing.</summary>
    internal readonly bool Tells(ulong counter) => Type is TcpEventType.Close or TcpEventType.Ended && (State != 0 || counter != 0);

    /// <summary>Whether any is.</summary>
    internal readonly bool HasCounters => Tells(BytesSent | BytesAcked | BytesReceived | SegmentsSent | SegmentsReceived | Retransmits | SmoothedRtt);

    /// <summary>Who did what to which connection, and when by CLOCK_MONOTONIC.</summary>
    public override readonly string ToString() =>
        $"{Timestamp}ns {Comm} ({Pid}) {Type} {new IPEndPoint(LocalAddress.ToIPAddress(IpVersion), LocalPort)} -> {new IPEndPoint(PeerAddress.ToIPAddress(IpVersion), PeerPort)}";
}
