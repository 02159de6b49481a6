using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

/// <summary>The parts of a chunk, each of which is decoded when it is first read. Keeps its memory from chunk to chunk.</summary>
internal sealed class ChunkParts
{
    private readonly EventLinks links = new();
    private readonly SocketTable socketTable = new();
    private readonly TaskTable taskTable = new();
    private TcpEventType[] types = [];
    private ulong[] lastOfCpu = [];
    private bool linksAreRead;
    private bool socketsAreRead;
    private bool tasksAreRead;
    private bool typesAreRead;
    private bool sequencesAreRead;

    /// <summary>The columns as they are stored.</summary>
    internal ColumnSet Columns { get; } = new();

    /// <summary>Takes the directory of a payload of so many events.</summary>
    /// <exception cref="CaptureFormatException">The payload is not that of so many events.</exception>
    internal void Open(ReadOnlySpan<byte> raw, int events)
    {
        linksAreRead = socketsAreRead = tasksAreRead = typesAreRead = sequencesAreRead = false;
        Columns.Open(raw, events);
    }

    internal ReadOnlySpan<ulong> ReadTimestamps(ReadOnlySpan<byte> raw) => Columns.Read(raw, ColumnId.Timestamp);

    internal ReadOnlySpan<TcpEventType> ReadTypes(ReadOnlySpan<byte> raw)
    {
        var kinds = Columns.Read(raw, ColumnId.Kind);
        var eventKinds = Columns.Read(raw, ColumnId.EventKind);
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
            links.Read(Columns, raw);
            linksAreRead = true;
        }

        return links;
    }

    internal ReadOnlySpan<ChunkSocket> ReadSockets(ReadOnlySpan<byte> raw)
    {
        if (!socketsAreRead)
        {
            socketTable.Read(Columns, raw, ReadLinks(raw).FirstEvents);
            socketsAreRead = true;
        }

        return socketTable.Sockets;
    }

    internal ReadOnlySpan<EventTask> ReadTasks(ReadOnlySpan<byte> raw)
    {
        if (!tasksAreRead)
        {
            taskTable.Read(Columns, raw);
            tasksAreRead = true;
        }

        return taskTable.Tasks;
    }

    /// <summary>Every CPU counts its events, so only what differs from the next number is stored.</summary>
    internal ReadOnlySpan<ulong> ReadSequences(ReadOnlySpan<byte> raw)
    {
        var sequences = Columns.Read(raw, ColumnId.Sequence);
        if (sequencesAreRead)
        {
            return sequences;
        }

        var cpus = Columns.Rows(ChunkTable.Cpus);
        ChunkMemory.Reserve(ref lastOfCpu, Columns.MaxRows(ChunkTable.Cpus));
        lastOfCpu.AsSpan(0, cpus).Clear();
        var eventCpus = Columns.Read(raw, ColumnId.EventCpu);
        sequencesAreRead = true;
        for (var i = 0; i < sequences.Length; i++)
        {
            sequences[i] = lastOfCpu[(int)eventCpus[i]] += 1 + ZigZag.Decode(sequences[i]);
        }

        return sequences;
    }
}
