namespace TraceCap.Format.Merging;

/// <summary>A stretch of a file as a stream to be read once, forwards; several may share a file.</summary>
/// <param name="file">Must be able to seek.</param>
/// <param name="start">Where the stretch begins.</param>
/// <param name="end">Where it ends.</param>
/// <param name="leaveOpen">Whether the file stays open.</param>
internal sealed class SectionStream(Stream file, long start, long end, bool leaveOpen) : Stream
{
    private long position = start;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        file.Position = position;
        var got = file.Read(buffer[..(int)Math.Min(buffer.Length, end - position)]);
        position += got;
        return got;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !leaveOpen)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
