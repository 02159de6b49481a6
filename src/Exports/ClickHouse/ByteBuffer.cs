using System.Buffers;

namespace TraceCap.Exports.ClickHouse;

/// <summary>Bytes in memory that keeps its size.</summary>
internal sealed class ByteBuffer : IBufferWriter<byte>
{
    private byte[] bytes = new byte[1 << 20];
    private int length;

    /// <summary>What was written.</summary>
    internal ReadOnlyMemory<byte> Written => bytes.AsMemory(0, length);

    /// <summary>The same, to be read.</summary>
    internal Stream Open() => new MemoryStream(bytes, 0, length, writable: false);

    /// <summary>Forgets what was written.</summary>
    internal void Clear() => length = 0;

    /// <inheritdoc />
    public void Advance(int count) => length += count;

    /// <inheritdoc />
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (bytes.Length - length < Math.Max(sizeHint, 1))
        {
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, length + sizeHint));
        }

        return bytes.AsMemory(length);
    }

    /// <inheritdoc />
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
