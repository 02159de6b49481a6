using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

/// <summary>Makes rows of the columns of a chunk, with no more of each than is asked for: part by part, so that each loop reads one
/// column.</summary>
internal static class EventAssembly
{
    /// <inheritdoc cref="ChunkDecoder.Assemble" />
    internal static void Assemble(ChunkParts parts, ReadOnlySpan<byte> raw, int first, Span<TcpEvent> events, EventParts wanted)
    {
        if ((wanted & EventParts.Time) != 0)
        {
            SetTimes(parts.ReadTimestamps(raw).Slice(first, events.Length), events);
        }

        if ((wanted & EventParts.Kind) != 0)
        {
            SetKinds(parts.Columns.Read(raw, ColumnId.Kind), parts.Columns.Read(raw, ColumnId.EventKind).Slice(first, events.Length), events);
        }

        if ((wanted & EventParts.Cpu) != 0)
        {
            SetCpus(parts.Columns.Read(raw, ColumnId.Cpu), parts.Columns.Read(raw, ColumnId.EventCpu).Slice(first, events.Length), events);
        }

        if ((wanted & EventParts.Sequence) != 0)
        {
            SetSequences(parts.ReadSequences(raw).Slice(first, events.Length), events);
        }

        if ((wanted & EventParts.Socket) != 0)
        {
            SetSockets(parts.ReadSockets(raw), parts.ReadLinks(raw).SocketOf.Slice(first, events.Length), events);
        }

        if ((wanted & EventParts.Task) != 0)
        {
            SetTasks(parts.ReadTasks(raw), parts.ReadLinks(raw).TaskOf.Slice(first, events.Length), events);
        }

        if ((wanted & EventParts.Duration) != 0)
        {
            SetDurations(parts, raw, first, events);
        }

        if ((wanted & EventParts.Counters) != 0)
        {
            SetCounters(parts, raw, first, events);
        }
    }

    private static void SetTimes(ReadOnlySpan<ulong> timestamps, Span<TcpEvent> events)
    {
        for (var i = 0; i < events.Length; i++)
        {
            events[i].Timestamp = timestamps[i];
        }
    }

    private static void SetKinds(ReadOnlySpan<ulong> kinds, ReadOnlySpan<ulong> kindOf, Span<TcpEvent> events)
    {
        for (var i = 0; i < events.Length; i++)
        {
            new ChunkKind(kinds[(int)kindOf[i]]).WriteTo(ref events[i]);
        }
    }

    private static void SetCpus(ReadOnlySpan<ulong> cpus, ReadOnlySpan<ulong> cpuOf, Span<TcpEvent> events)
    {
        for (var i = 0; i < events.Length; i++)
        {
            events[i].Cpu = (ushort)cpus[(int)cpuOf[i]];
        }
    }

    private static void SetSequences(ReadOnlySpan<ulong> sequences, Span<TcpEvent> events)
    {
        for (var i = 0; i < events.Length; i++)
        {
            events[i].Sequence = sequences[i];
        }
    }

    private static void SetSockets(ReadOnlySpan<ChunkSocket> sockets, ReadOnlySpan<int> socketOf, Span<TcpEvent> events)
    {
        for (var i = 0; i < events.Length; i++)
        {
            sockets[socketOf[i]].WriteTo(ref events[i]);
        }
    }

    private static void SetTasks(ReadOnlySpan<EventTask> tasks, ReadOnlySpan<int> taskOf, Span<TcpEvent> events)
    {
        for (var i = 0; i < events.Length; i++)
        {
            tasks[taskOf[i]].WriteTo(ref events[i]);
        }
    }

    private static void SetDurations(ChunkParts parts, ReadOnlySpan<byte> raw, int first, Span<TcpEvent> events)
    {
        var rows = parts.ReadLinks(raw).TimedEvents;
        var durations = parts.Columns.Read(raw, ColumnId.Duration);
        foreach (ref var one in events)
        {
            one.Duration = 0;
        }

        for (var i = RowFrom(rows, first); i < rows.Length && rows[i] < first + events.Length; i++)
        {
            events[rows[i] - first].Duration = durations[i];
        }
    }

    private static void SetCounters(ChunkParts parts, ReadOnlySpan<byte> raw, int first, Span<TcpEvent> events)
    {
        var counters = new ChunkCounters(parts, raw);
        foreach (ref var one in events)
        {
            one.BytesSent = one.BytesAcked = one.BytesReceived = 0;
            one.SegmentsSent = one.SegmentsReceived = one.Retransmits = one.SmoothedRtt = 0;
        }

        for (var i = RowFrom(counters.Rows, first); i < counters.Rows.Length && counters.Rows[i] < first + events.Length; i++)
        {
            counters.Write(i, ref events[counters.Rows[i] - first]);
        }
    }

    /// <summary>Where in ascending rows the first one is that is not before an event.</summary>
    internal static int RowFrom(ReadOnlySpan<int> rows, int first) => rows.BinarySearch(first) is var place && place < 0 ? ~place : place;
}
