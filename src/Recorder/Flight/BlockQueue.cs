using TraceCap.Format;

namespace TraceCap.Recorder.Flight;

/// <summary>
/// Keeps the newest blocks that a <see cref="CaptureWriter"/> writes, as they are written, within limits of time and
/// memory.
/// </summary>
/// <param name="limits">How much.</param>
/// <param name="start">The clocks when the recording began.</param>
internal sealed class BlockQueue(FlightLimits limits, ClockAnchor start) : Stream
{
    private readonly Queue<(byte[] Block, BlockKind Kind, ulong Time)> blocks = new();

    /// <summary>Bytes that are kept.</summary>
    public override long Length => length;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The last clocks that were written down before the first block that is kept.</summary>
    internal ClockAnchor Start { get; private set; } = start;

    private long length;

    public override void Write(byte[] buffer, int offset, int count)
    {
        var block = buffer.AsSpan(offset, count);
        BlockHeader.TryRead(block[..BlockHeader.Size], out var header);
        // Every file gets a header of its own.
        if (header.Kind != BlockKind.Header)
        {
            blocks.Enqueue((block.ToArray(), header.Kind, Math.Max(header.Settled, header.LastTimestamp)));
            length += count;
        }
    }

    /// <summary>Drops what is too old or has no room.</summary>
    /// <param name="now">CLOCK_MONOTONIC ns.</param>
    internal void Trim(ulong now)
    {
        var age = (ulong)(limits.Time?.TotalNanoseconds ?? 0);
        var oldest = limits.Time is null || age > now ? 0 : now - age;
        while (blocks.TryPeek(out var first) && (length > limits.Bytes || first.Time < oldest))
        {
            blocks.Dequeue();
            length -= first.Block.Length;
            if (first.Kind == BlockKind.Context)
            {
                var reader = new CaptureReader(new MemoryStream(first.Block));
                Start = reader.Read() && reader.Context is { Clocks: [.., var clocks] } ? clocks : Start;
            }
        }
    }

    /// <summary>What is kept now, for another thread to read.</summary>
    internal Stream Open() => new Blocks([.. blocks.Select(entry => entry.Block)]);

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Blocks one after another.</summary>
    private sealed class Blocks(byte[][] blocks) : Stream
    {
        private int block;
        private int place;

        public override long Length => throw new NotSupportedException();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            if (block < blocks.Length && place == blocks[block].Length)
            {
                (block, place) = (block + 1, 0);
            }

            if (block == blocks.Length)
            {
                return 0;
            }

            var some = blocks[block].AsSpan(place);
            some = some[..Math.Min(some.Length, buffer.Length)];
            some.CopyTo(buffer);
            place += some.Length;
            return some.Length;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
