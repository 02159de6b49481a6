using System.Runtime.InteropServices;

namespace TraceCap.Recorder.Kernel;

/// <summary>Waits for descriptors. One thread waits; any thread may interrupt, even after it was disposed.</summary>
internal sealed unsafe class WaitSet : IDisposable
{
    private readonly Descriptor interruption = Libc.EventDescriptor(0, Libc.CloseOnExec);
    private readonly Descriptor epoll = Libc.EpollCreate(Libc.CloseOnExec);
    private volatile bool interrupted;

    /// <exception cref="ProbeException">There are too many open files.</exception>
    internal WaitSet()
    {
        try
        {
            Add(interruption);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Waits for this one too.</summary>
    /// <param name="descriptor">Stays open.</param>
    /// <param name="onlyWakeUps">Not for what there is to read, only for the next time that it is told.</param>
    /// <exception cref="ProbeException">It cannot be waited for.</exception>
    internal void Add(Descriptor descriptor, bool onlyWakeUps = false)
    {
        var change = new Libc.EpollEvent { Events = Libc.EpollIn | (onlyWakeUps ? Libc.EpollEdgeTriggered : 0) };
        if (Libc.EpollControl(epoll, Libc.EpollAdd, descriptor, ref change) != 0)
        {
            throw ProbeException.FromErrno("what the kernel tells cannot be waited for", Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Sleeps until something comes, the time is over, or a call interrupts it.</summary>
    /// <param name="milliseconds">How long; -1 without end.</param>
    /// <returns>False once <see cref="Interrupt"/> was called.</returns>
    internal bool Wait(int milliseconds)
    {
        if (!interrupted)
        {
            var events = stackalloc Libc.EpollEvent[2];
            _ = Libc.EpollWait(epoll, events, 2, milliseconds);
        }

        return !interrupted;
    }

    /// <summary>Ends the wait, and every later one at once.</summary>
    internal void Interrupt()
    {
        interrupted = true;
        try
        {
            _ = Libc.EventWrite(interruption, 1);
        }
        catch (ObjectDisposedException)
        {
            // Nobody waits any more.
        }
    }

    public void Dispose()
    {
        epoll.Dispose();
        interruption.Dispose();
    }
}
