using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Output.Json;

/// <summary>The properties of an event in JSON: one line each says all about it.</summary>
internal static class EventJsonFields
{
    private const ulong U16 = ushort.MaxValue;
    private const ulong U32 = uint.MaxValue;
    private const ulong U64 = ulong.MaxValue;

    private static readonly Get<bool> never = (in _) => false;
    private static readonly Get<bool> attempt = (in e) => e.Type is TcpEventType.Connect or TcpEventType.ConnectFailed;
    private static readonly Get<bool> failed = (in e) => e.Type == TcpEventType.ConnectFailed;
    private static readonly Get<bool> close = (in e) => e.Type == TcpEventType.Close;

    /// <summary>In the order in which they are written.</summary>
    public static readonly JsonField[] All =
    [
        new NumberField("monotonic_ns", U64, (in e) => e.Timestamp, (ref e, v) => e.Timestamp = v) { Required = true },
        new WordField("event.name", JsonWords.Types, byte.MaxValue,
            (in e) => (ulong)e.Type, (ref e, v) => e.Type = (TcpEventType)v) { Required = true },
        new WordField("network.type", JsonWords.IpVersions, byte.MaxValue, (in e) => e.IpVersion, SetIpVersion),
        new AddressField("network.local.address",
            (in e) => e.LocalAddress, (ref e, v) => e.LocalAddress = v) { Required = true },
        new NumberField("network.local.port", U16,
            (in e) => e.LocalPort, (ref e, v) => e.LocalPort = (ushort)v) { Required = true },
        new AddressField("network.peer.address",
            (in e) => e.PeerAddress, (ref e, v) => e.PeerAddress = v) { Required = true },
        new NumberField("network.peer.port", U16,
            (in e) => e.PeerPort, (ref e, v) => e.PeerPort = (ushort)v) { Required = true },
        new WordField("network.connection.state", JsonWords.States, byte.MaxValue,
            (in e) => e.State, (ref e, v) => e.State = (byte)v) { Of = never },
        new NumberField("connection.id", U64, (in e) => e.Connection, (ref e, v) => e.Connection = v),
        new NumberField("process.pid", U32, (in e) => e.Pid, (ref e, v) => e.Pid = (uint)v),
        new NumberField("thread.id", U32, (in e) => e.Tid, (ref e, v) => e.Tid = (uint)v),
        new NameBytesField("thread.name.bytes"),
        new NameField("thread.name"),
        new NumberField("user.id", U32, (in e) => e.Uid, (ref e, v) => e.Uid = (uint)v),
        new NumberField("linux.netns", U32, (in e) => e.Netns, (ref e, v) => e.Netns = (uint)v),
        new NumberField("linux.mntns", U32, (in e) => e.Mntns, (ref e, v) => e.Mntns = (uint)v),
        new NumberField("linux.cgroup.id", U64, (in e) => e.Cgroup, (ref e, v) => e.Cgroup = v),
        new NumberField("cpu.logical_number", U16, (in e) => e.Cpu, (ref e, v) => e.Cpu = (ushort)v),
        new NumberField("sequence", U64, (in e) => e.Sequence, (ref e, v) => e.Sequence = v),
        new FlagsField("flags"),
        new NumberField("duration_ns", U64, (in e) => e.Duration, (ref e, v) => e.Duration = v) { Of = attempt },
        new NumberField("error.number", U16, (in e) => e.Error, SetError) { Of = failed },
        new WordField("error.type", JsonWords.Errors, U16, (in e) => e.Error, SetError) { Of = never },
        new NumberField("bytes_sent", U64, (in e) => e.BytesSent, (ref e, v) => e.BytesSent = v) { Of = close },
        new NumberField("bytes_acked", U64, (in e) => e.BytesAcked, (ref e, v) => e.BytesAcked = v) { Of = close },
        new NumberField("bytes_received", U64,
            (in e) => e.BytesReceived, (ref e, v) => e.BytesReceived = v) { Of = close },
        new NumberField("segments_sent", U32,
            (in e) => e.SegmentsSent, (ref e, v) => e.SegmentsSent = (uint)v) { Of = close },
        new NumberField("segments_received", U32,
            (in e) => e.SegmentsReceived, (ref e, v) => e.SegmentsReceived = (uint)v) { Of = close },
        new NumberField("retransmits", U32,
            (in e) => e.Retransmits, (ref e, v) => e.Retransmits = (uint)v) { Of = close },
        new NumberField("smoothed_rtt_us", U32,
            (in e) => e.SmoothedRtt, (ref e, v) => e.SmoothedRtt = (uint)v) { Of = close },
    ];

    /// <summary>The same by their names.</summary>
    public static readonly Dictionary<string, JsonField> ByName = All.ToDictionary(field => field.Name);

    // The addresses tell it as well, and may stand before it.
    private static void SetIpVersion(ref TcpEvent e, ulong version)
    {
        if (e.IpVersion != 0 && (e.IpVersion == 4) != (version == 4))
        {
            throw new CaptureFormatException("network.type is not that of the addresses before it");
        }

        e.IpVersion = (byte)version;
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
