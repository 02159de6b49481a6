using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

/// <summary>
/// The reverse of <see cref="ChunkEncoder"/>. Keeps its memory from chunk to chunk, at most
/// <see cref="MaxBytesPerEvent"/> for each event of the largest chunk (rounded up to a power of two) and 16 KiB,
/// whatever a payload says; not for several threads at once.
/// </summary>
public sealed class ChunkDecoder
{
    /// <summary>
    /// The most memory for each event of a chunk, in bytes: eight for each column, sixteen where it is one of
    /// addresses; the rest for sockets, tasks, services and what refers to them.
    /// </summary>
    public const int MaxBytesPerEvent = 640;

    private readonly ColumnSet columns = new();
    private readonly EventLinks links = new();
    private readonly SocketTable socketTable = new();
    private readonly TaskTable taskTable = new();
    private TcpEventType[] types = [];
    private ulong[] lastOfCpu = [];
    private bool linksAreRead;
    private bool socketsAreRead;
    private bool tasksAreRead;
    private bool typesAreRead;

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
        linksAreRead = socketsAreRead = tasksAreRead = typesAreRead = false;
        columns.Open(raw, events);
        return new(this, raw);
    }

    /// <summary>Whether the chunk opened last has columns or tables that this version does not know.</summary>
    internal bool HasUnknown => columns.HasUnknown;

    internal ReadOnlySpan<ulong> ReadTimestamps(ReadOnlySpan<byte> raw) => columns.Read(raw, ColumnId.Timestamp);

    internal ReadOnlySpan<TcpEventType> ReadTypes(ReadOnlySpan<byte> raw)
    {
        var kinds = columns.Read(raw, ColumnId.Kind);
        var eventKinds = columns.Read(raw, ColumnId.EventKind);
        ChunkMemory.Reserve(ref types, eventKinds.Length);
        var result = types.AsSpan(0, eventKinds.Length);
        if (!typesAreRead)
        {
            for (var i = 0; i < result.Length; i++)
            {
                result[i] = new ChunkKind(kinds[(int)eventKinds[i]]).Type;
            }

            typesAreRead = true;
        }

        return result;
    }

    internal EventLinks ReadLinks(ReadOnlySpan<byte> raw)
    {
        if (!linksAreRead)
        {
            links.Read(columns, raw);
            linksAreRead = true;
        }

        return links;
    }

    internal ReadOnlySpan<ChunkSocket> ReadSockets(ReadOnlySpan<byte> raw)
    {
        if (!socketsAreRead)
        {
            socketTable.Read(columns, raw, ReadLinks(raw).FirstEvents);
            socketsAreRead = true;
        }

        return socketTable.Sockets;
    }

    internal ReadOnlySpan<ChunkTask> ReadTasks(ReadOnlySpan<byte> raw)
    {
        if (!tasksAreRead)
        {
            taskTable.Read(columns, raw);
            tasksAreRead = true;
        }

        return taskTable.Tasks;
    }

    /// <summary>What every event has; the rest becomes 0.</summary>
    private void AddEveryField(ReadOnlySpan<byte> raw, Span<TcpEvent> events)
    {
        var timestamps = ReadTimestamps(raw);
        var sequences = ReadSequences(raw);
        var cpus = columns.Read(raw, ColumnId.Cpu);
        var eventCpus = columns.Read(raw, ColumnId.EventCpu);
        var kinds = columns.Read(raw, ColumnId.Kind);
        var eventKinds = columns.Read(raw, ColumnId.EventKind);
        var sockets = ReadSockets(raw);
        var tasks = ReadTasks(raw);
        var socketOf = ReadLinks(raw).SocketOf;
        var taskOf = ReadLinks(raw).TaskOf;
        for (var i = 0; i < events.Length; i++)
        {
            ref var one = ref events[i];
            ref readonly var socket = ref sockets[socketOf[i]];
            ref readonly var task = ref tasks[taskOf[i]];
            var kind = new ChunkKind(kinds[(int)eventKinds[i]]);
            one = default;
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
        }
    }

    /// <summary>Every CPU counts its events, so only what differs from the next number is stored.</summary>
    private ReadOnlySpan<ulong> ReadSequences(ReadOnlySpan<byte> raw)
    {
        var cpus = columns.Rows(ChunkTable.Cpus);
        ChunkMemory.Reserve(ref lastOfCpu, columns.MaxRows(ChunkTable.Cpus));
        lastOfCpu.AsSpan(0, cpus).Clear();
        var eventCpus = columns.Read(raw, ColumnId.EventCpu);
        var sequences = columns.Read(raw, ColumnId.Sequence);
        for (var i = 0; i < sequences.Length; i++)
        {
            sequences[i] = lastOfCpu[(int)eventCpus[i]] += 1 + ZigZag.Decode(sequences[i]);
        }

        return sequences;
    }

    private void AddDurations(ReadOnlySpan<byte> raw, Span<TcpEvent> events)
    {
        var rows = links.TimedEvents;
        var durations = columns.Read(raw, ColumnId.Duration);
        for (var i = 0; i < rows.Length; i++)
        {
            events[rows[i]].Duration = durations[i];
        }
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
