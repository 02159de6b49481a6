using System.Runtime.CompilerServices;
using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

/// <summary>
/// The events of a chunk in columns while they are added, as rows or out of other chunks: what each has, by references to the sockets,
/// tasks, kinds and CPUs that occurred so far. Keeps its memory from chunk to chunk.
/// </summary>
/// <param name="columns">Takes the columns of which each event, or some of them, have a row.</param>
internal sealed class EventColumns(ColumnSet columns)
{
    /// <summary>So many events fit the first cache of a core: what is noted of each is noted before they leave it.</summary>
    private const int Tile = 128;

    /// <summary>As many kinds may one of another chunk become: a return or not, an arrival or not.</summary>
    private const int KindsOfOther = 4;

    private readonly Distinct<ChunkKind> kinds = new();
    private readonly CpuNumbers cpus = new();
    private readonly Distinct<SocketKey> sockets = new();
    private readonly Distinct<TaskKey> tasks = new();

    // By CPU, the sequence of its last event.
    private ulong[] lastOfCpu = [];
    private int[] firstOfSocket = [];

    // By socket, the task of its last event.
    private int[] taskOfSocket = [];

    // By what another chunk calls it, what this one does; -1 if it has not occurred here yet.
    private int[] socketOfOther = [];
    private int[] taskOfOther = [];
    private int[] cpuOfOther = [];
    private int[] kindOfOther = [];

    // How many rows the columns have so far that not every event has one in.
    private int returns;
    private int arrivals;
    private int timed;
    private int counted;

    /// <summary>How many events there are.</summary>
    public int Count { get; private set; }

    /// <summary>The kinds of events, by number.</summary>
    public ReadOnlySpan<ChunkKind> Kinds => kinds.Values;

    /// <summary>The CPUs, by number.</summary>
    public ReadOnlySpan<ulong> Cpus => cpus.Values;

    /// <summary>The sockets, by number.</summary>
    public ReadOnlySpan<SocketKey> Sockets => sockets.Values;

    /// <summary>By socket, its first event.</summary>
    public ReadOnlySpan<int> FirstOfSocket => firstOfSocket.AsSpan(0, sockets.Count);

    /// <summary>The tasks, by number.</summary>
    public ReadOnlySpan<TaskKey> Tasks => tasks.Values;

    /// <summary>Begins anew.</summary>
    /// <param name="capacity">As many events are added at most.</param>
    public void Begin(int capacity)
    {
        kinds.Clear();
        cpus.Clear();
        sockets.Clear();
        tasks.Clear();
        (Count, returns, arrivals, timed, counted) = (0, 0, 0, 0, 0);
        columns.SetRows(ChunkTable.Events, capacity);
        ChunkMemory.Reserve(ref lastOfCpu, capacity);
        ChunkMemory.Reserve(ref firstOfSocket, capacity);
        ChunkMemory.Reserve(ref taskOfSocket, capacity);
        lastOfCpu.AsSpan(0, capacity).Clear();
    }

    /// <summary>Adds events in the order of their arrival.</summary>
    public void Add(ReadOnlySpan<TcpEvent> events)
    {
        for (var first = 0; first < events.Length; first += Tile)
        {
            var tile = events[first..Math.Min(first + Tile, events.Length)];
            AddEvents(tile);
            AddCounters(tile);
        }
    }

    /// <summary>Adds events of a chunk that is decoded, column by column.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="first">The first of the events.</param>
    /// <param name="count">How many they are.</param>
    public void Add(DecodedChunk chunk, int first, int count)
    {
        AddEvents(chunk, first, count);
        timed += Append(chunk, [ColumnId.Duration], timed, RowsOf(chunk.TimedEvents, first, count));
        counted += Append(
            chunk,
            [
                ColumnId.BytesSent, ColumnId.BytesAcked, ColumnId.BytesReceived, ColumnId.SegmentsSent, ColumnId.SegmentsReceived, ColumnId.Retransmits,
                ColumnId.SmoothedRtt,
            ],
            counted,
            RowsOf(chunk.CountedEvents, first, count));
    }

    /// <summary>Says how many rows there are, now that no event follows, and writes the kinds and CPUs.</summary>
    public void Complete()
    {
        columns.SetRows(ChunkTable.Events, Count);
        columns.SetRows(ChunkTable.Returns, returns);
        columns.SetRows(ChunkTable.Arrivals, arrivals);
        columns.SetRows(ChunkTable.Durations, timed);
        columns.SetRows(ChunkTable.Counters, counted);
        columns.SetRows(ChunkTable.Kinds, kinds.Count);
        columns.SetRows(ChunkTable.Cpus, cpus.Count);
        var kindBits = columns.Room(ColumnId.Kind);
        for (var i = 0; i < kinds.Count; i++)
        {
            kindBits[i] = kinds.Values[i].Bits;
        }

        cpus.Values.CopyTo(columns.Room(ColumnId.Cpu));
    }

    private void AddEvents(ReadOnlySpan<TcpEvent> events)
    {
        var first = Count;
        var timestamps = columns.Room(ColumnId.Timestamp).AsSpan(first, events.Length);
        var sequences = columns.Room(ColumnId.Sequence).AsSpan(first, events.Length);
        var eventCpus = columns.Room(ColumnId.EventCpu).AsSpan(first, events.Length);
        var eventKinds = columns.Room(ColumnId.EventKind).AsSpan(first, events.Length);
        var socketBacks = columns.Room(ColumnId.SocketBack);
        var eventTasks = columns.Room(ColumnId.Task);
        var durations = columns.Room(ColumnId.Duration);

        // What the next event has cannot be foretold, so there is no branch: every column is written at its end, and
        // its end moves only if the event has a row there.
        for (var i = 0; i < events.Length; i++)
        {
            ref readonly var one = ref events[i];
            timestamps[i] = one.Timestamp;
            var cpu = cpus.Add(one.Cpu);
            eventCpus[i] = cpu;

            sequences[i] = StepTo(one.Sequence, cpu);

            var newest = sockets.Count - 1;
            sockets.Next.Socket.ReadFrom(in one);
            var socket = sockets.AddNext();
            firstOfSocket[newest + 1] = first + i;
            tasks.Next.Task.ReadFrom(in one);
            var stored = Refer(socketBacks, newest, socket, eventTasks, tasks.AddNext());

            var hasDuration = one.Duration != 0 ? 1 : 0;
            durations[timed] = one.Duration;
            timed += hasDuration;

            stored |= (hasDuration << 2) | (HasCounters(one) ? (int)Stored.Counters : 0);
            eventKinds[i] = (uint)kinds.Add(new ChunkKind(one, (Stored)stored));
        }

        Count += events.Length;
    }

    private void AddCounters(ReadOnlySpan<TcpEvent> events)
    {
        var bytesSent = columns.Room(ColumnId.BytesSent);
        var bytesAcked = columns.Room(ColumnId.BytesAcked);
        var bytesReceived = columns.Room(ColumnId.BytesReceived);
        var segmentsSent = columns.Room(ColumnId.SegmentsSent);
        var segmentsReceived = columns.Room(ColumnId.SegmentsReceived);
        var retransmits = columns.Room(ColumnId.Retransmits);
        var smoothedRtts = columns.Room(ColumnId.SmoothedRtt);
        foreach (ref readonly var one in events)
        {
            bytesSent[counted] = one.BytesSent;
            bytesAcked[counted] = ZigZag.Encode(one.BytesAcked - one.BytesSent);
            bytesReceived[counted] = one.BytesReceived;
            segmentsSent[counted] = one.SegmentsSent;
            segmentsReceived[counted] = one.SegmentsReceived;
            retransmits[counted] = one.Retransmits;
            smoothedRtts[counted] = one.SmoothedRtt;
            counted += HasCounters(one) ? 1 : 0;
        }
    }

    private void AddEvents(DecodedChunk chunk, int first, int count)
    {
        Forget(ref socketOfOther, chunk.Sockets.Length);
        Forget(ref taskOfOther, chunk.Tasks.Length);
        Forget(ref cpuOfOther, chunk.Cpus.Length);
        Forget(ref kindOfOther, KindsOfOther * chunk.Kinds.Length);
        var timestamps = columns.Room(ColumnId.Timestamp).AsSpan(Count, count);
        var sequences = columns.Room(ColumnId.Sequence).AsSpan(Count, count);
        var eventCpus = columns.Room(ColumnId.EventCpu).AsSpan(Count, count);
        var eventKinds = columns.Room(ColumnId.EventKind).AsSpan(Count, count);
        var socketBacks = columns.Room(ColumnId.SocketBack);
        var eventTasks = columns.Room(ColumnId.Task);
        chunk.Timestamps.Slice(first, count).CopyTo(timestamps);
        var theirSequences = chunk.Sequences.Slice(first, count);
        var theirCpus = chunk.CpuOf.Slice(first, count);
        var theirKinds = chunk.KindOf.Slice(first, count);
        var theirSockets = chunk.SocketOf.Slice(first, count);
        var theirTasks = chunk.TaskOf.Slice(first, count);
        for (var i = 0; i < count; i++)
        {
            ref var cpu = ref cpuOfOther[(int)theirCpus[i]];
            cpu = cpu < 0 ? (int)cpus.Add((ushort)chunk.Cpus[(int)theirCpus[i]]) : cpu;
            eventCpus[i] = (uint)cpu;
            sequences[i] = StepTo(theirSequences[i], (uint)cpu);

            var newest = sockets.Count - 1;
            ref var socket = ref socketOfOther[theirSockets[i]];
            if (socket < 0)
            {
                sockets.Next.Socket = chunk.Sockets[theirSockets[i]];
                socket = sockets.AddNext();
                firstOfSocket[newest + 1] = Count + i;
            }

            ref var task = ref taskOfOther[theirTasks[i]];
            if (task < 0)
            {
                tasks.Next.Task = chunk.Tasks[theirTasks[i]];
                task = tasks.AddNext();
            }

            var stored = Refer(socketBacks, newest, socket, eventTasks, task);
            ref var kind = ref kindOfOther[(KindsOfOther * (int)theirKinds[i]) + stored];
            if (kind < 0)
            {
                var other = new ChunkKind(chunk.Kinds[(int)theirKinds[i]]);
                kind = kinds.Add(other.With((other.Stored & (Stored.Duration | Stored.Counters)) | (Stored)stored));
            }

            eventKinds[i] = (uint)kind;
        }

        Count += count;
    }

    /// <summary>Each CPU counts its events, so the next number is known unless events were lost.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong StepTo(ulong sequence, uint cpu)
    {
        ref var last = ref lastOfCpu[cpu];
        var step = ZigZag.Encode(sequence - last - 1);
        last = sequence;
        return step;
    }

    /// <summary>Notes the socket of the next event, and its task unless the socket had it before.</summary>
    /// <returns>What is stored of it, <see cref="Stored.SocketBack"/> and <see cref="Stored.Task"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Refer(ulong[] socketBacks, int newest, int socket, ulong[] eventTasks, int task)
    {
        var isReturn = socket <= newest ? 1 : 0;
        socketBacks[returns] = (uint)(newest - socket);
        returns += isReturn;
        var isArrival = (1 - isReturn) | (task != taskOfSocket[socket] ? 1 : 0);
        taskOfSocket[socket] = task;
        eventTasks[arrivals] = (uint)task;
        arrivals += isArrival;
        return isReturn | (isArrival << 1);
    }

    /// <summary>Appends rows of columns that only some events have.</summary>
    /// <returns>How many.</returns>
    private int Append(DecodedChunk chunk, ReadOnlySpan<ColumnId> some, int at, Range rows)
    {
        var count = 0;
        foreach (var id in some)
        {
            var values = chunk.Column(id)[rows];
            values.CopyTo(columns.Room(id).AsSpan(at));
            count = values.Length;
        }

        return count;
    }

    /// <summary>Which of ascending events are among some that follow each other.</summary>
    private static Range RowsOf(ReadOnlySpan<int> events, int first, int count) => EventAssembly.RowFrom(events, first)..EventAssembly.RowFrom(events, first + count);

    private static void Forget(ref int[] numbers, int count)
    {
        ChunkMemory.Reserve(ref numbers, count);
        numbers.AsSpan(0, count).Fill(-1);
    }

    private static bool HasCounters(in TcpEvent one) =>
        (one.BytesSent | one.BytesAcked | one.BytesReceived
            | one.SegmentsSent | one.SegmentsReceived | one.Retransmits | one.SmoothedRtt) != 0;
}
