using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

/// <summary>
/// Lays the events of a chunk out as a payload: column by column, each value as a reference to or a difference from
/// what is already known, so that what is left is small. Keeps its memory from chunk to chunk; not for several threads
/// at once.
/// </summary>
internal sealed class ChunkEncoder
{
    /// <summary>A payload is at most so many bytes for each event, whatever the events hold, ...</summary>
    public const int MaxBytesPerEvent = 196;

    /// <summary>... and so many bytes beside.</summary>
    public const int MaxBytesBeside = 1024;

    /// <summary>So many events fit the first cache of a core: what is noted of each is noted before they leave it.</summary>
    private const int Tile = 128;

    private readonly ColumnSet columns = new();
    private readonly Distinct<ChunkKind> kinds = new();
    private readonly CpuNumbers cpus = new();
    private readonly Distinct<SocketKey> sockets = new();
    private readonly Distinct<TaskKey> tasks = new();
    private readonly Distinct<ProgramKey> programs = new();
    private readonly Distinct<ServiceKey> services = new();
    private readonly AddressBook addresses = new();

    /// <summary>By CPU, what its last event had: its sequence, its new socket's connection id.</summary>
    private ulong[] lastOfCpu = [];

    /// <summary>By socket, its first event.</summary>
    private int[] firstOfSocket = [];

    /// <summary>By socket, the task of its last event.</summary>
    private int[] taskOfSocket = [];

    private int[] eventsOfKind = [];

    // How many rows the columns have so far that not every event has one in.
    private int returns;
    private int arrivals;
    private int timed;
    private int counted;

    /// <summary>The lowest minor version of the format that has all that the last payload holds.</summary>
    public byte Minor => columns.Minor;

    /// <summary>The earliest and the latest timestamp of the events of the last payload; zeros if there is none.</summary>
    public (ulong First, ulong Last) Times { get; private set; }

    /// <summary>Writes the payload, not yet packed by LZ4.</summary>
    /// <param name="events">The events in order of arrival; any bits in any field come back as they were.</param>
    /// <param name="raw">Replaced by a larger array if it is too small.</param>
    /// <returns>The length of the payload in <paramref name="raw"/>; see <see cref="MaxBytesPerEvent"/>.</returns>
    public int Encode(ReadOnlySpan<TcpEvent> events, ref byte[] raw)
    {
        Reset(events.Length);
        for (var first = 0; first < events.Length; first += Tile)
        {
            var tile = events[first..Math.Min(first + Tile, events.Length)];
            AddEvents(tile, first);
            AddCounters(tile);
        }

        Times = Vectors.Range(columns.Room(ColumnId.Timestamp).AsSpan(0, events.Length));
        AddKinds();
        AddSockets();
        AddTasks();
        AddServices();
        AddAddresses();
        return columns.Write(ref raw);
    }

    /// <summary>How many events of the last payload there are of each type.</summary>
    public void CountTypes(TypeCounts types)
    {
        types.Clear();
        for (var i = 0; i < kinds.Count; i++)
        {
            types.Add(kinds.Values[i].Type, eventsOfKind[i]);
        }
    }

    private void Reset(int events)
    {
        kinds.Clear();
        cpus.Clear();
        sockets.Clear();
        tasks.Clear();
        programs.Clear();
        services.Clear();
        addresses.Clear();
        (returns, arrivals, timed, counted) = (0, 0, 0, 0);
        columns.SetRows(ChunkTable.Events, events);
        if (taskOfSocket.Length <= events)
        {
            lastOfCpu = new ulong[events + 1];
            firstOfSocket = new int[events + 1];
            taskOfSocket = new int[events + 1];
        }

        lastOfCpu.AsSpan(0, events).Clear();
    }

    /// <summary>Notes what of some events is not of their sockets or tasks.</summary>
    /// <param name="events">These.</param>
    /// <param name="first">How many there were before them.</param>
    private void AddEvents(ReadOnlySpan<TcpEvent> events, int first)
    {
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

            // Each CPU counts its events, so the next number is known unless events were lost.
            ref var last = ref lastOfCpu[cpu];
            sequences[i] = ZigZag.Encode(one.Sequence - last - 1);
            last = one.Sequence;

            var newest = sockets.Count - 1;
            sockets.Next.Socket.ReadFrom(in one);
            var socket = sockets.AddNext();
            var isReturn = socket <= newest ? 1 : 0;
            firstOfSocket[newest + 1] = first + i;
            socketBacks[returns] = (uint)(newest - socket);
            returns += isReturn;

            tasks.Next.Task.ReadFrom(in one);
            var task = tasks.AddNext();
            var isArrival = (1 - isReturn) | (task != taskOfSocket[socket] ? 1 : 0);
            taskOfSocket[socket] = task;
            eventTasks[arrivals] = (uint)task;
            arrivals += isArrival;

            var hasDuration = one.Duration != 0 ? 1 : 0;
            durations[timed] = one.Duration;
            timed += hasDuration;

            var stored = (Stored)(isReturn | (isArrival << 1) | (hasDuration << 2) | (HasCounters(one) ? (int)Stored.Counters : 0));
            eventKinds[i] = (uint)kinds.Add(new ChunkKind(one, stored));
        }
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

    private void AddKinds()
    {
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
        CountKinds(columns.Room(ColumnId.EventKind).AsSpan(0, columns.Rows(ChunkTable.Events)));
    }

    private void CountKinds(ReadOnlySpan<ulong> eventKinds)
    {
        if (eventsOfKind.Length < kinds.Count)
        {
            eventsOfKind = new int[2 * kinds.Count];
        }

        var counts = eventsOfKind.AsSpan(0, kinds.Count);
        counts.Clear();
        foreach (var kind in eventKinds)
        {
            counts[(int)kind]++;
        }
    }

    private void AddSockets()
    {
        var eventCpus = columns.Room(ColumnId.EventCpu);
        var eventKinds = columns.Room(ColumnId.EventKind);
        var connections = columns.Room(ColumnId.Connection);
        var socketServices = columns.Room(ColumnId.Service);
        var clientAddresses = columns.Room(ColumnId.ClientAddress);
        var clientPorts = columns.Room(ColumnId.ClientPort);
        lastOfCpu.AsSpan(0, cpus.Count).Clear();
        for (var i = 0; i < sockets.Count; i++)
        {
            var first = firstOfSocket[i];
            ref readonly var socket = ref sockets.Values[i].Socket;

            // Every CPU takes socket cookies out of a batch of its own, one by one.
            ref var last = ref lastOfCpu[eventCpus[first]];
            connections[i] = ZigZag.Encode(socket.Connection - last - 1);
            last = socket.Connection;

            var service = new ServiceKey(in socket, kinds.Values[(int)eventKinds[first]].Type, out var clientAddress, out var clientPort);
            socketServices[i] = (uint)services.Add(in service);
            clientAddresses[i] = addresses.Add(clientAddress);
            clientPorts[i] = clientPort;
        }

        columns.SetRows(ChunkTable.Sockets, sockets.Count);
    }

    private void AddTasks()
    {
        var pids = columns.Room(ColumnId.Pid);
        var tids = columns.Room(ColumnId.Tid);
        var taskPrograms = columns.Room(ColumnId.Program);
        var containerPids = columns.Room(ColumnId.ContainerPid);
        for (var i = 0; i < tasks.Count; i++)
        {
            ref readonly var task = ref tasks.Values[i].Task;
            pids[i] = task.Pid;
            tids[i] = ZigZag.Encode((ulong)task.Tid - task.Pid);
            containerPids[i] = task.ContainerPid;
            taskPrograms[i] = (uint)programs.Add(new ProgramKey(in task));
        }

        var uids = columns.Room(ColumnId.Uid);
        var mntns = columns.Room(ColumnId.Mntns);
        var pidns = columns.Room(ColumnId.Pidns);
        var cgroups = columns.Room(ColumnId.Cgroup);
        var commFirsts = columns.Room(ColumnId.CommFirst);
        var commLasts = columns.Room(ColumnId.CommLast);
        for (var i = 0; i < programs.Count; i++)
        {
            ref readonly var program = ref programs.Values[i].Task;
            var comm = Words.Of(program.Comm);
            uids[i] = program.Uid;
            mntns[i] = program.Mntns;
            pidns[i] = program.Pidns;
            cgroups[i] = program.Cgroup;
            (commFirsts[i], commLasts[i]) = (comm.First, comm.Last);
        }

        columns.SetRows(ChunkTable.Tasks, tasks.Count);
        columns.SetRows(ChunkTable.Programs, programs.Count);
    }

    private void AddServices()
    {
        var netns = columns.Room(ColumnId.ServiceNetns);
        var netnsIds = columns.Room(ColumnId.ServiceNetnsId);
        var serviceAddresses = columns.Room(ColumnId.ServiceAddress);
        var ports = columns.Room(ColumnId.ServicePort);
        for (var i = 0; i < services.Count; i++)
        {
            ref readonly var service = ref services.Values[i];
            netns[i] = service.Netns;
            netnsIds[i] = service.NetnsId;
            serviceAddresses[i] = addresses.Add(service.Address);
            ports[i] = service.Port;
        }

        columns.SetRows(ChunkTable.Services, services.Count);
    }

    private void AddAddresses()
    {
        addresses.Number(
            columns.Room(ColumnId.ShortAddress),
            columns.Room(ColumnId.AddressFirst),
            columns.Room(ColumnId.AddressLast));
        addresses.Resolve(columns.Room(ColumnId.ClientAddress).AsSpan(0, sockets.Count));
        addresses.Resolve(columns.Room(ColumnId.ServiceAddress).AsSpan(0, services.Count));
        columns.SetRows(ChunkTable.ShortAddresses, addresses.ShortCount);
        columns.SetRows(ChunkTable.LongAddresses, addresses.Count - addresses.ShortCount);
    }

    private static bool HasCounters(in TcpEvent one) =>
        (one.BytesSent | one.BytesAcked | one.BytesReceived
            | one.SegmentsSent | one.SegmentsReceived | one.Retransmits | one.SmoothedRtt) != 0;
}
