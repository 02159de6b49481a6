namespace TraceCap.Format.Columns;

/// <summary>
/// The reverse of <see cref="ChunkEncoder"/>. Keeps its memory from chunk to chunk, at most 600 bytes for each event of
/// the largest chunk, whatever a payload says; not for several threads at once.
/// </summary>
public sealed class ChunkDecoder
{
    private readonly ColumnSet columns = new();
    private readonly EventLinks links = new();
    private readonly SocketTable socketTable = new();
    private readonly TaskTable taskTable = new();
    private ulong[] lastOfCpu = [];

    /// <summary>Reads the events of a chunk in order of arrival.</summary>
    /// <param name="raw">The payload, unpacked by LZ4.</param>
    /// <param name="events">As many as the block header says.</param>
    /// <exception cref="CaptureFormatException">The payload is not that of so many events.</exception>
    public void Decode(ReadOnlySpan<byte> raw, Span<TcpEvent> events)
    {
        columns.Open(raw, events.Length);
        var kinds = columns.Read(raw, ColumnId.Kind);
        var eventKinds = columns.ReadIndices(raw, ColumnId.EventKind, kinds.Length);
        var cpus = columns.Read(raw, ColumnId.Cpu);
        var eventCpus = columns.ReadIndices(raw, ColumnId.EventCpu, cpus.Length);
        links.Read(columns, raw, kinds, eventKinds);
        socketTable.Read(columns, raw, links.FirstEvents, eventCpus);
        taskTable.Read(columns, raw);
        var timestamps = columns.Read(raw, ColumnId.Timestamp);
        var sequences = ReadSequences(raw, eventCpus);

        var socketOf = links.SocketOf;
        var sockets = socketTable.Sockets;
        var taskOf = links.TaskOf;
        var tasks = taskTable.Tasks;
        for (var i = 0; i < events.Length; i++)
        {
            ref var one = ref events[i];
            ref readonly var socket = ref sockets[socketOf[i]];
            ref readonly var task = ref tasks[taskOf[i]];
            var kind = new ChunkKind(kinds[(int)eventKinds[i]]);
            one.Timestamp = timestamps[i];
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
            one.Duration = 0;
            one.BytesSent = 0;
            one.BytesAcked = 0;
            one.BytesReceived = 0;
            one.SegmentsSent = 0;
            one.SegmentsReceived = 0;
            one.Retransmits = 0;
            one.SmoothedRtt = 0;
        }

        AddDurations(raw, events);
        AddCounters(raw, events);
    }

    private Span<ulong> ReadSequences(ReadOnlySpan<byte> raw, ReadOnlySpan<ulong> eventCpus)
    {
        var cpus = columns.Rows(ChunkTable.Cpus);
        if (lastOfCpu.Length < cpus)
            lastOfCpu = new ulong[cpus];

        lastOfCpu.AsSpan(0, cpus).Clear();
        var sequences = columns.Read(raw, ColumnId.Sequence);
        for (var i = 0; i < sequences.Length; i++)
            sequences[i] = lastOfCpu[eventCpus[i]] += 1 + ZigZag.Decode(sequences[i]);

        return sequences;
    }

    private void AddDurations(ReadOnlySpan<byte> raw, Span<TcpEvent> events)
    {
        var rows = links.TimedEvents;
        var durations = columns.Read(raw, ColumnId.Duration);
        for (var i = 0; i < rows.Length; i++)
            events[rows[i]].Duration = durations[i];
    }

    private void AddCounters(ReadOnlySpan<byte> raw, Span<TcpEvent> events)
    {
        var rows = links.CountedEvents;
        var bytesSent = columns.Read(raw, ColumnId.BytesSent);
        var bytesAcked = columns.Read(raw, ColumnId.BytesAcked);
        var bytesReceived = columns.Read(raw, ColumnId.BytesReceived);
        var segmentsSent = columns.Read(raw, ColumnId.SegmentsSent);
        var segmentsReceived = columns.Read(raw, ColumnId.SegmentsReceived);
        var retransmits = columns.Read(raw, ColumnId.Retransmits);
        var smoothedRtts = columns.Read(raw, ColumnId.SmoothedRtt);
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
