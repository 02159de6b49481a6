using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TraceCap.Format.Columns;

/// <summary>Which socket and which task each event of a chunk has, and which events have what only some have.</summary>
internal sealed class EventLinks
{
    private int[] socketOf = [];
    private int[] taskOf = [];
    private int[] firstEvents = [];
    private int[] timedEvents = [];
    private int[] countedEvents = [];
    private int[] taskOfSocket = [];
    private int events;
    private int sockets;
    private int timed;
    private int counted;

    /// <summary>By event, the index of its socket.</summary>
    public ReadOnlySpan<int> SocketOf => socketOf.AsSpan(0, events);

    /// <summary>By event, the index of its task.</summary>
    public ReadOnlySpan<int> TaskOf => taskOf.AsSpan(0, events);

    /// <summary>By socket, its first event.</summary>
    public ReadOnlySpan<int> FirstEvents => firstEvents.AsSpan(0, sockets);

    /// <summary>The events with a duration.</summary>
    public ReadOnlySpan<int> TimedEvents => timedEvents.AsSpan(0, timed);

    /// <summary>The events with counters.</summary>
    public ReadOnlySpan<int> CountedEvents => countedEvents.AsSpan(0, counted);

    /// <exception cref="CaptureFormatException">The columns contradict each other.</exception>
    public void Read(ColumnSet columns, ReadOnlySpan<byte> payload, ReadOnlySpan<ulong> kinds, ReadOnlySpan<ulong> eventKinds)
    {
        foreach (var kind in kinds)
        {
            if (!new ChunkKind(kind).IsValid)
                throw new CaptureFormatException("a chunk has an event with a new socket and no task");
        }

        var socketBacks = columns.Read(payload, ColumnId.SocketBack);
        var eventTasks = columns.ReadIndices(payload, ColumnId.Task, columns.Rows(ChunkTable.Tasks));
        Reserve(eventKinds.Length);
        Follow(kinds, eventKinds, ref MemoryMarshal.GetReference(socketBacks), ref MemoryMarshal.GetReference(eventTasks),
            out var returns, out var arrivals);
        Check(columns, ChunkTable.Returns, returns);
        Check(columns, ChunkTable.Arrivals, arrivals);
        Check(columns, ChunkTable.Sockets, sockets);
        Check(columns, ChunkTable.Durations, timed);
        Check(columns, ChunkTable.Counters, counted);
    }

    private void Reserve(int count)
    {
        events = count;
        if (socketOf.Length > count)
            return;

        socketOf = new int[count + 1];
        taskOf = new int[count + 1];
        firstEvents = new int[count + 1];
        timedEvents = new int[count + 1];
        countedEvents = new int[count + 1];
        taskOfSocket = new int[count + 1];
    }

    /// <summary>
    /// What the next event has cannot be foretold, so there is no branch: every list is written at its end, and its
    /// end moves only if the event belongs to it. Hence the lists have room for one entry more than there are events,
    /// and so have the two columns.
    /// </summary>
    private void Follow(
        ReadOnlySpan<ulong> kinds, ReadOnlySpan<ulong> eventKinds, ref ulong socketBacks, ref ulong eventTasks,
        out int returns, out int arrivals)
    {
        returns = arrivals = sockets = timed = counted = 0;
        for (var i = 0; i < eventKinds.Length; i++)
        {
            var stored = (uint)new ChunkKind(kinds[(int)eventKinds[i]]).Stored;
            var back = (int)(stored & (uint)Stored.SocketBack);
            var explicitTask = (int)(stored & (uint)Stored.Task) / (int)Stored.Task;

            firstEvents[sockets] = i;
            var socket = sockets - (back * (1 + (long)Unsafe.Add(ref socketBacks, returns)));
            sockets += 1 - back;
            returns += back;
            if ((ulong)socket >= (ulong)sockets)
                throw new CaptureFormatException($"event {i} of a chunk refers to a socket before the first one");

            ref var task = ref taskOfSocket[(int)socket];
            task = explicitTask != 0 ? (int)Unsafe.Add(ref eventTasks, arrivals) : task;
            arrivals += explicitTask;
            socketOf[i] = (int)socket;
            taskOf[i] = task;

            timedEvents[timed] = i;
            timed += (int)(stored & (uint)Stored.Duration) / (int)Stored.Duration;
            countedEvents[counted] = i;
            counted += (int)(stored & (uint)Stored.Counters) / (int)Stored.Counters;
        }
    }

    private static void Check(ColumnSet columns, ChunkTable table, int found)
    {
        if (columns.Rows(table) != found)
            throw new CaptureFormatException(
                $"a chunk has {columns.Rows(table)} rows of {table}, expected {found} as its events say");
    }
}
