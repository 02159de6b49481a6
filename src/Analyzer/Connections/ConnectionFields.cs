using TraceCap.Analyzer.Fields;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Connections;

/// <summary>Reads a field of a connection.</summary>
internal delegate FieldValue ConnectionGet(in Connection connection, ConnectionContext context);

/// <summary>The fields that connections have: what is known of the owner, of the socket, and of its opening and its close.</summary>
internal static class ConnectionFields
{
    internal static readonly Field Peer = new("peer", FieldTypes.Address, "the address at the other end, IPv4-mapped as IPv4");
    internal static readonly Field Service = new("service", FieldTypes.Endpoint, "the address and port that was connected to");
    internal static readonly Field Port = new("port", FieldTypes.Port, "the port that was connected to");
    internal static readonly Field Role = new("role", new WordType(ConnectionWords.Roles), "which side it is");
    internal static readonly Field End = new("ending", new WordType(Ending.Words), "how it ended");
    internal static readonly Field Lifetime = new("lifetime_ns", FieldTypes.Duration, "from its opening to its end", "lifetime");
    internal static readonly Field Opened = new("opened.time", FieldTypes.Instant, "when it was opened, accepted or tried", "opened", "time");
    internal static readonly Field Ended = new("ended.time", FieldTypes.Instant, "when it ended, or up to when it is known", "ended");
    internal static readonly Field Sent = new("sent", FieldTypes.Bytes, "payload that the peer acknowledged");
    internal static readonly Field Received = new("received", FieldTypes.Bytes, "payload received");

    private static readonly Field localPlain = CommonFields.LocalAddress with { ShortNames = ["local"] };
    private static readonly Field peerRaw = CommonFields.PeerAddress with { ShortNames = [] };
    private static readonly Field preexisting = new("preexisting", FieldTypes.Flag, "whether it was there before the recording began", "older");
    private static readonly Field uncertain = new("uncertain", FieldTypes.Flag, "whether its opening or its close may be among lost events, or counters do not prove whether it was reset");
    private static readonly Field joined = new("joined", FieldTypes.Flag, "whether its other end is on this host, and was seen");
    private static readonly Field openedMonotonic = new("opened.monotonic_ns", FieldTypes.Monotonic, "when it was opened, by CLOCK_MONOTONIC");
    private static readonly Field endedMonotonic = new("ended.monotonic_ns", FieldTypes.Monotonic, "when it ended, by CLOCK_MONOTONIC");
    private static readonly Field closed = new("closed.time", FieldTypes.Instant, "when its last descriptor was closed", "closed");
    private static readonly Field closedMonotonic = new("closed.monotonic_ns", FieldTypes.Monotonic, "the same by CLOCK_MONOTONIC");
    private static readonly Field held = new("held_ns", FieldTypes.Duration, "how long a program had its descriptor after it had ended", "held");
    private static readonly Field unfinished = new("unfinished", FieldTypes.Flag, "whether it was closed and not seen to end, although the recorder notes ends");
    private static readonly Field bytes = new("bytes", FieldTypes.Bytes, "payload sent and received");
    private static readonly Field closerPid = new("closed.process.pid", FieldTypes.Number, "the process that closed it", "closer.pid");
    private static readonly Field closerTid = new("closed.thread.id", FieldTypes.Number, "the thread that closed it");
    private static readonly Field closer = new("closed.thread.name", FieldTypes.Thread, "the name of that thread", "closer");
    private static readonly Field peerPid = new("peer.process.pid", FieldTypes.Number, "the process at the other end, if that is on this host", "peer.pid");
    private static readonly Field peerTid = new("peer.thread.id", FieldTypes.Number, "the thread at the other end");
    private static readonly Field peerProcess = new("peer.thread.name", FieldTypes.Thread, "the name of that thread", "peer.process");

    /// <summary>All of them.</summary>
    internal static FieldSet<ConnectionGet> Set { get; } = new(
        "connections",
        [
            new(CommonFields.Host, (in c, context) => FieldValue.Of(context.HostOf(in c))),
            new(Role, (in c, _) => FieldValue.Of((ulong)c.Role)),
            new(End, (in c, _) => FieldValue.Of((ulong)c.Ending)),
            new(preexisting, (in c, _) => FieldValue.Of(c.IsPreexisting)),
            new(uncertain, (in c, _) => FieldValue.Of(c.IsDoubtful)),
            new(joined, (in c, _) => FieldValue.Of(c.IsJoined)),
            new(Lifetime, (in c, _) => FieldValue.Of(c.Lifetime)),
            new(Opened, (in c, context) => FieldValue.At(c.Opened, context.WallOffset(c.Opened))),
            new(openedMonotonic, (in c, _) => FieldValue.Of(c.Opened)),
            new(Ended, (in c, context) => FieldValue.At(c.Ended, context.WallOffset(c.Ended))),
            new(endedMonotonic, (in c, _) => FieldValue.Of(c.Ended)),
            new(CommonFields.TcpEnd, (in c, _) => FieldValue.If(c.EndedBy != TcpEnd.Unknown, (ulong)c.EndedBy)),
            new(closed, (in c, context) => c.HasCloser ? FieldValue.At(c.Closed, context.WallOffset(c.Closed)) : default),
            new(closedMonotonic, (in c, _) => FieldValue.If(c.HasCloser, c.Closed)),
            new(held, (in c, _) => FieldValue.If(c.Held > 0, c.Held)),
            new(unfinished, (in c, _) => FieldValue.Of(c.IsUnfinished)),
            new(CommonFields.IpVersion, (in c, _) => FieldValue.Of(c.IpVersion)),
            new(localPlain, (in c, _) => FieldValue.Of(in c.LocalAddress, c.IpVersion)),
            new(CommonFields.LocalPort, (in c, _) => FieldValue.Of(c.LocalPort)),
            new(peerRaw, (in c, _) => FieldValue.Of(in c.PeerAddress, c.IpVersion)),
            new(CommonFields.PeerPort, (in c, _) => FieldValue.Of(c.PeerPort)),
            new(Peer, (in c, _) => FieldValue.Plain(in c.PeerAddress, c.IpVersion)),
            new(Service, (in c, _) => c.IsService ? FieldValue.Plain(in c.LocalAddress, c.IpVersion, c.LocalPort) : FieldValue.Plain(in c.PeerAddress, c.IpVersion, c.PeerPort)),
            new(Port, (in c, _) => FieldValue.Of(c.IsService ? c.LocalPort : c.PeerPort)),
            new(CommonFields.State, (in c, _) => FieldValue.If(c.State != 0, c.State)),
            new(CommonFields.Id, (in c, _) => FieldValue.If(c.Id != 0, c.Id)),
            new(CommonFields.Pid, (in c, _) => FieldValue.If(c.HasOwner, c.Owner.Pid)),
            new(CommonFields.ContainerPid, (in c, _) => FieldValue.If(c.HasOwner && c.Owner.ContainerPid != 0, c.Owner.ContainerPid)),
            new(CommonFields.Tid, (in c, _) => FieldValue.If(c.HasOwner && c.Owner.Tid != 0, c.Owner.Tid)),
            new(CommonFields.Process, (in c, _) => c.HasOwner ? FieldValue.Of(c.Owner.Comm) : default),
            new(CommonFields.Uid, (in c, _) => FieldValue.If(c.HasOwner && (c.Owner.Tid | c.Owner.Uid) != 0, c.Owner.Uid)),
            new(CommonFields.Netns, (in c, _) => FieldValue.If(c.Netns != 0, c.Netns)),
            new(CommonFields.NetnsId, (in c, _) => FieldValue.If(c.NetnsId != 0, c.NetnsId)),
            new(CommonFields.NetnsName, (in c, context) => FieldValue.Of(context.NetnsOf(in c))),
            new(CommonFields.Mntns, (in c, _) => FieldValue.If(c.HasOwner && c.Owner.Mntns != 0, c.Owner.Mntns)),
            new(CommonFields.Pidns, (in c, _) => FieldValue.If(c.HasOwner && c.Owner.Pidns != 0, c.Owner.Pidns)),
            new(CommonFields.CgroupId, (in c, _) => FieldValue.If(c.HasOwner && c.Owner.Cgroup != 0, c.Owner.Cgroup)),
            new(CommonFields.Cgroup, Cgroup),
            new(CommonFields.Container, Cgroup),
            new(CommonFields.Runtime, Cgroup),
            new(CommonFields.Pod, Cgroup),
            new(CommonFields.Unit, Cgroup),
            new(closerPid, (in c, _) => FieldValue.If(c.HasCloser, c.Closer.Pid)),
            new(closerTid, (in c, _) => FieldValue.If(c.HasCloser && c.Closer.Tid != 0, c.Closer.Tid)),
            new(closer, (in c, _) => c.HasCloser ? FieldValue.Of(in c.Closer.Comm) : default),
            new(peerPid, (in c, _) => FieldValue.If(c.IsJoined, c.PeerOwner.Pid)),
            new(peerTid, (in c, _) => FieldValue.If(c.IsJoined && c.PeerOwner.Tid != 0, c.PeerOwner.Tid)),
            new(peerProcess, (in c, _) => c.IsJoined ? FieldValue.Of(in c.PeerOwner.Comm) : default),
            new(CommonFields.ConnectTime, (in c, _) => FieldValue.If(c.Role == ConnectionRole.Client && !c.IsPreexisting, c.ConnectTime)),
            new(CommonFields.AcceptTime, (in c, _) => FieldValue.If(c.AcceptTime > 0, c.AcceptTime)),
            new(CommonFields.Errno, Error),
            new(CommonFields.Error, Error),
            new(Sent, (in c, _) => AtClose(in c, c.PayloadSent)),
            new(Received, (in c, _) => AtClose(in c, c.PayloadReceived)),
            new(bytes, (in c, _) => AtClose(in c, c.PayloadSent + c.PayloadReceived)),
            new(CommonFields.SentBytes, (in c, _) => AtClose(in c, c.BytesSent)),
            new(CommonFields.AckedBytes, (in c, _) => AtClose(in c, c.BytesAcked)),
            new(CommonFields.ReceivedBytes, (in c, _) => AtClose(in c, c.BytesReceived)),
            new(CommonFields.SentSegments, (in c, _) => AtClose(in c, c.SegmentsSent)),
            new(CommonFields.ReceivedSegments, (in c, _) => AtClose(in c, c.SegmentsReceived)),
            new(CommonFields.Retransmits, (in c, _) => AtClose(in c, c.Retransmits)),
            new(CommonFields.Rtt, (in c, _) => AtClose(in c, c.SmoothedRtt)),
        ],
        (CommonFields.EitherAddress, [localPlain, peerRaw]),
        (CommonFields.EitherPort, [CommonFields.LocalPort, CommonFields.PeerPort]));

    private static FieldValue Cgroup(in Connection connection, ConnectionContext context) => FieldValue.Of(context.CgroupOf(in connection));

    private static FieldValue Error(in Connection connection, ConnectionContext context) =>
        FieldValue.If(connection.HasError, connection.AnyError);

    private static FieldValue AtClose(in Connection connection, ulong counter) => FieldValue.If(connection.Tells(counter), counter);
}
