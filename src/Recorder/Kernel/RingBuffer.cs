using System.Runtime.InteropServices;
using TraceCap.Format;

namespace TraceCap.Recorder.Kernel;

/// <summary>
/// The reading end of the kernel's ring buffer, mapped into the process. Reading takes no system call. One thread
/// reads and waits; any thread may <see cref="Interrupt"/>.
/// </summary>
public sealed unsafe class RingBuffer : IDisposable
{
    private const int HeaderSize = 8;
    private const int RecordSize = HeaderSize + TcpEvent.Size;
    private const uint Busy = 1u << 31;

    private readonly int size;
    private readonly nint consumerPage;
    private readonly nint producerPages;
    private readonly byte* data;
    private readonly int interruption;
    private readonly int epoll;
    private volatile bool interrupted;

    internal RingBuffer(int map, int size)
    {
        // The kernel's layout: the consumer's page, the producer's page, and the data twice in a row, so that a record
        // is contiguous even where it wraps around.
        var page = Environment.SystemPageSize;
        this.size = size;
        consumerPage = Mapping.Create(map, 0, page, writable: true);
        producerPages = Mapping.Create(map, page, page + (2 * (long)size), writable: false);
        data = (byte*)producerPages + page;

        interruption = Check(Libc.EventDescriptor(0, Libc.CloseOnExec));
        epoll = Check(Libc.EpollCreate(Libc.CloseOnExec));
        Watch(interruption, Libc.EpollIn);
        // Edge-triggered: an event in the ring does not end the wait, only the probes' wake-up does.
        Watch(map, Libc.EpollIn | Libc.EpollEdgeTriggered);
    }

    /// <summary>
    /// Moves events out of the ring, in the order in which they took their places in it, which is almost the order of
    /// time. Stops at the first place that a probe has taken and not filled yet.
    /// </summary>
    /// <param name="events">Where to; as many as fit.</param>
    /// <param name="caughtUp">True if everything was moved that had a place when the call began: an event that comes
    /// later has a timestamp not before that moment.</param>
    /// <returns>How many were moved.</returns>
    public int Read(Span<TcpEvent> events, out bool caughtUp)
    {
        ref var consumer = ref *(ulong*)consumerPage;
        var position = consumer;
        var end = Volatile.Read(ref *(ulong*)producerPages);
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
    /// Sleeps until the time is over, the ring has become a quarter full, or somebody interrupts. A single event does
    /// not end it: a wake-up for each would slow down the host.
    /// </summary>
    /// <returns>False once <see cref="Interrupt"/> was called.</returns>
    public bool Wait(TimeSpan time)
    {
        if (!interrupted)
        {
            var events = stackalloc Libc.EpollEvent[2];
            Libc.EpollWait(epoll, events, 2, (int)time.TotalMilliseconds);
        }

        return !interrupted;
    }

    /// <summary>Ends the wait of the reading thread, and every later one at once. May be called from any thread.</summary>
    public void Interrupt()
    {
        interrupted = true;
        Check(Libc.EventWrite(interruption, 1));
    }

    /// <summary>Unmaps the ring. No other thread may be using it.</summary>
    public void Dispose()
    {
        Libc.Close(epoll);
        Libc.Close(interruption);
        Mapping.Remove(producerPages, Environment.SystemPageSize + (2 * (long)size));
        Mapping.Remove(consumerPage, Environment.SystemPageSize);
    }

    private static int Check(int result) => result >= 0
        ? result
        : throw ProbeException.FromErrno("the ring buffer cannot be waited for", Marshal.GetLastPInvokeError());

    private void Watch(int descriptor, uint events)
    {
        var change = new Libc.EpollEvent { Events = events };
        Check(Libc.EpollControl(epoll, Libc.EpollAdd, descriptor, ref change));
    }
}
