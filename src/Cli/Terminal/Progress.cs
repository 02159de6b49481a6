using System.Globalization;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Cli.Terminal;

/// <summary>
/// A file that shows on stderr how much of it has been read, if that is a terminal and it takes long enough to look.
/// </summary>
internal sealed class Progress(Stream file, string name) : Stream
{
    private const long Interval = 250;

    private long shownAt = Environment.TickCount64;

    public override bool CanRead => true;

    public override bool CanSeek => true;

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
            StatusLine.Show(string.Create(CultureInfo.InvariantCulture, $"{PrintableText.Of(name)}: {100 * file.Position / Math.Max(1, file.Length)} %"));
            shownAt = now;
        }

        var got = file.Read(buffer);
        if (got == 0)
        {
            StatusLine.Hide();
        }

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
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
