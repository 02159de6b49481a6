using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

/// <summary>
/// The columns of one chunk, for who needs few of them and no rows: what is not asked for is not decoded. By event
/// means in order of arrival. Valid until the decoder that gave it reads again.
/// </summary>
internal readonly ref struct ChunkColumns
{
    private readonly ChunkParts parts;
    private readonly ReadOnlySpan<byte> raw;

    internal ChunkColumns(ChunkParts parts, ReadOnlySpan<byte> raw)
    {
        this.parts = parts;
        this.raw = raw;
    }

    /// <summary>By event, <see cref="TcpEvent.Timestamp"/>.</summary>
    /// <exception cref="CaptureFormatException">The payload is malformed, here and in all that follows.</exception>
    public ReadOnlySpan<ulong> Timestamps => parts.ReadTimestamps(raw);

    /// <summary>By event, <see cref="TcpEvent.Type"/>.</summary>
    public ReadOnlySpan<TcpEventType> Types => parts.ReadTypes(raw);

    /// <summary>By event, the index in <see cref="Kinds"/>.</summary>
    public ReadOnlySpan<ulong> KindOf => parts.Columns.Read(raw, ColumnId.EventKind);

    /// <summary>The kinds of the chunk's events, each to be read by <see cref="ChunkKind"/>.</summary>
    public ReadOnlySpan<ulong> Kinds => parts.Columns.Read(raw, ColumnId.Kind);

    /// <summary>By event, the index in <see cref="Sockets"/>.</summary>
    public ReadOnlySpan<int> SocketOf => parts.ReadLinks(raw).SocketOf;

    /// <summary>The sockets of the chunk, in the order of their first events.</summary>
    public ReadOnlySpan<ChunkSocket> Sockets => parts.ReadSockets(raw);

    /// <summary>By event, the index in <see cref="Tasks"/>.</summary>
    public ReadOnlySpan<int> TaskOf => parts.ReadLinks(raw).TaskOf;

    /// <summary>The tasks of the chunk, in the order of their first events.</summary>
    public ReadOnlySpan<EventTask> Tasks => parts.ReadTasks(raw);
}
