using TraceCap.Format.Blocks;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Recorder.Flight;

/// <summary>
/// Keeps the newest blocks that a <see cref="CaptureWriter"/> writes, as they are written, within limits of time and
/// memory.
/// </summary>
/// <param name="limits">How much.</param>
/// <param name="start">The clocks when the recording began.</param>
internal sealed class BlockQueue(FlightLimits limits, ClockAnchor start) : Stream
{
    private readonly Queue<(byte[] Block, BlockHeader Header)> blocks = new();
    private ClockAnchor clocks = start;

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

    /// <summary>The first instant from which on everything is kept, CLOCK_MONOTONIC ns: when the recording began, or behind the last
    /// block that was dropped.</summary>
    internal ulong From { get; private set; } = start.Monotonic;

    /// <summary>The clocks at the beginning of what is kept, by the last ones that were written down before it: had they moved
    /// against each other since, others would have been. No event that is kept is earlier.</summary>
    internal ClockAnchor Start
    {
        get
        {
            // Behind the events of a dropped block the first ones that are kept may stand a little earlier.
            var first = blocks.Select(entry => entry.Header.Events > 0 ? entry.Header.FirstTimestamp : ulong.MaxValue).DefaultIfEmpty(ulong.MaxValue).Min();
            var at = Math.Min(From, first);
            var passed = unchecked(at - clocks.Monotonic);
            return unchecked(new ClockAnchor(at, clocks.Boottime + passed, clocks.Realtime + passed));
        }
    }

    private long length;

    public override void Write(byte[] buffer, int offset, int count)
    {
        var block = buffer.AsSpan(offset, count);
        BlockHeader.TryRead(block[..BlockHeader.Size], out var header);
        // Every file gets a header of its own.
        if (header.Kind != BlockKind.Header)
        {
            blocks.Enqueue((block.ToArray(), header));
            length += count;
        }
    }

    /// <summary>Drops what is too old or has no room.</summary>
    /// <param name="now">CLOCK_MONOTONIC ns.</param>
    internal void Trim(ulong now)
    {
        var age = (ulong)(limits.Time?.TotalNanoseconds ?? 0);
        var oldest = limits.Time is null || age > now ? 0 : now - age;
        while (blocks.TryPeek(out var first) && (length > limits.Bytes || Math.Max(first.Header.Watermark, first.Header.LastTimestamp) < oldest))
        {
            blocks.Dequeue();
            length -= first.Block.Length;
            var behindLast = first.Header.Events > 0 ? first.Header.LastTimestamp + 1 : 0;
            From = Math.Max(From, Math.Max(first.Header.Watermark, behindLast));
            if (first.Header.Kind == BlockKind.Context)
            {
                var reader = new CaptureReader(new MemoryStream(first.Block));
                clocks = reader.Read() && reader.Context is { Clocks: [.., var newer] } ? newer : clocks;
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
