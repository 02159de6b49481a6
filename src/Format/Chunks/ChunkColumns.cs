using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

/// <summary>
/// The columns of one chunk, for who needs few of them and no rows: what is not asked for is not decoded. By event
/// means in order of arrival. Valid until the decoder that gave it reads again.
/// </summary>
public readonly ref struct ChunkColumns
{
    private readonly ChunkDecoder decoder;
    private readonly ReadOnlySpan<byte> raw;

    internal ChunkColumns(ChunkDecoder decoder, ReadOnlySpan<byte> raw)
    {
        this.decoder = decoder;
        this.raw = raw;
    }

    /// <summary>By event, <see cref="TcpEvent.Timestamp"/>.</summary>
    /// <exception cref="CaptureFormatException">The payload is malformed, here and in all that follows.</exception>
    public ReadOnlySpan<ulong> Timestamps => decoder.ReadTimestamps(raw);

    /// <summary>By event, <see cref="TcpEvent.Type"/>.</summary>
    public ReadOnlySpan<TcpEventType> Types => decoder.ReadTypes(raw);

    /// <summary>By event, the index in <see cref="Sockets"/>.</summary>
    public ReadOnlySpan<int> SocketOf => decoder.ReadLinks(raw).SocketOf;

    /// <summary>The sockets of the chunk, in the order of their first events.</summary>
    public ReadOnlySpan<ChunkSocket> Sockets => decoder.ReadSockets(raw);

    /// <summary>By event, the index in <see cref="Tasks"/>.</summary>
    public ReadOnlySpan<int> TaskOf => decoder.ReadLinks(raw).TaskOf;

    /// <summary>The tasks of the chunk, in the order of their first events.</summary>
    public ReadOnlySpan<ChunkTask> Tasks => decoder.ReadTasks(raw);
}
