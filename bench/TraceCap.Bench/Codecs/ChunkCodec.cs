using TraceCap.Format.Events;

namespace TraceCap.Bench.Codecs;

/// <summary>A way to turn a chunk of events into bytes and back. Keeps its buffers.</summary>
internal abstract class ChunkCodec : IDisposable
{
    public abstract string Name { get; }

    /// <summary>Slow ones are measured on fewer events.</summary>
    public virtual bool IsSlow => false;

    public abstract ReadOnlySpan<byte> Encode(ReadOnlySpan<TcpEvent> events);

    public abstract void Decode(ReadOnlySpan<byte> encoded, Span<TcpEvent> events);

    /// <summary>Sums up times, types and ports by the cheapest way; <paramref name="rows"/> is scratch.</summary>
    public virtual ulong Scan(ReadOnlySpan<byte> encoded, Span<TcpEvent> rows)
    {
        Decode(encoded, rows);
        return Sum(rows);
    }

    /// <summary>What <see cref="Scan"/> must find.</summary>
    public static ulong Sum(ReadOnlySpan<TcpEvent> rows)
    {
        var sum = 0UL;
        foreach (ref readonly var one in rows)
        {
            sum += one.Timestamp + (ulong)one.Type + one.LocalPort + one.PeerPort;
        }

        return sum;
    }

    public virtual void Dispose()
    {
    }
}
