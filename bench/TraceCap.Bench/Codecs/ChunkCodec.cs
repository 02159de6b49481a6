namespace TraceCap.Bench.Codecs;

/// <summary>A way to turn a chunk of events into bytes and back. Keeps its buffers.</summary>
internal abstract class ChunkCodec : IDisposable
{
    public abstract string Name { get; }

    /// <summary>Slow ones are measured on fewer events.</summary>
    public virtual bool IsSlow => false;

    public abstract ReadOnlySpan<byte> Encode(ReadOnlySpan<TcpEvent> events);

    public abstract void Decode(ReadOnlySpan<byte> encoded, Span<TcpEvent> events);

    public virtual void Dispose()
    {
    }
}
