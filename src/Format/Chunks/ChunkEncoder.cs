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

    private readonly ColumnSet columns = new();
    private readonly Distinct kinds = new();
    private readonly CpuNumbers cpus = new();
    private readonly EventGroups<SocketKey> sockets = new();
    private readonly EventGroups<TaskKey> tasks = new();
    private readonly EventGroups<ProgramKey> programs = new();
    private readonly EventGroups<ServiceKey> services = new();
    private readonly AddressBook addresses = new();

    /// <summary>By CPU, what its last event had: its sequence, its new socket's connection id.</summary>
    private ulong[] lastOfCpu = [];

    /// <summary>By socket, the task of its last event.</summary>
    private int[] taskOfSocket = [];

    /// <summary>The events with counters.</summary>
    private int[] countedEvents = [];

    /// <summary>The lowest minor version of the format that has all that the last payload holds.</summary>
    public byte Minor => columns.Minor;

    /// <summary>Writes the payload, not yet packed by LZ4.</summary>
    /// <param name="events">The events in order of arrival; any bits in any field come back as they were.</param>
    /// <param name="raw">Replaced by a larger array if it is too small.</param>
    /// <returns>The length of the payload in <paramref name="raw"/>; see <see cref="MaxBytesPerEvent"/>.</returns>
    public int Encode(ReadOnlySpan<TcpEvent> events, ref byte[] raw)
    {
        Reset(events.Length);
        AddEvents(events);
        AddSequences(events);
        AddCounters(events);
        AddSockets(events);
        AddTasks(events);
        AddServices(events);
        AddAddresses();
        return columns.Write(ref raw);
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
        columns.SetRows(ChunkTable.Events, events);
        if (taskOfSocket.Length <= events)
        {
            lastOfCpu = new ulong[events + 1];
            taskOfSocket = new int[events + 1];
            countedEvents = new int[events + 1];
        }
    }

    private void AddEvents(ReadOnlySpan<TcpEvent> events)
    {
        var timestamps = columns.Room(ColumnId.Timestamp);
        var eventCpus = columns.Room(ColumnId.EventCpu);
        var eventKinds = columns.Room(ColumnId.EventKind);
        var socketBacks = columns.Room(ColumnId.SocketBack);
        var eventTasks = columns.Room(ColumnId.Task);
        var durations = columns.Room(ColumnId.Duration);
        var (returns, arrivals, timed, counted) = (0, 0, 0, 0);

        // What the next event has cannot be foretold, so there is no branch: every column is written at its end, and
        // its end moves only if the event has a row there.
        for (var i = 0; i < events.Length; i++)
        {
            ref readonly var one = ref events[i];
            timestamps[i] = one.Timestamp;
            eventCpus[i] = cpus.Add(one.Cpu);

            var newest = sockets.Count - 1;
            var socket = sockets.Add(events, i);
            var isReturn = socket <= newest ? 1 : 0;
            socketBacks[returns] = (uint)(newest - socket);
            returns += isReturn;

            var task = tasks.Add(events, i);
            var isArrival = (1 - isReturn) | (task != taskOfSocket[socket] ? 1 : 0);
            taskOfSocket[socket] = task;
            eventTasks[arrivals] = (uint)task;
            arrivals += isArrival;

            var hasDuration = one.Duration != 0 ? 1 : 0;
            durations[timed] = one.Duration;
            timed += hasDuration;

            var hasCounters = HasCounters(one) ? 1 : 0;
            countedEvents[counted] = i;
            counted += hasCounters;

            var stored = (Stored)(isReturn | (isArrival << 1) | (hasDuration << 2) | (hasCounters << 3));
            eventKinds[i] = kinds.Add(new ChunkKind(one, stored).Bits, 0);
        }

        columns.SetRows(ChunkTable.Returns, returns);
        columns.SetRows(ChunkTable.Arrivals, arrivals);
        columns.SetRows(ChunkTable.Durations, timed);
        columns.SetRows(ChunkTable.Counters, counted);
        columns.SetRows(ChunkTable.Kinds, kinds.Count);
        columns.SetRows(ChunkTable.Cpus, cpus.Count);
        var kindBits = columns.Room(ColumnId.Kind);
        for (var i = 0; i < kinds.Count; i++)
        {
            kindBits[i] = kinds.Values[i].First;
        }

        cpus.Values.CopyTo(columns.Room(ColumnId.Cpu));
    }

    /// <summary>Each CPU counts its events, so the next number is known unless events were lost.</summary>
    private void AddSequences(ReadOnlySpan<TcpEvent> events)
    {
        var sequences = columns.Room(ColumnId.Sequence);
        var eventCpus = columns.Room(ColumnId.EventCpu);
        lastOfCpu.AsSpan(0, cpus.Count).Clear();
        for (var i = 0; i < events.Length; i++)
        {
            ref var last = ref lastOfCpu[eventCpus[i]];
            sequences[i] = ZigZag.Encode(events[i].Sequence - last - 1);
            last = events[i].Sequence;
        }
    }

    private void AddCounters(ReadOnlySpan<TcpEvent> events)
    {
        var rows = countedEvents.AsSpan(0, columns.Rows(ChunkTable.Counters));
        var bytesSent = columns.Room(ColumnId.BytesSent);
        var bytesAcked = columns.Room(ColumnId.BytesAcked);
        var bytesReceived = columns.Room(ColumnId.BytesReceived);
        var segmentsSent = columns.Room(ColumnId.SegmentsSent);
        var segmentsReceived = columns.Room(ColumnId.SegmentsReceived);
        var retransmits = columns.Room(ColumnId.Retransmits);
        var smoothedRtts = columns.Room(ColumnId.SmoothedRtt);
        for (var i = 0; i < rows.Length; i++)
        {
            ref readonly var one = ref events[rows[i]];
            bytesSent[i] = one.BytesSent;
            bytesAcked[i] = ZigZag.Encode(one.BytesAcked - one.BytesSent);
            bytesReceived[i] = one.BytesReceived;
            segmentsSent[i] = one.SegmentsSent;
            segmentsReceived[i] = one.SegmentsReceived;
            retransmits[i] = one.Retransmits;
            smoothedRtts[i] = one.SmoothedRtt;
        }
    }

    private void AddSockets(ReadOnlySpan<TcpEvent> events)
    {
        var eventCpus = columns.Room(ColumnId.EventCpu);
        var connections = columns.Room(ColumnId.Connection);
        var socketServices = columns.Room(ColumnId.Service);
        var clientAddresses = columns.Room(ColumnId.ClientAddress);
        var clientPorts = columns.Room(ColumnId.ClientPort);
        lastOfCpu.AsSpan(0, cpus.Count).Clear();
        for (var i = 0; i < sockets.Count; i++)
        {
            var first = sockets.FirstEvents[i];
            ref readonly var one = ref events[first];

            // Every CPU takes socket cookies out of a batch of its own, one by one.
            ref var last = ref lastOfCpu[eventCpus[first]];
            connections[i] = ZigZag.Encode(one.Connection - last - 1);
            last = one.Connection;

            socketServices[i] = (uint)services.Add(events, first);
            clientAddresses[i] = addresses.Add(ServiceKey.ClientAddress(one));
            clientPorts[i] = ServiceKey.ClientPort(one);
        }

        columns.SetRows(ChunkTable.Sockets, sockets.Count);
    }

    private void AddTasks(ReadOnlySpan<TcpEvent> events)
    {
        var pids = columns.Room(ColumnId.Pid);
        var tids = columns.Room(ColumnId.Tid);
        var taskPrograms = columns.Room(ColumnId.Program);
        var containerPids = columns.Room(ColumnId.ContainerPid);
        for (var i = 0; i < tasks.Count; i++)
        {
            ref readonly var task = ref events[tasks.FirstEvents[i]];
            pids[i] = task.Pid;
            tids[i] = ZigZag.Encode((ulong)task.Tid - task.Pid);
            containerPids[i] = task.ContainerPid;
            taskPrograms[i] = (uint)programs.Add(events, tasks.FirstEvents[i]);
        }

        var uids = columns.Room(ColumnId.Uid);
        var mntns = columns.Room(ColumnId.Mntns);
        var pidns = columns.Room(ColumnId.Pidns);
        var cgroups = columns.Room(ColumnId.Cgroup);
        var commFirsts = columns.Room(ColumnId.CommFirst);
        var commLasts = columns.Room(ColumnId.CommLast);
        for (var i = 0; i < programs.Count; i++)
        {
            ref readonly var program = ref events[programs.FirstEvents[i]];
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

    private void AddServices(ReadOnlySpan<TcpEvent> events)
    {
        var netns = columns.Room(ColumnId.ServiceNetns);
        var netnsIds = columns.Room(ColumnId.ServiceNetnsId);
        var serviceAddresses = columns.Room(ColumnId.ServiceAddress);
        var ports = columns.Room(ColumnId.ServicePort);
        for (var i = 0; i < services.Count; i++)
        {
            ref readonly var service = ref events[services.FirstEvents[i]];
            netns[i] = service.Netns;
            netnsIds[i] = service.NetnsId;
            serviceAddresses[i] = addresses.Add(ServiceKey.Address(service));
            ports[i] = ServiceKey.Port(service);
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
