using System.Buffers;

namespace TraceCap.Analyzer.Formatting;

/// <summary>
/// Collects what is written and hands it to a stream in large pieces. A reader of the stream sees what was
/// written after a <see cref="Flush"/>; nothing is handed over by itself at the end. It leaves the stream open.
/// </summary>
internal sealed class StreamBufferWriter(Stream stream) : IBufferWriter<byte>
{
    private byte[] buffer = new byte[64 << 10];
    private int length;

    /// <inheritdoc />
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc />
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        var needed = Math.Max(sizeHint, 1);
        if (buffer.Length - length < needed)
        {
            Flush();
            if (buffer.Length < needed)
            {
                buffer = new byte[needed];
            }
        }

        return buffer.AsMemory(length);
    }

    /// <inheritdoc />
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, buffer.Length - length);
        length += count;
    }

    /// <summary>Hands over what has been written.</summary>
    public void Flush()
    {
        if (length == 0)
        {
            return;
        }

        // What cannot be written is not tried again, so that a broken pipe is reported once.
        var written = buffer.AsSpan(0, length);
        length = 0;
        stream.Write(written);
        stream.Flush();
    }
}
