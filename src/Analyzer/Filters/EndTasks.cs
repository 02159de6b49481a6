using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Filters;

/// <summary>
/// Judges events by filters, and ends by the task that opened their connection: an end has none of its own, and who asks for a
/// process, a user or a container wants to know how its connections ended. Events come in about the order of time; an end before
/// its opening, of a connection that was reset in the accept queue, meets no filter on tasks.
/// </summary>
internal sealed class EndTasks
{
    /// <summary>The end of a connection rarely comes so many closes after its own.</summary>
    private const int MostClosed = 1 << 16;

    private readonly Dictionary<ulong, EventTask> open = [];
    private Dictionary<ulong, EventTask> closed = [];
    private Dictionary<ulong, EventTask> closedBefore = [];
    private TcpEvent[] picked = [];
    private CaptureHeader? header;

    /// <summary>Says which section events come from next: what it has the numbers of are other connections, but for those of the same boot.</summary>
    internal void Begin(CaptureHeader? next)
    {
        if (!ReferenceEquals(next, header) && (next is null or { BootId: "" } || next.BootId != header?.BootId))
        {
            open.Clear();
            closed.Clear();
            closedBefore.Clear();
        }

        header = next;
    }

    /// <summary>Picks the events that meet a filter.</summary>
    /// <returns>Valid until the next call.</returns>
    internal ReadOnlySpan<TcpEvent> Pick(ReadOnlySpan<TcpEvent> events, EventFilter wanted)
    {
        picked = picked.Length < events.Length ? new TcpEvent[events.Length] : picked;
        var count = 0;
        foreach (ref readonly var one in events)
        {
            if (Matches(in one, wanted))
            {
                picked[count++] = one;
            }
        }

        return picked.AsSpan(0, count);
    }

    /// <summary>Whether an event meets a filter; to be asked once for each event.</summary>
    internal bool Matches(in TcpEvent one, EventFilter wanted)
    {
        if (one.Connection == 0 || !wanted.AsksForTasksOfEnds)
        {
            return wanted.Matches(in one);
        }

        switch (one.Type)
        {
            case TcpEventType.Connect or TcpEventType.Accept or TcpEventType.Open:
                open[one.Connection] = new EventTask(in one);
                break;
            case TcpEventType.Close:
                Close(one.Connection, open.Remove(one.Connection, out var opener) ? opener : new EventTask(in one));
                break;
            case TcpEventType.Ended when one.Pid == 0 && (open.Remove(one.Connection, out var task)
                || closed.TryGetValue(one.Connection, out task) || closedBefore.TryGetValue(one.Connection, out task)):
                return wanted.Matches(WithTask(one, in task));
        }

        return wanted.Matches(in one);
    }

    private void Close(ulong connection, EventTask task)
    {
        if (closed.Count == MostClosed)
        {
            (closedBefore, closed) = (closed, closedBefore);
            closed.Clear();
        }

        closed[connection] = task;
    }

    private static TcpEvent WithTask(TcpEvent end, in EventTask task)
    {
        task.WriteTo(ref end);
        return end;
    }
}
