using TraceCap.Format.Events;

namespace TraceCap.Recorder.Kernel;

/// <summary>
/// The reading end of the kernel's ring buffer, mapped into the process. Reading takes no system call. One thread
/// reads and waits; any thread may <see cref="Interrupt"/>.
/// </summary>
internal sealed unsafe class RingBuffer : IDisposable
{
    private const int HeaderSize = 8;
    private const int RecordSize = HeaderSize + TcpEvent.Size;
    private const uint Busy = 1u << 31;

    private readonly int size;
    private readonly Mapping consumerPage;
    private readonly Mapping producerPages;
    private readonly WaitSet waiting;
    private long found;
    private long highest;

    /// <param name="map">The map; may be closed afterwards.</param>
    /// <param name="size">How many bytes of records it holds.</param>
    internal RingBuffer(Descriptor map, int size)
    {
        // The kernel's layout: the consumer's page, the producer's page, and the data twice in a row, so that a record
        // is contiguous even where it wraps around.
        this.size = size;
        consumerPage = new Mapping(map, 0, Page, writable: true);
        producerPages = new Mapping(map, Page, Page + (2 * (long)size), writable: false);
        waiting = new WaitSet();
        // An event in the ring does not end the wait, only the probes' wake-up does.
        waiting.Add(map, onlyWakeUps: true);
    }

    /// <summary>How full it was when it was last read from; for the reading thread.</summary>
    internal RingFill Fill => new(found, highest, size);

    private static int Page => Environment.SystemPageSize;

    /// <summary>
    /// Moves events out of the ring, in the order in which they took their places in it, which is almost the order of
    /// time. Stops at the first place that a probe has taken and not filled yet.
    /// </summary>
    /// <param name="events">Where to; as many as fit.</param>
    /// <param name="caughtUp">True if everything was moved that had a place when the call began: an event that comes
    /// later has a timestamp not before that moment.</param>
    /// <returns>How many were moved.</returns>
    internal int Read(Span<TcpEvent> events, out bool caughtUp)
    {
        using var own = consumerPage.Hold();
        using var kernel = producerPages.Hold();
        var data = kernel.Address + Page;
        ref var consumer = ref *(ulong*)own.Address;
        var position = consumer;
        var end = Volatile.Read(ref *(ulong*)kernel.Address);
        found = (long)(end - position);
        highest = Math.Max(highest, found);
        var mask = (ulong)size - 1;
        var count = 0;
        while (position < end && count < events.Length)
        {
            var record = data + (position & mask);
            if ((Volatile.Read(ref *(uint*)record) & Busy) != 0)
            {
                break;
            }

            events[count++] = *(TcpEvent*)(record + HeaderSize);
            position += RecordSize;
        }

        Volatile.Write(ref consumer, position);
        caughtUp = position == end;
        return count;
    }

    /// <summary>
    /// Sleeps until the time is over, the ring has become a quarter full, or a call interrupts it. A single event does
    /// not end it: a wake-up for each would slow down the host.
    /// </summary>
    /// <returns>False once <see cref="Interrupt"/> was called.</returns>
    internal bool Wait(TimeSpan time) => waiting.Wait((int)time.TotalMilliseconds);

    /// <summary>Ends the wait of the reading thread, and every later one at once. May be called from any thread, and does
    /// nothing once the ring is disposed.</summary>
    internal void Interrupt() => waiting.Interrupt();

    /// <summary>Unmaps the ring: it can be read and waited for no more.</summary>
    public void Dispose()
    {
        waiting.Dispose();
        producerPages.Dispose();
        consumerPage.Dispose();
    }
}

/// <summary>How full a ring buffer is, in bytes of records and what stands before each.</summary>
/// <param name="Bytes">What waited to be read.</param>
/// <param name="Highest">The most that ever waited.</param>
/// <param name="Size">What there is room for.</param>
internal readonly record struct RingFill(long Bytes, long Highest, long Size);
