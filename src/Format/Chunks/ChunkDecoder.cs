using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

/// <summary>
/// The reverse of <see cref="ChunkEncoder"/>. Keeps its memory from chunk to chunk, at most
/// <see cref="MaxBytesPerEvent"/> for each event of the largest chunk (rounded up to a power of two) and 16 KiB,
/// whatever a payload says; not for several threads at once.
/// </summary>
internal sealed class ChunkDecoder
{
    /// <summary>
    /// The most memory for each event of a chunk, in bytes: eight for each column, sixteen where it is one of
    /// addresses; the rest for sockets, tasks, services and what refers to them.
    /// </summary>
    public const int MaxBytesPerEvent = 704;

    private readonly ChunkParts parts = new();

    /// <summary>Reads the events of a chunk in order of arrival.</summary>
    /// <param name="raw">The payload, unpacked by LZ4.</param>
    /// <param name="events">As many as the block header says.</param>
    /// <exception cref="CaptureFormatException">The payload is not that of so many events.</exception>
    public void Decode(ReadOnlySpan<byte> raw, Span<TcpEvent> events)
    {
        Open(raw, events.Length);
        AddEveryField(raw, events);
        AddDurations(raw, events);
        AddCounters(raw, events);
    }

    /// <summary>Looks at a chunk without assembling its events.</summary>
    /// <param name="raw">The payload, unpacked by LZ4. Must stay while the columns are used.</param>
    /// <param name="events">As many as the block header says.</param>
    /// <exception cref="CaptureFormatException">The payload is not that of so many events.</exception>
    public ChunkColumns Open(ReadOnlySpan<byte> raw, int events)
    {
        parts.Open(raw, events);
        return new(parts, raw);
    }

    /// <summary>The latest timestamp of the events decoded last; 0 if there were none.</summary>
    internal ulong Latest { get; private set; }

    /// <summary>Whether the chunk opened last has columns or tables that this version does not know.</summary>
    internal bool HasUnknown => parts.Columns.HasUnknown;

    /// <summary>What every event has; the rest becomes 0.</summary>
    private void AddEveryField(ReadOnlySpan<byte> raw, Span<TcpEvent> events)
    {
        var timestamps = parts.ReadTimestamps(raw);
        var sequences = parts.ReadSequences(raw);
        var cpus = parts.Columns.Read(raw, ColumnId.Cpu);
        var eventCpus = parts.Columns.Read(raw, ColumnId.EventCpu);
        var kinds = parts.Columns.Read(raw, ColumnId.Kind);
        var eventKinds = parts.Columns.Read(raw, ColumnId.EventKind);
        var sockets = parts.ReadSockets(raw);
        var tasks = parts.ReadTasks(raw);
        var socketOf = parts.ReadLinks(raw).SocketOf;
        var taskOf = parts.ReadLinks(raw).TaskOf;
        var latest = 0ul;
        for (var i = 0; i < events.Length; i++)
        {
            ref var one = ref events[i];
            ref readonly var socket = ref sockets[socketOf[i]];
            ref readonly var task = ref tasks[taskOf[i]];
            var kind = new ChunkKind(kinds[(int)eventKinds[i]]);
            one = default;
            one.Timestamp = timestamps[i];
            latest = Math.Max(latest, timestamps[i]);
            one.Connection = socket.Connection;
            one.Cgroup = task.Cgroup;
            one.Sequence = sequences[i];
            one.LocalAddress = socket.LocalAddress;
            one.PeerAddress = socket.PeerAddress;
            one.Comm = task.Comm;
            one.Pid = task.Pid;
            one.Tid = task.Tid;
            one.Uid = task.Uid;
            one.Netns = socket.Netns;
            one.Mntns = task.Mntns;
            one.LocalPort = socket.LocalPort;
            one.PeerPort = socket.PeerPort;
            one.Cpu = (ushort)cpus[(int)eventCpus[i]];
            one.Error = kind.Error;
            one.Type = kind.Type;
            one.IpVersion = kind.IpVersion;
            one.State = kind.State;
            one.Flags = kind.Flags;
            one.NetnsId = socket.NetnsId;
            one.ContainerPid = task.ContainerPid;
            one.Pidns = task.Pidns;
        }

        Latest = latest;
    }

    private void AddDurations(ReadOnlySpan<byte> raw, Span<TcpEvent> events)
    {
        var rows = parts.ReadLinks(raw).TimedEvents;
        var durations = parts.Columns.Read(raw, ColumnId.Duration);
        for (var i = 0; i < rows.Length; i++)
        {
            events[rows[i]].Duration = durations[i];
        }
    }

    private void AddCounters(ReadOnlySpan<byte> raw, Span<TcpEvent> events)
    {
        var rows = parts.ReadLinks(raw).CountedEvents;
        var bytesSent = parts.Columns.Read(raw, ColumnId.BytesSent);
        var bytesAcked = parts.Columns.Read(raw, ColumnId.BytesAcked);
        var bytesReceived = parts.Columns.Read(raw, ColumnId.BytesReceived);
        var segmentsSent = parts.Columns.Read(raw, ColumnId.SegmentsSent);
        var segmentsReceived = parts.Columns.Read(raw, ColumnId.SegmentsReceived);
        var retransmits = parts.Columns.Read(raw, ColumnId.Retransmits);
        var smoothedRtts = parts.Columns.Read(raw, ColumnId.SmoothedRtt);
        for (var i = 0; i < rows.Length; i++)
        {
            ref var one = ref events[rows[i]];
            one.BytesSent = bytesSent[i];
            one.BytesAcked = bytesSent[i] + ZigZag.Decode(bytesAcked[i]);
            one.BytesReceived = bytesReceived[i];
            one.SegmentsSent = (uint)segmentsSent[i];
            one.SegmentsReceived = (uint)segmentsReceived[i];
            one.Retransmits = (uint)retransmits[i];
            one.SmoothedRtt = (uint)smoothedRtts[i];
        }
    }
}
