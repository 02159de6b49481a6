using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Output.Json;

/// <summary>The properties of an event in JSON: one line each says all about it.</summary>
internal static class EventJsonFields
{
    private const ulong U16 = ushort.MaxValue;
    private const ulong U32 = uint.MaxValue;
    private const ulong U64 = ulong.MaxValue;

    /// <summary>The time of day; it depends on the clock of the event.</summary>
    public static readonly JsonTime Time = new("time", "the time of day, if the clock is known");

    /// <summary>What comes first of the others.</summary>
    public static readonly JsonField[] Head =
    [
        new NumberField(JsonPart.Event, "monotonic_ns", "CLOCK_MONOTONIC", U64,
            (in e) => e.Timestamp, (ref e, v) => e.Timestamp = v, JsonType.Digits) { Required = true },
        new WordField(JsonPart.Event, "event.name", JsonWords.Types, "what happened", byte.MaxValue,
            (in e) => (ulong)e.Type, (ref e, v) => e.Type = (TcpEventType)v) { Required = true },
        new WordField(JsonPart.Network, "network.type", JsonWords.IpVersions, "the family of the socket", byte.MaxValue, (in e) => e.IpVersion, SetIpVersion),
        new AddressField("network.local.address", "the socket's own address",
            (in e) => e.LocalAddress, (ref e, v) => e.LocalAddress = v) { Required = true },
        new NumberField(JsonPart.Network, "network.local.port", "its port", U16,
            (in e) => e.LocalPort, (ref e, v) => e.LocalPort = (ushort)v) { Required = true },
        new AddressField("network.peer.address", "the address at the other end",
            (in e) => e.PeerAddress, (ref e, v) => e.PeerAddress = v) { Required = true },
        new NumberField(JsonPart.Network, "network.peer.port", "its port", U16,
            (in e) => e.PeerPort, (ref e, v) => e.PeerPort = (ushort)v) { Required = true },
        new WordField(JsonPart.Close, "network.connection.state", JsonWords.States, "the TCP state that it was closed from, or had before its end", byte.MaxValue,
            (in e) => e.State, (ref e, v) => e.State = (byte)v) { IsNoneAt0 = true },
        new NumberField(JsonPart.Network, "connection.id", "the kernel's socket cookie; 0 if there is none", U64,
            (in e) => e.Connection, (ref e, v) => e.Connection = v, JsonType.Digits),
    ];

    /// <summary>What comes then: it is the same of all events of a thread in a network namespace.</summary>
    public static readonly JsonField[] Thread =
    [
        new NumberField(JsonPart.Who, "process.pid", "the process, as the host numbers it", U32, (in e) => e.Pid, (ref e, v) => e.Pid = (uint)v),
        new NumberField(JsonPart.Who, "container.pid", "the process, as its container numbers it, if that has numbers of its own", U32,
            (in e) => e.ContainerPid, (ref e, v) => e.ContainerPid = (uint)v) { IsNoneAt0 = true },
        new NumberField(JsonPart.Who, "thread.id", "the thread", U32, (in e) => e.Tid, (ref e, v) => e.Tid = (uint)v) { IsNoneAt0 = true },
        new NameBytesField("thread.name.bytes", "the bytes of the thread's name, if they are not UTF-8"),
        new NameField("thread.name", "the thread's name; what is not UTF-8 is U+FFFD"),
        new NumberField(JsonPart.Task, "user.id", "the user", U32, (in e) => e.Uid, (ref e, v) => e.Uid = (uint)v),
        new NumberField(JsonPart.Network, "linux.netns", "the inode number of the socket's network namespace", U32,
            (in e) => e.Netns, (ref e, v) => e.Netns = (uint)v) { IsNoneAt0 = true },
        new NumberField(JsonPart.Network, "linux.netns.id", "the cookie of that namespace, which no other one gets while the host is up", U64,
            (in e) => e.NetnsId, (ref e, v) => e.NetnsId = v, JsonType.Digits) { IsNoneAt0 = true },
        new NumberField(JsonPart.Task, "linux.mntns", "the inode number of the task's mount namespace", U32,
            (in e) => e.Mntns, (ref e, v) => e.Mntns = (uint)v),
        new NumberField(JsonPart.Task, "linux.pidns", "the inode number of the process's PID namespace, if that is not the host's", U32,
            (in e) => e.Pidns, (ref e, v) => e.Pidns = (uint)v) { IsNoneAt0 = true },
        new NumberField(JsonPart.Task, "linux.cgroup.id", "the id of the task's cgroup", U64,
            (in e) => e.Cgroup, (ref e, v) => e.Cgroup = v, JsonType.Digits),
    ];

    /// <summary>What comes last.</summary>
    public static readonly JsonField[] Tail =
    [
        new NumberField(JsonPart.Event, "cpu.logical_number", "the CPU", U16, (in e) => e.Cpu, (ref e, v) => e.Cpu = (ushort)v),
        new NumberField(JsonPart.Event, "sequence", "counts the events of that CPU, also those that were lost", U64,
            (in e) => e.Sequence, (ref e, v) => e.Sequence = v, JsonType.Digits),
        new FlagsField("flags", "what is special about it; absent if nothing is"),
        new NumberField(JsonPart.Connect, "connect_ns", "from SYN to established, or to the failure", U64,
            (in e) => e.Type == TcpEventType.Accept ? 0 : e.Duration, SetDuration) { OldName = "duration_ns", IsNoneAt0 = true },
        new NumberField(JsonPart.Event, "accept_ns", "from established to accepted: the time in the accept queue", U64,
            (in e) => e.Type == TcpEventType.Accept ? e.Duration : 0, SetDuration) { IsNoneAt0 = true },
        new EndField("tcp.end", "how TCP ended it"),
        new NumberField(JsonPart.Failure, "error.number", "the errno of a failed connect, 0 if the program itself ended it; of an end the error of TCP", U16, (in e) => e.Error, SetError),
        new WordField(JsonPart.Failure, "error.type", JsonWords.Errors, "its name", U16, (in e) => e.Error, SetError),
        new NumberField(JsonPart.Close, "sent_bytes", "payload sent, with retransmissions", U64,
            (in e) => e.BytesSent, (ref e, v) => e.BytesSent = v) { OldName = "bytes_sent" },
        new NumberField(JsonPart.Close, "acked_bytes", "acknowledged by the peer; SYN and FIN count one each", U64,
            (in e) => e.BytesAcked, (ref e, v) => e.BytesAcked = v) { OldName = "bytes_acked" },
        new NumberField(JsonPart.Close, "received_bytes", "received in order; a FIN counts one", U64,
            (in e) => e.BytesReceived, (ref e, v) => e.BytesReceived = v) { OldName = "bytes_received" },
        new NumberField(JsonPart.Close, "sent_segments", "segments sent", U32,
            (in e) => e.SegmentsSent, (ref e, v) => e.SegmentsSent = (uint)v) { OldName = "segments_sent" },
        new NumberField(JsonPart.Close, "received_segments", "segments received", U32,
            (in e) => e.SegmentsReceived, (ref e, v) => e.SegmentsReceived = (uint)v) { OldName = "segments_received" },
        new NumberField(JsonPart.Close, "retransmits", "segments sent again", U32,
            (in e) => e.Retransmits, (ref e, v) => e.Retransmits = (uint)v),
        new NumberField(JsonPart.Close, "smoothed_rtt_us", "the smoothed round-trip time", U32,
            (in e) => e.SmoothedRtt, (ref e, v) => e.SmoothedRtt = (uint)v),
    ];

    /// <summary>All but the time of day, in the order in which they are written.</summary>
    public static readonly JsonField[] All = [.. Head, .. Thread, .. Tail];

    private static readonly Dictionary<string, JsonField> byName = All
        .SelectMany(field => new[] { field.Name, field.OldName }.OfType<string>(), (field, name) => (name, field))
        .ToDictionary(named => named.name, named => named.field);

    /// <summary>The field of a name, that of now or that of earlier versions; null if there is none.</summary>
    public static JsonField? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>Writes the properties that an event has.</summary>
    internal static int Write(Span<byte> target, JsonField[] fields, in TcpEvent e)
    {
        var at = 0;
        foreach (var field in fields)
        {
            at += field.WriteProperty(target[at..], in e);
        }

        return at;
    }

    /// <summary>Those of a part, in their order.</summary>
    public static JsonField[] Of(JsonPart part) => [.. All.Where(field => field.Part == part)];

    // The addresses tell it as well, and may stand before it.
    private static void SetIpVersion(ref TcpEvent e, ulong version)
    {
        if (e.IpVersion != 0 && (e.IpVersion == 4) != (version == 4))
        {
            throw new CaptureFormatException("network.type is not that of the addresses before it");
        }

        e.IpVersion = (byte)version;
    }

    private static void SetDuration(ref TcpEvent e, ulong duration)
    {
        if (e.Duration != 0 && e.Duration != duration)
        {
            throw new CaptureFormatException("connect_ns and accept_ns are of different durations");
        }

        e.Duration = duration;
    }

    private static void SetError(ref TcpEvent e, ulong error)
    {
        if (e.Error != 0 && e.Error != error)
        {
            throw new CaptureFormatException("error.number and error.type are of different errors");
        }

        e.Error = (ushort)error;
    }
}
