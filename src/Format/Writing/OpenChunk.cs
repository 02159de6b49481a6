using TraceCap.Format.Blocks;
using TraceCap.Format.Chunks;
using TraceCap.Format.Events;

namespace TraceCap.Format.Writing;

/// <summary>The events of a section that are in no chunk yet: as rows, or in columns where they come out of those of other chunks.</summary>
/// <param name="capacity">As many are in a chunk.</param>
/// <param name="packer">Has what keeps columns.</param>
/// <param name="ofSeveralHosts">Whether connection ids tell whose numbers they are.</param>
internal sealed class OpenChunk(int capacity, ChunkPacker packer, bool ofSeveralHosts)
{
    private readonly HeldNumbers numbers = new(ofSeveralHosts);
    private TcpEvent[] rows = [];
    private int held;
    private ChunkEncoder? columns;

    /// <summary>How many events there are.</summary>
    internal int Count => columns?.Events.Count ?? held;

    /// <summary>Whether it is to be closed.</summary>
    internal bool IsFull => Count == capacity;

    /// <summary>Adds events in the order of their arrival.</summary>
    /// <returns>How many there was room for.</returns>
    internal int Add(ReadOnlySpan<TcpEvent> events)
    {
        var some = events[..Math.Min(capacity - Count, events.Length)];
        if (columns is not null)
        {
            columns.Events.Add(some);
            return some.Length;
        }

        Reserve(held + some.Length);
        some.CopyTo(rows.AsSpan(held));
        held += some.Length;
        return some.Length;
    }

    /// <summary>Adds events of a chunk, from one of them on.</summary>
    /// <returns>How many there was room for.</returns>
    internal int Add(DecodedChunk chunk, int first)
    {
        if (columns is null)
        {
            columns = packer.NextEncoder();
            columns.Events.Begin(capacity);
            columns.Events.Add(rows.AsSpan(0, held));
        }

        var some = Math.Min(capacity - Count, chunk.Count - first);
        columns.Events.Add(chunk, first, some);
        return some;
    }

    /// <summary>What the events refer to.</summary>
    internal HeldNumbers Numbers
    {
        get
        {
            if (columns is null)
            {
                numbers.See(rows.AsSpan(0, held));
            }
            else
            {
                numbers.See(columns.Events);
            }

            return numbers;
        }
    }

    /// <summary>Closes it: a chunk takes the events.</summary>
    /// <param name="chunk">Gives room for those of the next one.</param>
    /// <param name="start">What the block is to say already.</param>
    /// <param name="watermark">Null: the time of the last event.</param>
    internal void MoveTo(PackedChunk chunk, in BlockHeader start, ulong? watermark)
    {
        chunk.Begin(in start, watermark);
        if (columns is null)
        {
            chunk.Take(ref rows, held);
        }
        else
        {
            chunk.Take(columns);
        }

        (held, columns) = (0, null);
        numbers.Clear();
    }

    /// <summary>Takes the room back of a chunk that is written.</summary>
    internal void TakeRoomOf(PackedChunk chunk) => chunk.GiveBack(ref rows);

    /// <summary>Forgets the events.</summary>
    internal void Clear()
    {
        held = 0;
        columns?.Events.Begin(capacity);
        numbers.Clear();
    }

    /// <summary>A section may have but a few events, and a file many thousands of sections.</summary>
    private void Reserve(int count)
    {
        if (rows.Length < count)
        {
            Array.Resize(ref rows, Math.Clamp(2 * rows.Length, count, capacity));
        }
    }
}
