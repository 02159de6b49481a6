namespace TraceCap.Cli.Terminal;

/// <summary>
/// What a command reads, as a stream that shows on stderr how far that is, if that is a terminal and it takes long enough to look.
/// </summary>
internal sealed class Progress : Stream
{
    private const long Interval = 250;

    private readonly Stream file;
    private readonly string name;
    private readonly bool hasLength;
    private readonly ReadingMeter meter = ReadingMeter.OfAll;
    private long counted;
    private long mine;
    private long shownAt = Environment.TickCount64;

    /// <param name="file">What is read; is disposed with this.</param>
    /// <param name="name">What it is called.</param>
    internal Progress(Stream file, string name)
    {
        (this.file, this.name, hasLength) = (file, name, file.CanSeek);
        counted = hasLength ? file.Length : 0;
        meter.Begin(counted);
    }

    public override bool CanRead => true;

    public override bool CanSeek => hasLength;

    public override bool CanWrite => false;

    public override long Length => file.Length;

    public override long Position
    {
        get => file.Position;
        set => file.Position = value;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var now = Environment.TickCount64;
        if (now - shownAt >= Interval)
        {
            StatusLine.Show(meter.Text(name, hasLength));
            shownAt = now;
        }

        var got = file.Read(buffer);
        if (got == 0)
        {
            StatusLine.Hide();
        }

        mine += got;
        if (hasLength && mine > counted)
        {
            // It is read once more.
            counted += file.Length;
            meter.Open(file.Length);
        }

        meter.Advance(got, 0);
        return got;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            StatusLine.Hide();
            // What nobody asked for.
            meter.Advance(0, Math.Max(0, counted - mine));
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
