using System.Buffers;
using System.Runtime.InteropServices;

namespace TraceCap.Exports.Arrow;

/// <summary>Numbers as the bytes that they are, without a copy, for a writer to a stream.</summary>
/// <param name="values">The numbers.</param>
internal sealed class ValueBytes<T>(ReadOnlyMemory<T> values) : MemoryManager<byte>
    where T : unmanaged
{
    /// <inheritdoc />
    public override Span<byte> GetSpan() => MemoryMarshal.AsBytes(MemoryMarshal.AsMemory(values).Span);

    /// <inheritdoc />
    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException("they are written, and nothing else");

    /// <inheritdoc />
    public override void Unpin()
    {
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
    }
}
