namespace TraceCap.Format.Columns;

/// <summary>
/// Lays the events of a chunk out as a payload: column by column, each value as a reference to or a difference from
/// what is already known, so that what is left is small. Keeps its memory from chunk to chunk; not for several threads
/// at once.
/// </summary>
public sealed class ChunkEncoder
{
    private readonly ColumnSet columns = new();
    private readonly Distinct<ulong> kinds = new();
    private readonly Distinct<ulong> cpus = new();
    private readonly Distinct<SocketKey> sockets = new();
    private readonly Distinct<TaskKey> tasks = new();
    private readonly Distinct<ProgramKey> programs = new();
    private readonly Distinct<ChunkService> services = new();
    private readonly AddressBook addresses = new();

    /// <summary>By CPU, what its last event had: its sequence, its new socket's connection id.</summary>
    private ulong[] lastOfCpu = [];

    /// <summary>By socket, the task of its last event.</summary>
    private int[] taskOfSocket = [];

    /// <summary>By socket, its first event.</summary>
    private int[] firstEvents = [];

    /// <summary>The events with counters.</summary>
    private int[] countedEvents = [];

    /// <summary>Writes the payload, not yet packed by LZ4.</summary>
    /// <param name="events">The events in order of arrival; any bits in any field come back as they were.</param>
    /// <param name="raw">Replaced by a larger array if it is too small.</param>
    /// <returns>The length of the payload in <paramref name="raw"/>.</returns>
    public int Encode(ReadOnlySpan<TcpEvent> events, ref byte[] raw)
    {
        Reset(events.Length);
        AddEvents(events);
        AddSequences(events);
        AddCounters(events);
        AddSockets(events);
        AddTasks();
        AddServices();
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
        if (taskOfSocket.Length < events)
        {
            lastOfCpu = new ulong[events];
            taskOfSocket = new int[events];
            firstEvents = new int[events];
            countedEvents = new int[events];
        }
    }

    private void AddEvents(ReadOnlySpan<TcpEvent> events)
    {
        var timestamps = columns.Room(ColumnId.Timestamp, events.Length);
        var eventCpus = columns.Room(ColumnId.EventCpu, events.Length);
        var eventKinds = columns.Room(ColumnId.EventKind, events.Length);
        var socketBacks = columns.Room(ColumnId.SocketBack, events.Length);
        var eventTasks = columns.Room(ColumnId.Task, events.Length);
        var durations = columns.Room(ColumnId.Duration, events.Length);
        var (returns, arrivals, timed, counted) = (0, 0, 0, 0);

        for (var i = 0; i < events.Length; i++)
        {
            ref readonly var one = ref events[i];
            timestamps[i] = one.Timestamp;
            eventCpus[i] = (uint)cpus.Add(one.Cpu);

            var stored = Stored.None;
            var newest = sockets.Count - 1;
            var socket = sockets.Add(new(one));
            var task = new TaskKey(one);
            ref var socketTask = ref taskOfSocket[socket];
            if (socket > newest)
            {
                firstEvents[socket] = i;
            }
            else
            {
                stored |= Stored.SocketBack;
                socketBacks[returns++] = (uint)(newest - socket);
            }

            if (socket > newest || !Distinct<TaskKey>.Same(tasks.Values[socketTask], task))
            {
                stored |= Stored.Task;
                socketTask = tasks.Add(task);
                eventTasks[arrivals++] = (uint)socketTask;
            }

            if (one.Duration != 0)
            {
                stored |= Stored.Duration;
                durations[timed++] = one.Duration;
            }

            if (HasCounters(one))
            {
                stored |= Stored.Counters;
                countedEvents[counted++] = i;
            }

            eventKinds[i] = (uint)kinds.Add(new ChunkKind(one, stored).Bits);
        }

        columns.SetRows(ChunkTable.Events, events.Length);
        columns.SetRows(ChunkTable.Returns, returns);
        columns.SetRows(ChunkTable.Arrivals, arrivals);
        columns.SetRows(ChunkTable.Durations, timed);
        columns.SetRows(ChunkTable.Counters, counted);
        columns.SetRows(ChunkTable.Kinds, kinds.Count);
        columns.SetRows(ChunkTable.Cpus, cpus.Count);
        kinds.Values.CopyTo(columns.Room(ColumnId.Kind, kinds.Count));
        cpus.Values.CopyTo(columns.Room(ColumnId.Cpu, cpus.Count));
    }

    /// <summary>Each CPU counts its events, so the next number is known unless events were lost.</summary>
    private void AddSequences(ReadOnlySpan<TcpEvent> events)
    {
        var sequences = columns.Room(ColumnId.Sequence, events.Length);
        var eventCpus = columns.Room(ColumnId.EventCpu, events.Length);
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
        var bytesSent = columns.Room(ColumnId.BytesSent, rows.Length);
        var bytesAcked = columns.Room(ColumnId.BytesAcked, rows.Length);
        var bytesReceived = columns.Room(ColumnId.BytesReceived, rows.Length);
        var segmentsSent = columns.Room(ColumnId.SegmentsSent, rows.Length);
        var segmentsReceived = columns.Room(ColumnId.SegmentsReceived, rows.Length);
        var retransmits = columns.Room(ColumnId.Retransmits, rows.Length);
        var smoothedRtts = columns.Room(ColumnId.SmoothedRtt, rows.Length);
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
        var eventCpus = columns.Room(ColumnId.EventCpu, events.Length);
        var connections = columns.Room(ColumnId.Connection, sockets.Count);
        var socketServices = columns.Room(ColumnId.Service, sockets.Count);
        var clientAddresses = columns.Room(ColumnId.ClientAddress, sockets.Count);
        var clientPorts = columns.Room(ColumnId.ClientPort, sockets.Count);
        lastOfCpu.AsSpan(0, cpus.Count).Clear();
        for (var i = 0; i < sockets.Count; i++)
        {
            ref readonly var one = ref events[firstEvents[i]];

            // Every CPU takes socket cookies out of a batch of its own, one by one.
            ref var last = ref lastOfCpu[eventCpus[firstEvents[i]]];
            connections[i] = ZigZag.Encode(one.Connection - last - 1);
            last = one.Connection;

            var local = Words.Of(one.LocalAddress);
            var peer = Words.Of(one.PeerAddress);
            if (ChunkService.IsPeer(one))
            {
                socketServices[i] = (uint)services.Add(new(peer, one.Netns, one.PeerPort | ChunkService.PeerBit));
                clientAddresses[i] = (uint)addresses.Add(local);
                clientPorts[i] = one.LocalPort;
            }
            else
            {
                socketServices[i] = (uint)services.Add(new(local, one.Netns, one.LocalPort));
                clientAddresses[i] = (uint)addresses.Add(peer);
                clientPorts[i] = one.PeerPort;
            }
        }

        columns.SetRows(ChunkTable.Sockets, sockets.Count);
    }

    private void AddTasks()
    {
        var pids = columns.Room(ColumnId.Pid, tasks.Count);
        var tids = columns.Room(ColumnId.Tid, tasks.Count);
        var taskPrograms = columns.Room(ColumnId.Program, tasks.Count);
        for (var i = 0; i < tasks.Count; i++)
        {
            ref readonly var task = ref tasks.Values[i];
            pids[i] = task.Pid;
            tids[i] = ZigZag.Encode((ulong)task.Tid - task.Pid);
            taskPrograms[i] = (uint)programs.Add(new(task.Cgroup, task.Comm, task.User));
        }

        var uids = columns.Room(ColumnId.Uid, programs.Count);
        var mntns = columns.Room(ColumnId.Mntns, programs.Count);
        var cgroups = columns.Room(ColumnId.Cgroup, programs.Count);
        var commFirsts = columns.Room(ColumnId.CommFirst, programs.Count);
        var commLasts = columns.Room(ColumnId.CommLast, programs.Count);
        for (var i = 0; i < programs.Count; i++)
        {
            ref readonly var program = ref programs.Values[i];
            uids[i] = program.Uid;
            mntns[i] = program.Mntns;
            cgroups[i] = program.Cgroup;
            (commFirsts[i], commLasts[i]) = program.Comm;
        }

        columns.SetRows(ChunkTable.Tasks, tasks.Count);
        columns.SetRows(ChunkTable.Programs, programs.Count);
    }

    private void AddServices()
    {
        var netns = columns.Room(ColumnId.ServiceNetns, services.Count);
        var serviceAddresses = columns.Room(ColumnId.ServiceAddress, services.Count);
        var ports = columns.Room(ColumnId.ServicePort, services.Count);
        for (var i = 0; i < services.Count; i++)
        {
            ref readonly var service = ref services.Values[i];
            netns[i] = service.Netns;
            serviceAddresses[i] = (uint)addresses.Add(service.Address);
            ports[i] = service.Port;
        }

        columns.SetRows(ChunkTable.Services, services.Count);
    }

    private void AddAddresses()
    {
        foreach (ref var address in columns.Room(ColumnId.ClientAddress, sockets.Count).AsSpan(0, sockets.Count))
            address = (uint)addresses.FinalIndex((int)address);

        foreach (ref var address in columns.Room(ColumnId.ServiceAddress, services.Count).AsSpan(0, services.Count))
            address = (uint)addresses.FinalIndex((int)address);

        var firsts = columns.Room(ColumnId.AddressFirst, addresses.Long.Length);
        var lasts = columns.Room(ColumnId.AddressLast, addresses.Long.Length);
        for (var i = 0; i < addresses.Long.Length; i++)
            (firsts[i], lasts[i]) = addresses.Long[i];

        addresses.Short.CopyTo(columns.Room(ColumnId.ShortAddress, addresses.Short.Length));
        columns.SetRows(ChunkTable.ShortAddresses, addresses.Short.Length);
        columns.SetRows(ChunkTable.LongAddresses, addresses.Long.Length);
    }

    private static bool HasCounters(in TcpEvent one) =>
        (one.BytesSent | one.BytesAcked | one.BytesReceived
            | one.SegmentsSent | one.SegmentsReceived | one.Retransmits | one.SmoothedRtt) != 0;
}
