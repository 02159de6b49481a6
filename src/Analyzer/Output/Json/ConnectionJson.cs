using System.Buffers;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Output.Json;

/// <summary>
/// Connections as JSON, one object a line. What events have as well has the same names and looks the same
/// (<see cref="EventJson"/>), with <c>closed.</c> and <c>peer.</c> before the names of who closed it and of who is at the other
/// end. What is not known is absent.
/// </summary>
internal sealed class ConnectionJson : IConnectionRows
{
    // All names take 1300 bytes, all values at their longest 1100.
    private const int MaxLine = 3072;

    private static readonly JsonKey role = new("role", JsonWords.Roles.List, "which side it is");
    private static readonly JsonKey ending = new("ending", JsonWords.Endings.List, "how it ended");
    private static readonly JsonKey preexisting = new("preexisting", JsonType.Flag, "whether it was there before the recording began");
    private static readonly JsonKey uncertain = new("uncertain", JsonType.Flag, "whether its opening or its close may be among lost events, or counters do not prove whether it was reset");
    private static readonly JsonKey lifetime = new("lifetime_ns", JsonType.Number, "from its opening to its end");
    private static readonly JsonTime openedTime = new("opened.time", "the time of day when it was opened, accepted or tried");
    private static readonly JsonKey opened = new("opened.monotonic_ns", JsonType.Digits, "the same by CLOCK_MONOTONIC");
    private static readonly JsonTime endedTime = new("ended.time", "the time of day when it ended, or up to when it is known");
    private static readonly JsonKey ended = new("ended.monotonic_ns", JsonType.Digits, "the same by CLOCK_MONOTONIC");

    private static readonly JsonKey end = new("tcp.end", JsonWords.Ends.List, "how TCP ended it, if that was seen");
    private static readonly JsonTime closedTime = new("closed.time", "the time of day when its last descriptor was closed; absent where that is all that is known of its end");
    private static readonly JsonKey closed = new("closed.monotonic_ns", JsonType.Digits, "the same by CLOCK_MONOTONIC");
    private static readonly JsonKey held = new("held_ns", JsonType.Number, "how long a program had its descriptor after it had ended, up to the end of the recording; absent if not at all");
    private static readonly JsonKey unfinished = new("unfinished", JsonType.Flag, "true if it was closed and not seen to end, although the recorder notes ends; else absent");
    private static readonly JsonKey accept = new("accept_ns", JsonType.Number, "from established to accepted, the time in the accept queue; absent if it is not known");

    private static readonly JsonField[] network = EventJsonFields.Of(JsonPart.Network);
    private static readonly JsonField[] task = [.. EventJsonFields.Of(JsonPart.Who), .. EventJsonFields.Of(JsonPart.Task)];
    private static readonly JsonField[] connect = EventJsonFields.Of(JsonPart.Connect);
    private static readonly JsonField[] failure = EventJsonFields.Of(JsonPart.Failure);
    private static readonly JsonField[] close = EventJsonFields.Of(JsonPart.Close);
    private static readonly JsonField[] state = [EventJsonFields.Find("network.connection.state")!];
    private static readonly (byte[] Key, JsonField Field)[] closer = Prefixed("closed.");
    private static readonly (byte[] Key, JsonField Field)[] peer = Prefixed("peer.");

    /// <summary>The properties that events do not have.</summary>
    internal static IReadOnlyList<JsonKey> Own { get; } =
    [
        role, ending, preexisting, uncertain, lifetime, openedTime, opened, endedTime, ended, end, closedTime, closed, held, unfinished, accept,
        .. EventJsonFields.Of(JsonPart.Who).Select(field => new JsonKey($"closed.{field.Name}", field.Type, $"{field.Doc}, of who closed it")),
        .. EventJsonFields.Of(JsonPart.Who).Select(field => new JsonKey($"peer.{field.Name}", field.Type, $"{field.Doc}, of who is at the other end, if that is on this host")),
    ];

    /// <summary>Writes nothing: the names are in each line.</summary>
    public void WriteHeader(IBufferWriter<byte> output)
    {
    }

    /// <inheritdoc />
    public void WriteRow(IBufferWriter<byte> output, in Connection connection, ConnectionContext context)
    {
        var host = NamesJson.HostText(context.HostOf(in connection));
        var netns = NamesJson.Text(context.NetnsOf(in connection));
        var cgroup = NamesJson.Text(context.CgroupOf(in connection));
        var line = output.GetSpan(MaxLine + host.Length + netns.Length + cgroup.Length);
        var e = EventOf(in connection);
        var at = Utf8Text.Write(line, host);
        at += WriteOwn(line[at..], in connection, context);
        at += EventJsonFields.Write(line[at..], network, in e);
        at += Utf8Text.Write(line[at..], netns);
        at += EventJsonFields.Write(line[at..], task, in e);
        if (connection.HasCloser)
        {
            at += Write(line[at..], closer, EventOf(in connection.Closer));
        }

        if (connection.IsJoined)
        {
            at += Write(line[at..], peer, EventOf(in connection.PeerOwner));
        }

        at += Utf8Text.Write(line[at..], cgroup);
        if (connection is { Role: ConnectionRole.Client, IsPreexisting: false })
        {
            e.Type = TcpEventType.Connect;
            at += EventJsonFields.Write(line[at..], connect, in e);
        }

        if (connection.HasError)
        {
            e.Type = TcpEventType.ConnectFailed;
            at += EventJsonFields.Write(line[at..], failure, in e);
        }

        if (connection.HasCounters || connection.IsConnecting)
        {
            e.Type = TcpEventType.Close;
            at += EventJsonFields.Write(line[at..], connection.HasCounters ? close : state, in e);
        }

        line[0] = (byte)'{'; // and no comma before the first
        line[at++] = (byte)'}';
        line[at++] = (byte)'\n';
        output.Advance(at);
    }

    private static int WriteOwn(Span<byte> target, in Connection connection, ConnectionContext context)
    {
        var at = role.WriteWord(target, JsonWords.Roles, (ulong)connection.Role);
        at += ending.WriteWord(target[at..], JsonWords.Endings, (ulong)connection.Ending);
        at += preexisting.WriteFlag(target[at..], connection.IsPreexisting);
        at += uncertain.WriteFlag(target[at..], connection.IsDoubtful);
        at += lifetime.WriteNumber(target[at..], connection.Lifetime);
        at += openedTime.Write(target[at..], connection.Opened, context.WallOffset(connection.Opened));
        at += opened.WriteDigits(target[at..], connection.Opened);
        at += endedTime.Write(target[at..], connection.Ended, context.WallOffset(connection.Ended));
        at += ended.WriteDigits(target[at..], connection.Ended);
        return at + WriteEnd(target[at..], in connection, context);
    }

    /// <summary>What only recorders tell that note when TCP has finished.</summary>
    private static int WriteEnd(Span<byte> target, in Connection connection, ConnectionContext context)
    {
        var at = connection.EndedBy == TcpEnd.Unknown ? 0 : end.WriteWord(target, JsonWords.Ends, (ulong)connection.EndedBy);
        if (connection is { HasEnd: true, HasCloser: true })
        {
            at += closedTime.Write(target[at..], connection.Closed, context.WallOffset(connection.Closed));
            at += closed.WriteDigits(target[at..], connection.Closed);
        }

        at += connection.Held == 0 ? 0 : held.WriteNumber(target[at..], connection.Held);
        at += connection.IsUnfinished ? unfinished.WriteFlag(target[at..], true) : 0;
        return at + (connection.AcceptTime == 0 ? 0 : accept.WriteNumber(target[at..], connection.AcceptTime));
    }

    private static (byte[] Key, JsonField Field)[] Prefixed(string prefix) =>
        [.. EventJsonFields.Of(JsonPart.Who).Select(field => (JsonKey.Encode(prefix + field.Name), field))];

    /// <summary>What a connection and its events have in common.</summary>
    private static TcpEvent EventOf(in Connection connection) => EventOf(connection.Owner) with
    {
        Connection = connection.Id,
        LocalAddress = connection.LocalAddress,
        PeerAddress = connection.PeerAddress,
        LocalPort = connection.LocalPort,
        PeerPort = connection.PeerPort,
        IpVersion = connection.IpVersion,
        Netns = connection.Netns,
        NetnsId = connection.NetnsId,
        Error = connection.AnyError,
        State = connection.State,
        Duration = connection.Duration,
        BytesSent = connection.BytesSent,
        BytesAcked = connection.BytesAcked,
        BytesReceived = connection.BytesReceived,
        SegmentsSent = connection.SegmentsSent,
        SegmentsReceived = connection.SegmentsReceived,
        Retransmits = connection.Retransmits,
        SmoothedRtt = connection.SmoothedRtt,
    };

    private static TcpEvent EventOf(in EventTask task) => new()
    {
        Pid = task.Pid,
        Tid = task.Tid,
        Comm = task.Comm,
        Uid = task.Uid,
        Mntns = task.Mntns,
        ContainerPid = task.ContainerPid,
        Pidns = task.Pidns,
        Cgroup = task.Cgroup,
    };

    private static int Write(Span<byte> target, (byte[] Key, JsonField Field)[] fields, in TcpEvent e)
    {
        var at = 0;
        foreach (var (key, field) in fields)
        {
            at += field.WriteAfter(target[at..], key, in e);
        }

        return at;
    }
}
