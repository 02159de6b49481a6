using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

/// <summary>
/// The reverse of <see cref="ChunkEncoder"/>. Keeps its memory from chunk to chunk, at most
/// <see cref="MaxBytesPerEvent"/> for each event of the largest chunk (rounded up to a power of two) and 16 KiB,
/// whatever a payload says; not for several threads at once.
/// </summary>
internal sealed class ChunkDecoder
{
    /// <summary>
    /// The most memory for each event of a chunk, in bytes: eight for each column, sixteen where it is one of
    /// addresses; the rest for sockets, tasks, services and what refers to them, and for the order of time.
    /// </summary>
    public const int MaxBytesPerEvent = 728;

    private readonly ChunkParts parts = new();
    private readonly TimeOrder order = new();

    /// <summary>Reads the events of a chunk in order of arrival.</summary>
    /// <param name="raw">The payload, unpacked by LZ4.</param>
    /// <param name="events">As many as the block header says.</param>
    /// <exception cref="CaptureFormatException">The payload is not that of so many events.</exception>
    public void Decode(ReadOnlySpan<byte> raw, Span<TcpEvent> events)
    {
        Open(raw, events.Length);
        DecodeOpened(raw, events);
    }

    /// <summary>The same of the chunk that was opened last.</summary>
    internal void DecodeOpened(ReadOnlySpan<byte> raw, Span<TcpEvent> events) => Add(raw, events, []);

    /// <summary>Reads the events of the chunk that was opened last in the order of time; of equal times the one that arrived first comes first.</summary>
    /// <param name="raw">The payload, unpacked by LZ4.</param>
    /// <param name="events">As many as the block header says.</param>
    /// <param name="arrivals">As many; takes the timestamps in the order of arrival.</param>
    /// <exception cref="CaptureFormatException">The payload is not that of so many events.</exception>
    internal void DecodeOpenedInOrder(ReadOnlySpan<byte> raw, Span<TcpEvent> events, Span<ulong> arrivals)
    {
        parts.ReadTimestamps(raw).CopyTo(arrivals);
        Add(raw, events, order.PlacesOf(arrivals));
    }

    /// <summary>Looks at a chunk without assembling its events.</summary>
    /// <param name="raw">The payload, unpacked by LZ4. Must stay while the columns are used.</param>
    /// <param name="events">As many as the block header says.</param>
    /// <exception cref="CaptureFormatException">The payload is not that of so many events.</exception>
    public ChunkColumns Open(ReadOnlySpan<byte> raw, int events)
    {
        parts.Open(raw, events);
        return new(parts, raw);
    }

    /// <summary>Sets some parts of some events of the chunk that was opened last. What is of other parts is left as it is.</summary>
    /// <param name="raw">What the chunk was opened with.</param>
    /// <param name="first">Which of its events is the first of them.</param>
    /// <param name="events">So many, and no more than there are.</param>
    /// <param name="wanted">What of them; only these columns are decoded.</param>
    /// <exception cref="CaptureFormatException">The payload is malformed.</exception>
    public void Assemble(ReadOnlySpan<byte> raw, int first, Span<TcpEvent> events, EventParts wanted) =>
        EventAssembly.Assemble(parts, raw, first, events, wanted);

    /// <summary>What is needed of the events.</summary>
    internal WantedEvents Wanted { get; set; } = WantedEvents.All;

    /// <summary>Whether the chunk that was opened last may have an event that is wanted: its dictionaries say so.</summary>
    /// <param name="raw">What it was opened with.</param>
    /// <param name="latest">If not, the latest timestamp of its events.</param>
    /// <exception cref="CaptureFormatException">The payload is malformed.</exception>
    internal bool MayHaveWanted(ReadOnlySpan<byte> raw, out ulong latest)
    {
        var may = !Wanted.AreSome || ((Wanted.Ports.IsEmpty || HasPort(raw, ColumnId.ServicePort) || HasPort(raw, ColumnId.ClientPort)) && (Wanted.Addresses is null || HasAddress(raw, Wanted.Addresses)));
        latest = 0;
        foreach (var time in may ? [] : parts.ReadTimestamps(raw))
        {
            latest = Math.Max(latest, time);
        }

        return may;
    }

    /// <summary>The latest timestamp of the events decoded last; 0 if there were none.</summary>
    internal ulong Latest { get; private set; }

    /// <summary>Whether the chunk opened last has columns or tables that this version does not know.</summary>
    internal bool HasUnknown => parts.Columns.HasUnknown;

    private bool HasPort(ReadOnlySpan<byte> raw, ColumnId column)
    {
        foreach (var port in parts.Columns.Read(raw, column))
        {
            if (Wanted.Ports.Contains((ushort)port))
            {
                return true;
            }
        }

        return false;
    }

    private bool HasAddress(ReadOnlySpan<byte> raw, Predicate<Address> wanted)
    {
        foreach (var first in parts.Columns.Read(raw, ColumnId.ShortAddress))
        {
            if (wanted(new Words(first, 0).ToAddress()))
            {
                return true;
            }
        }

        var firsts = parts.Columns.Read(raw, ColumnId.AddressFirst);
        var lasts = parts.Columns.Read(raw, ColumnId.AddressLast);
        for (var i = 0; i < firsts.Length; i++)
        {
            if (wanted(new Words(firsts[i], lasts[i]).ToAddress()))
            {
                return true;
            }
        }

        return false;
    }

    /// <param name="raw">The payload.</param>
    /// <param name="events">The events.</param>
    /// <param name="places">Where each stands; none: in the order of arrival.</param>
    private void Add(ReadOnlySpan<byte> raw, Span<TcpEvent> events, ReadOnlySpan<int> places)
    {
        AddEveryField(raw, events, places);
        if ((Wanted.Parts & EventParts.Duration) != 0)
        {
            AddDurations(raw, events, places);
        }

        if ((Wanted.Parts & EventParts.Counters) != 0)
        {
            AddCounters(raw, events, places);
        }
    }

    /// <summary>What every event has; the rest becomes 0. Each field is set, as the memory had another event, unless nobody needs the last ones: they
    /// are a third of an event's lines of the cache.</summary>
    private void AddEveryField(ReadOnlySpan<byte> raw, Span<TcpEvent> events, ReadOnlySpan<int> places)
    {
        var timestamps = parts.ReadTimestamps(raw);
        var sequences = (Wanted.Parts & EventParts.Sequence) != 0 ? parts.ReadSequences(raw) : [];
        var cpus = parts.Columns.Read(raw, ColumnId.Cpu);
        var eventCpus = parts.Columns.Read(raw, ColumnId.EventCpu);
        var kinds = parts.Columns.Read(raw, ColumnId.Kind);
        var eventKinds = parts.Columns.Read(raw, ColumnId.EventKind);
        var sockets = parts.ReadSockets(raw);
        var tasks = parts.ReadTasks(raw);
        var socketOf = parts.ReadLinks(raw).SocketOf;
        var taskOf = parts.ReadLinks(raw).TaskOf;
        var latest = 0ul;
        var hasLast = (Wanted.Parts & (EventParts.Counters | EventParts.Namespaces)) != 0;
        for (var i = 0; i < events.Length; i++)
        {
            ref var one = ref events[places.IsEmpty ? i : places[i]];
            ref readonly var socket = ref sockets[socketOf[i]];
            ref readonly var task = ref tasks[taskOf[i]];
            var kind = new ChunkKind(kinds[(int)eventKinds[i]]);
            one.Timestamp = timestamps[i];
            latest = Math.Max(latest, timestamps[i]);
            one.Connection = socket.Connection;
            one.Cgroup = task.Cgroup;
            one.Sequence = sequences.IsEmpty ? 0 : sequences[i];
            one.LocalAddress = socket.LocalAddress;
            one.PeerAddress = socket.PeerAddress;
            one.Comm = task.Comm;
            one.Pid = task.Pid;
            one.Tid = task.Tid;
            one.Uid = task.Uid;
            one.Netns = socket.Netns;
            one.Mntns = task.Mntns;
            one.LocalPort = socket.LocalPort;
            one.PeerPort = socket.PeerPort;
            one.Cpu = (ushort)cpus[(int)eventCpus[i]];
            one.Error = kind.Error;
            one.Type = kind.Type;
            one.IpVersion = kind.IpVersion;
            one.State = kind.State;
            one.Flags = kind.Flags;
            one.Duration = 0;
            if (!hasLast)
            {
                continue;
            }

            one.NetnsId = socket.NetnsId;
            one.ContainerPid = task.ContainerPid;
            one.Pidns = task.Pidns;
            one.BytesSent = one.BytesAcked = one.BytesReceived = 0;
            one.SegmentsSent = one.SegmentsReceived = one.Retransmits = one.SmoothedRtt = 0;
        }

        Latest = latest;
    }

    private void AddDurations(ReadOnlySpan<byte> raw, Span<TcpEvent> events, ReadOnlySpan<int> places)
    {
        var rows = parts.ReadLinks(raw).TimedEvents;
        var durations = parts.Columns.Read(raw, ColumnId.Duration);
        for (var i = 0; i < rows.Length; i++)
        {
            events[places.IsEmpty ? rows[i] : places[rows[i]]].Duration = durations[i];
        }
    }

    private void AddCounters(ReadOnlySpan<byte> raw, Span<TcpEvent> events, ReadOnlySpan<int> places)
    {
        var counters = new ChunkCounters(parts, raw);
        for (var i = 0; i < counters.Rows.Length; i++)
        {
            var row = counters.Rows[i];
            counters.Write(i, ref events[places.IsEmpty ? row : places[row]]);
        }
    }
}
