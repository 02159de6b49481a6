namespace TraceCap.Cli.Files;

/// <summary>A stream that is read from its beginning to its end, once.</summary>
internal abstract class ForwardStream : Stream
{
    private long position;

    public sealed override bool CanRead => true;

    public sealed override bool CanSeek => false;

    public sealed override bool CanWrite => false;

    public sealed override long Length => throw new NotSupportedException();

    /// <summary>How much was read; some libraries look where they are.</summary>
    public sealed override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    public sealed override int Read(Span<byte> buffer)
    {
        var got = Take(buffer);
        position += got;
        return got;
    }

    public sealed override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public sealed override int ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        return Read(one) == 0 ? -1 : one[0];
    }

    public sealed override void Flush()
    {
    }

    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public sealed override void SetLength(long value) => throw new NotSupportedException();

    public sealed override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Reads the next bytes, at most as many as there is room for.</summary>
    /// <returns>How many; 0 at the end.</returns>
    protected abstract int Take(Span<byte> buffer);
}
