using TraceCap.Cli.Files;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Top;

/// <summary>A pipe within this process, from the one thread that writes a capture to the one that reads it. Who writes waits while
/// <see cref="Most"/> blocks are not read yet, and for nobody once nobody reads any more.</summary>
internal sealed class BlockPipe : ForwardStream
{
    private const int Most = 16;

    private readonly Queue<byte[]> blocks = [];
    private int taken;
    private bool isComplete;
    private bool isLeft;

    internal BlockPipe() => Input = new WriteEnd(this);

    /// <summary>Where the capture is written.</summary>
    internal Stream Input { get; }

    /// <summary>No more is read.</summary>
    internal void Leave()
    {
        lock (blocks)
        {
            isLeft = true;
            blocks.Clear();
            Monitor.PulseAll(blocks);
        }
    }

    protected override int Take(Span<byte> buffer)
    {
        lock (blocks)
        {
            while (blocks.Count == 0 && !isComplete && !isLeft)
            {
                Monitor.Wait(blocks);
            }

            if (blocks.Count == 0)
            {
                return 0;
            }

            var block = blocks.Peek();
            var count = Math.Min(buffer.Length, block.Length - taken);
            block.AsSpan(taken, count).CopyTo(buffer);
            taken += count;
            if (taken == block.Length)
            {
                blocks.Dequeue();
                taken = 0;
                Monitor.PulseAll(blocks);
            }

            return count;
        }
    }

    private void Add(ReadOnlySpan<byte> block)
    {
        lock (blocks)
        {
            while (blocks.Count >= Most && !isLeft)
            {
                Monitor.Wait(blocks);
            }

            if (!isLeft && !block.IsEmpty)
            {
                blocks.Enqueue(block.ToArray());
                Monitor.PulseAll(blocks);
            }
        }
    }

    private void Complete()
    {
        lock (blocks)
        {
            isComplete = true;
            Monitor.PulseAll(blocks);
        }
    }

    private sealed class WriteEnd(BlockPipe pipe) : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => pipe.Add(buffer);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                pipe.Complete();
            }

            base.Dispose(disposing);
        }
    }
}
