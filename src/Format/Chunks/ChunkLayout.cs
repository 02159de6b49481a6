namespace TraceCap.Format.Chunks;

/// <summary>The tables of a chunk. The value is the position of the table's row count at its start.</summary>
internal enum ChunkTable
{
    /// <summary>One row per event, in order of arrival.</summary>
    Events,

    /// <summary>The combinations of type and the like that occur, and what else is stored for such an event.</summary>
    Kinds,

    /// <summary>The CPUs that occur.</summary>
    Cpus,

    /// <summary>One row per event on a socket that an earlier event of the chunk was on.</summary>
    Returns,

    /// <summary>One row per event whose task is not the one of the socket's previous event.</summary>
    Arrivals,

    /// <summary>One row per event with a duration.</summary>
    Durations,

    /// <summary>One row per event with counters.</summary>
    Counters,

    /// <summary>One row per socket, in order of its first event.</summary>
    Sockets,

    /// <summary>The listening ends of the sockets.</summary>
    Services,

    /// <summary>The addresses of which only the first four bytes are not zero.</summary>
    ShortAddresses,

    /// <summary>All other addresses. Their indices follow those of the short ones.</summary>
    LongAddresses,

    /// <summary>The threads that occur.</summary>
    Tasks,

    /// <summary>What the threads of a program have in common.</summary>
    Programs,
}

/// <summary>The columns of a chunk. The value is the id in the file.</summary>
internal enum ColumnId : byte
{
    EventKind,
    Timestamp,
    EventCpu,
    Sequence,
    SocketBack,
    Task,
    Duration,
    BytesSent,
    BytesAcked,
    BytesReceived,
    SegmentsSent,
    SegmentsReceived,
    Retransmits,
    SmoothedRtt,
    Connection,
    Service,
    ClientAddress,
    ClientPort,
    ServiceNetns,
    ServiceAddress,
    ServicePort,
    ShortAddress,
    AddressFirst,
    AddressLast,
    Pid,
    Tid,
    Program,
    Uid,
    Mntns,
    Cgroup,
    CommFirst,
    CommLast,
    Kind,
    Cpu,
    ServiceNetnsId,
    ContainerPid,
    Pidns,
}

/// <summary>One column: whose rows it describes, how its values are laid down, and which values it may have.</summary>
internal readonly record struct Column(ColumnId Id, ChunkTable Table, ColumnEncoding Encoding)
{
    /// <summary>The values are below it; 0 if they may use all 64 bits.</summary>
    public ulong Limit { get; init; }

    /// <summary>The values are indices of this table's rows; the addresses' tables count as one.</summary>
    public ChunkTable? RefersTo { get; init; }

    /// <summary>The minor version of the format that it came with.</summary>
    public byte Minor { get; init; }
}

/// <summary>
/// Which columns a chunk has. To add one, add its line: readers that do not know it skip it, and where it is missing
/// all its values are 0.
/// </summary>
internal static class ChunkLayout
{
    private const ulong Bits16 = 1UL << 16;
    private const ulong Bits17 = 1UL << 17;
    private const ulong Bits32 = 1UL << 32;

    /// <summary>In the order of their ids.</summary>
    public static readonly Column[] Columns =
    [
        new(ColumnId.EventKind, ChunkTable.Events, ColumnEncoding.Packed) { RefersTo = ChunkTable.Kinds },
        new(ColumnId.Timestamp, ChunkTable.Events, ColumnEncoding.Delta),
        new(ColumnId.EventCpu, ChunkTable.Events, ColumnEncoding.Packed) { RefersTo = ChunkTable.Cpus },
        new(ColumnId.Sequence, ChunkTable.Events, ColumnEncoding.Packed),
        new(ColumnId.SocketBack, ChunkTable.Returns, ColumnEncoding.Packed),
        new(ColumnId.Task, ChunkTable.Arrivals, ColumnEncoding.Packed) { RefersTo = ChunkTable.Tasks },
        new(ColumnId.Duration, ChunkTable.Durations, ColumnEncoding.Packed),
        new(ColumnId.BytesSent, ChunkTable.Counters, ColumnEncoding.Packed),
        new(ColumnId.BytesAcked, ChunkTable.Counters, ColumnEncoding.Packed),
        new(ColumnId.BytesReceived, ChunkTable.Counters, ColumnEncoding.Packed),
        new(ColumnId.SegmentsSent, ChunkTable.Counters, ColumnEncoding.Packed) { Limit = Bits32 },
        new(ColumnId.SegmentsReceived, ChunkTable.Counters, ColumnEncoding.Packed) { Limit = Bits32 },
        new(ColumnId.Retransmits, ChunkTable.Counters, ColumnEncoding.Packed) { Limit = Bits32 },
        new(ColumnId.SmoothedRtt, ChunkTable.Counters, ColumnEncoding.Packed) { Limit = Bits32 },
        new(ColumnId.Connection, ChunkTable.Sockets, ColumnEncoding.Packed),
        new(ColumnId.Service, ChunkTable.Sockets, ColumnEncoding.Packed) { RefersTo = ChunkTable.Services },
        new(ColumnId.ClientAddress, ChunkTable.Sockets, ColumnEncoding.Packed) { RefersTo = ChunkTable.ShortAddresses },
        new(ColumnId.ClientPort, ChunkTable.Sockets, ColumnEncoding.Packed) { Limit = Bits16 },
        new(ColumnId.ServiceNetns, ChunkTable.Services, ColumnEncoding.Packed) { Limit = Bits32 },
        new(ColumnId.ServiceAddress, ChunkTable.Services, ColumnEncoding.Packed)
        {
            RefersTo = ChunkTable.ShortAddresses,
        },
        new(ColumnId.ServicePort, ChunkTable.Services, ColumnEncoding.Packed) { Limit = Bits17 },
        new(ColumnId.ShortAddress, ChunkTable.ShortAddresses, ColumnEncoding.Packed) { Limit = Bits32 },
        new(ColumnId.AddressFirst, ChunkTable.LongAddresses, ColumnEncoding.Packed),
        new(ColumnId.AddressLast, ChunkTable.LongAddresses, ColumnEncoding.Packed),
        new(ColumnId.Pid, ChunkTable.Tasks, ColumnEncoding.Delta) { Limit = Bits32 },
        new(ColumnId.Tid, ChunkTable.Tasks, ColumnEncoding.Packed),
        new(ColumnId.Program, ChunkTable.Tasks, ColumnEncoding.Packed) { RefersTo = ChunkTable.Programs },
        new(ColumnId.Uid, ChunkTable.Programs, ColumnEncoding.Packed) { Limit = Bits32 },
        new(ColumnId.Mntns, ChunkTable.Programs, ColumnEncoding.Packed) { Limit = Bits32 },
        new(ColumnId.Cgroup, ChunkTable.Programs, ColumnEncoding.Packed),
        new(ColumnId.CommFirst, ChunkTable.Programs, ColumnEncoding.Packed),
        new(ColumnId.CommLast, ChunkTable.Programs, ColumnEncoding.Packed),
        new(ColumnId.Kind, ChunkTable.Kinds, ColumnEncoding.Packed) { Limit = ChunkKind.Limit },
        new(ColumnId.Cpu, ChunkTable.Cpus, ColumnEncoding.Packed) { Limit = Bits16 },
        new(ColumnId.ServiceNetnsId, ChunkTable.Services, ColumnEncoding.Packed) { Minor = 1 },
        new(ColumnId.ContainerPid, ChunkTable.Tasks, ColumnEncoding.Packed) { Limit = Bits32, Minor = 1 },
        new(ColumnId.Pidns, ChunkTable.Programs, ColumnEncoding.Packed) { Limit = Bits32, Minor = 1 },
    ];

    /// <summary>How many tables this version knows.</summary>
    public const int Tables = (int)ChunkTable.Programs + 1;
}
