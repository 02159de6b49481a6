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
    private readonly Distinct<ProgramKey> programs = new();
    private readonly Distinct<ServiceKey> services = new();
    private readonly AddressBook addresses = new();

    // By CPU, the connection id of its last new socket.
    private ulong[] lastOfCpu = [];
    private int[] eventsOfKind = [];

    public ChunkEncoder() => Events = new EventColumns(columns);

    /// <summary>The events of the next payload.</summary>
    public EventColumns Events { get; }

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
        Events.Begin(events.Length);
        Events.Add(events);
        return Encode(ref raw);
    }

    /// <summary>The same of <see cref="Events"/>, to which more can be added only after they begin anew.</summary>
    public int Encode(ref byte[] raw)
    {
        programs.Clear();
        services.Clear();
        addresses.Clear();
        Events.Complete();
        Times = Vectors.Range(columns.Room(ColumnId.Timestamp).AsSpan(0, Events.Count));
        CountKinds(columns.Room(ColumnId.EventKind).AsSpan(0, Events.Count));
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
        for (var i = 0; i < Events.Kinds.Length; i++)
        {
            types.Add(Events.Kinds[i].Type, eventsOfKind[i]);
        }
    }

    private void CountKinds(ReadOnlySpan<ulong> eventKinds)
    {
        ChunkMemory.Reserve(ref eventsOfKind, Events.Kinds.Length);
        var counts = eventsOfKind.AsSpan(0, Events.Kinds.Length);
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
        var sockets = Events.Sockets;
        var kinds = Events.Kinds;
        ChunkMemory.Reserve(ref lastOfCpu, Events.Cpus.Length);
        lastOfCpu.AsSpan(0, Events.Cpus.Length).Clear();
        for (var i = 0; i < sockets.Length; i++)
        {
            var first = Events.FirstOfSocket[i];
            ref readonly var socket = ref sockets[i].Socket;

            // Every CPU takes socket cookies out of a batch of its own, one by one.
            ref var last = ref lastOfCpu[eventCpus[first]];
            connections[i] = ZigZag.Encode(socket.Connection - last - 1);
            last = socket.Connection;

            var service = new ServiceKey(in socket, kinds[(int)eventKinds[first]].Type, out var clientAddress, out var clientPort);
            socketServices[i] = (uint)services.Add(in service);
            clientAddresses[i] = addresses.Add(clientAddress);
            clientPorts[i] = clientPort;
        }

        columns.SetRows(ChunkTable.Sockets, sockets.Length);
    }

    private void AddTasks()
    {
        var pids = columns.Room(ColumnId.Pid);
        var tids = columns.Room(ColumnId.Tid);
        var taskPrograms = columns.Room(ColumnId.Program);
        var containerPids = columns.Room(ColumnId.ContainerPid);
        var tasks = Events.Tasks;
        for (var i = 0; i < tasks.Length; i++)
        {
            ref readonly var task = ref tasks[i].Task;
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

        columns.SetRows(ChunkTable.Tasks, tasks.Length);
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
        addresses.Resolve(columns.Room(ColumnId.ClientAddress).AsSpan(0, Events.Sockets.Length));
        addresses.Resolve(columns.Room(ColumnId.ServiceAddress).AsSpan(0, services.Count));
        columns.SetRows(ChunkTable.ShortAddresses, addresses.ShortCount);
        columns.SetRows(ChunkTable.LongAddresses, addresses.Count - addresses.ShortCount);
    }
}
