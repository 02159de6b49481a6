using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

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
    public void Read(ColumnSet columns, ReadOnlySpan<byte> payload)
    {
        var kinds = columns.Read(payload, ColumnId.Kind);
        var eventKinds = columns.Read(payload, ColumnId.EventKind);
        foreach (var kind in kinds)
        {
            if (!new ChunkKind(kind).IsValid)
            {
                throw new CaptureFormatException("a chunk has an event with a new socket and no task");
            }
        }

        var socketBacks = columns.Read(payload, ColumnId.SocketBack);
        var eventTasks = columns.Read(payload, ColumnId.Task);
        Reserve(eventKinds.Length);
        var (returns, arrivals) = Follow(kinds, eventKinds, socketBacks, eventTasks);
        Check(columns, ChunkTable.Returns, returns);
        Check(columns, ChunkTable.Arrivals, arrivals);
        Check(columns, ChunkTable.Sockets, sockets);
        Check(columns, ChunkTable.Durations, timed);
        Check(columns, ChunkTable.Counters, counted);
    }

    private void Reserve(int count)
    {
        events = count;
        ChunkMemory.Reserve(ref socketOf, count);
        ChunkMemory.Reserve(ref taskOf, count);
        ChunkMemory.Reserve(ref firstEvents, count);
        ChunkMemory.Reserve(ref timedEvents, count);
        ChunkMemory.Reserve(ref countedEvents, count);
        ChunkMemory.Reserve(ref taskOfSocket, count);
    }

    /// <summary>
    /// What the next event has cannot be foretold, so there is no branch: every list is written at its end, and its
    /// end moves only if the event belongs to it. Hence the lists have room for one entry more than there are events,
    /// and so have the columns; by then nothing is read that was not checked.
    /// </summary>
    private (int Returns, int Arrivals) Follow(
        ReadOnlySpan<ulong> kinds, ReadOnlySpan<ulong> eventKinds, Span<ulong> socketBacks, Span<ulong> eventTasks)
    {
        ref var kind = ref MemoryMarshal.GetReference(kinds);
        ref var back = ref MemoryMarshal.GetReference(socketBacks);
        ref var eventTask = ref MemoryMarshal.GetReference(eventTasks);
        ref var first = ref MemoryMarshal.GetArrayDataReference(firstEvents);
        ref var timedEvent = ref MemoryMarshal.GetArrayDataReference(timedEvents);
        ref var countedEvent = ref MemoryMarshal.GetArrayDataReference(countedEvents);
        ref var lastTask = ref MemoryMarshal.GetArrayDataReference(taskOfSocket);
        ref var socketOfEvent = ref MemoryMarshal.GetArrayDataReference(socketOf);
        ref var taskOfEvent = ref MemoryMarshal.GetArrayDataReference(taskOf);
        var (found, returns, arrivals, withDuration, withCounters) = (0L, 0, 0, 0, 0);
        for (var i = 0; i < eventKinds.Length; i++)
        {
            var stored = (uint)new ChunkKind(Unsafe.Add(ref kind, (nint)eventKinds[i])).Stored;
            var isReturn = stored & 1;
            var isArrival = (stored >> 1) & 1;

            Unsafe.Add(ref first, (nint)found) = i;
            var socket = found - (isReturn * ((long)Unsafe.Add(ref back, returns) + 1));
            found += 1 - isReturn;
            returns += (int)isReturn;
            if ((ulong)socket >= (ulong)found)
            {
                throw new CaptureFormatException($"event {i} of a chunk refers to a socket before the first one");
            }

            ref var task = ref Unsafe.Add(ref lastTask, (nint)socket);
            var arrived = (int)Unsafe.Add(ref eventTask, arrivals);
            task ^= (task ^ arrived) & -(int)isArrival;
            arrivals += (int)isArrival;
            Unsafe.Add(ref socketOfEvent, i) = (int)socket;
            Unsafe.Add(ref taskOfEvent, i) = task;

            Unsafe.Add(ref timedEvent, withDuration) = i;
            withDuration += (int)((stored >> 2) & 1);
            Unsafe.Add(ref countedEvent, withCounters) = i;
            withCounters += (int)(stored >> 3) & 1;
        }

        (sockets, timed, counted) = ((int)found, withDuration, withCounters);
        return (returns, arrivals);
    }

    private static void Check(ColumnSet columns, ChunkTable table, int found)
    {
        if (columns.Rows(table) != found)
        {
            throw new CaptureFormatException(
                $"a chunk has {columns.Rows(table)} rows of {table}, expected {found} as its events say");
        }
    }
}
