namespace TraceCap.Exports.Arrow;

/// <summary>Knows how far it has been written, as Arrow's files have to, also where it is a pipe.</summary>
/// <param name="output">Where it goes; stays open.</param>
internal sealed class CountedStream(Stream output) : Stream
{
    private long position;

    public override bool CanRead => false;

    /// <summary>Arrow's files ask for that, and only for the sake of <see cref="Position"/>.</summary>
    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => position;

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        output.Write(buffer);
        position += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => output.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
