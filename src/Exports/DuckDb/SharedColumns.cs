using TraceCap.Analyzer.Filters;
using TraceCap.Exports.Buffers;
using TraceCap.Exports.Schema;
using TraceCap.Format.Chunks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Exports.DuckDb;

/// <summary>What events of a chunk have in common, so that a column which is made of that alone has one value for all of them.</summary>
internal enum SharedBy
{
    /// <summary>Nothing: each event has values of its own.</summary>
    None,

    /// <summary>Being in the same chunk.</summary>
    Chunk,

    /// <summary>The combination of type, IP version, state, flags and error.</summary>
    Kind,

    /// <summary>The task.</summary>
    Task,

    /// <summary>The task, and the host of a merged capture.</summary>
    TaskOfHost,

    /// <summary>The socket.</summary>
    Socket,

    /// <summary>The socket, and the family that its addresses are of.</summary>
    Ends,
}

/// <summary>
/// Columns whose values events of a chunk share: they are made once for each task, say, of which a chunk has a few, and each event has
/// the place of its own among them. Making them is what takes the time; hence a query of such columns is as fast as their places are copied.
/// </summary>
/// <param name="by">What they share.</param>
/// <param name="columns">The columns.</param>
internal sealed class SharedColumns(SharedBy by, IReadOnlyList<BoundColumn<EventGet>> columns)
{
    private readonly EventBatch batch = new(columns);
    private readonly TcpEvent[] waiting = new TcpEvent[256];
    private readonly Dictionary<(int Task, int Host), int> tasks = [];
    private int[] places = [];
    private int[] picked = [];
    private int[] ends = [];
    private int[] hosts = [];
    private int waits;
    private int count;

    /// <summary>The columns, of the rows that were chosen last.</summary>
    internal IReadOnlyList<ScanColumn> Columns => field ??= [.. batch.Columns.Select(values => new ScanColumn(values))];

    /// <summary>Goes on to another chunk.</summary>
    /// <param name="capture">The name of its capture.</param>
    /// <param name="chunk">Its columns.</param>
    /// <param name="events">How many events it has.</param>
    /// <param name="context">What holds for them.</param>
    /// <exception cref="CaptureFormatException">The chunk is malformed.</exception>
    internal void Load(string capture, in ChunkColumns chunk, int events, EventContext context)
    {
        batch.Clear();
        batch.Capture = capture;
        count = 0;
        ChunkMemory.Reserve(ref places, events);
        switch (by)
        {
            case SharedBy.Kind:
                OfKinds(chunk.Kinds, chunk.KindOf, context);
                break;
            case SharedBy.Task:
                OfTasks(in chunk, 0, context);
                break;
            case SharedBy.TaskOfHost:
                OfTasksOfHosts(in chunk, context);
                break;
            case SharedBy.Socket:
                OfSockets(chunk.Sockets, chunk.SocketOf, context);
                break;
            case SharedBy.Ends:
                OfEnds(in chunk, context);
                break;
            default:
                places.AsSpan(0, events).Clear();
                Next(context) = default;
                break;
        }

        Add(context);
    }

    /// <summary>Chooses so many events of the chunk, from one on, to be the rows.</summary>
    internal void Choose(int first, int rows) => Show(places.AsMemory(first, rows));

    /// <summary>Chooses these events of the chunk to be the rows.</summary>
    internal void Choose(ReadOnlySpan<int> events)
    {
        ChunkMemory.Reserve(ref picked, events.Length);
        for (var i = 0; i < events.Length; i++)
        {
            picked[i] = places[events[i]];
        }

        Show(picked.AsMemory(0, events.Length));
    }

    private void Show(ReadOnlyMemory<int> some)
    {
        foreach (var column in Columns)
        {
            column.Places = some;
        }
    }

    private void OfKinds(ReadOnlySpan<ulong> kinds, ReadOnlySpan<ulong> kindOf, EventContext context)
    {
        for (var i = 0; i < kindOf.Length; i++)
        {
            places[i] = (int)kindOf[i];
        }

        foreach (var kind in kinds)
        {
            new ChunkKind(kind).WriteTo(ref Next(context));
        }
    }

    private void OfTasks(in ChunkColumns chunk, ulong connection, EventContext context)
    {
        chunk.TaskOf.CopyTo(places);
        foreach (ref readonly var task in chunk.Tasks)
        {
            ref var one = ref Next(context);
            task.WriteTo(ref one);
            one.Connection = connection;
        }
    }

    private void OfSockets(ReadOnlySpan<ChunkSocket> sockets, ReadOnlySpan<int> socketOf, EventContext context)
    {
        socketOf.CopyTo(places);
        foreach (ref readonly var socket in sockets)
        {
            socket.WriteTo(ref Next(context));
        }
    }

    /// <summary>Of which family a socket's addresses are, its events say.</summary>
    private void OfEnds(in ChunkColumns chunk, EventContext context)
    {
        var kinds = chunk.Kinds;
        var kindOf = chunk.KindOf;
        var sockets = chunk.Sockets;
        var socketOf = chunk.SocketOf;
        ChunkMemory.Reserve(ref ends, 2 * sockets.Length);
        ends.AsSpan(0, 2 * sockets.Length).Fill(-1);
        for (var i = 0; i < socketOf.Length; i++)
        {
            var version = new ChunkKind(kinds[(int)kindOf[i]]).IpVersion;
            ref var place = ref ends[(2 * socketOf[i]) + (version == 4 ? 0 : 1)];
            if (place < 0)
            {
                place = count;
                ref var one = ref Next(context);
                sockets[socketOf[i]].WriteTo(ref one);
                one.IpVersion = version;
            }

            places[i] = place;
        }
    }

    /// <summary>The tasks of several hosts may have the same numbers; of which host one is, the number of its socket says.</summary>
    private void OfTasksOfHosts(in ChunkColumns chunk, EventContext context)
    {
        var sockets = chunk.Sockets;
        ChunkMemory.Reserve(ref hosts, sockets.Length);
        var isOne = true;
        for (var i = 0; i < sockets.Length; i++)
        {
            hosts[i] = sockets[i].Connection == 0 ? -1 : MergedHost.NumberOf(sockets[i].Connection);
            isOne &= hosts[i] == hosts[0];
        }

        if (isOne)
        {
            OfTasks(in chunk, sockets.IsEmpty ? 0 : sockets[0].Connection, context);
            return;
        }

        tasks.Clear();
        var all = chunk.Tasks;
        var taskOf = chunk.TaskOf;
        var socketOf = chunk.SocketOf;
        for (var i = 0; i < taskOf.Length; i++)
        {
            var key = (taskOf[i], hosts[socketOf[i]]);
            if (!tasks.TryGetValue(key, out var place))
            {
                place = count;
                tasks.Add(key, place);
                ref var one = ref Next(context);
                all[taskOf[i]].WriteTo(ref one);
                one.Connection = sockets[socketOf[i]].Connection;
            }

            places[i] = place;
        }
    }

    /// <summary>An event to be made, of which the values of the next place are those.</summary>
    private ref TcpEvent Next(EventContext context)
    {
        if (waits == waiting.Length)
        {
            Add(context);
        }

        count++;
        return ref waiting[waits++];
    }

    private void Add(EventContext context)
    {
        batch.Add(waiting.AsSpan(0, waits), context);
        waits = 0;
    }
}
