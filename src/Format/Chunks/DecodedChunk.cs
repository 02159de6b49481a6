using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

/// <summary>A chunk all of whose columns are decoded, and no event of which is assembled. Its memory is used again.</summary>
internal sealed class DecodedChunk
{
    private readonly ChunkParts parts = new();

    /// <summary>How many events there are.</summary>
    public int Count { get; private set; }

    /// <summary>The earliest and the latest timestamp; zeros without events.</summary>
    public (ulong First, ulong Last) Times { get; private set; }

    /// <summary>Whether it has columns or tables that this version does not know.</summary>
    public bool HasUnknown => parts.Columns.HasUnknown;

    /// <summary>By event in the order of arrival, its time.</summary>
    public ReadOnlySpan<ulong> Timestamps => parts.ReadTimestamps([]);

    /// <summary>By event, its number.</summary>
    public ReadOnlySpan<ulong> Sequences => parts.ReadSequences([]);

    /// <summary>By event, the index in <see cref="Cpus"/>.</summary>
    public ReadOnlySpan<ulong> CpuOf => Column(ColumnId.EventCpu);

    public ReadOnlySpan<ulong> Cpus => Column(ColumnId.Cpu);

    /// <summary>By event, the index in <see cref="Kinds"/>.</summary>
    public ReadOnlySpan<ulong> KindOf => Column(ColumnId.EventKind);

    /// <summary>To be read by <see cref="ChunkKind"/>.</summary>
    public ReadOnlySpan<ulong> Kinds => Column(ColumnId.Kind);

    /// <summary>By event, the index in <see cref="Sockets"/>.</summary>
    public ReadOnlySpan<int> SocketOf => parts.ReadLinks([]).SocketOf;

    public ReadOnlySpan<ChunkSocket> Sockets => parts.ReadSockets([]);

    /// <summary>By event, the index in <see cref="Tasks"/>.</summary>
    public ReadOnlySpan<int> TaskOf => parts.ReadLinks([]).TaskOf;

    public ReadOnlySpan<EventTask> Tasks => parts.ReadTasks([]);

    /// <summary>The events with a duration, in ascending order.</summary>
    public ReadOnlySpan<int> TimedEvents => parts.ReadLinks([]).TimedEvents;

    /// <summary>The events with counters, in ascending order.</summary>
    public ReadOnlySpan<int> CountedEvents => parts.ReadLinks([]).CountedEvents;

    /// <summary>Decodes a chunk.</summary>
    /// <param name="raw">The payload, unpacked by LZ4.</param>
    /// <param name="events">As many as the block header says.</param>
    /// <exception cref="CaptureFormatException">The payload is not that of so many events.</exception>
    public void Decode(ReadOnlySpan<byte> raw, int events)
    {
        Clear();
        parts.Open(raw, events);
        _ = parts.ReadSequences(raw);
        _ = parts.ReadSockets(raw);
        _ = parts.ReadTasks(raw);
        _ = parts.Columns.Read(raw, ColumnId.Cpu);
        _ = parts.Columns.Read(raw, ColumnId.Duration);
        _ = new ChunkCounters(parts, raw);
        Times = Vectors.Range(parts.ReadTimestamps(raw));
        Count = events;
    }

    /// <summary>A column as it is stored.</summary>
    public ReadOnlySpan<ulong> Column(ColumnId id) => parts.Columns.Read([], id);

    /// <summary>How many events there are of each type.</summary>
    public void CountTypes(TypeCounts types)
    {
        types.Clear();
        foreach (var kind in Count == 0 ? [] : KindOf)
        {
            types.Add(new ChunkKind(Kinds[(int)kind]).Type, 1);
        }
    }

    /// <summary>It has no events any more.</summary>
    public void Clear() => (Count, Times) = (0, (0, 0));
}
