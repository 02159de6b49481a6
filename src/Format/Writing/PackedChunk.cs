using TraceCap.Format.Blocks;
using TraceCap.Format.Chunks;
using TraceCap.Format.Events;

namespace TraceCap.Format.Writing;

/// <summary>The events of a chunk, and the block that is made of them. Is used again.</summary>
internal sealed class PackedChunk
{
    private TcpEvent[] events = [];
    private int count;
    private byte[] raw = [];
    private byte[] block = [];
    private BlockHeader header;
    private bool isWatermarkLast;

    /// <summary>What the block says of itself, but for its place.</summary>
    internal ref BlockHeader Header => ref header;

    /// <summary>Room for the header, and the payload behind it.</summary>
    internal byte[] Block => block;

    /// <summary>How many events there are of each type.</summary>
    internal TypeCounts Types { get; } = new();

    /// <summary>Begins anew.</summary>
    /// <param name="some">Holds the events; the chunk's from now on, in exchange for those that it had before.</param>
    /// <param name="length">How many they are.</param>
    /// <param name="start">What the block is to say already.</param>
    /// <param name="watermark">Null: the time of the last event.</param>
    internal void Begin(ref TcpEvent[] some, int length, in BlockHeader start, ulong? watermark)
    {
        (events, some, count) = (some, events, length);
        header = start;
        (header.Watermark, isWatermarkLast) = (watermark ?? 0, watermark is null);
    }

    /// <summary>Gives the events back that it had taken.</summary>
    internal void GiveBack(ref TcpEvent[] some) => (some, events) = (events, some);

    /// <summary>Makes the block.</summary>
    internal void Pack(ChunkEncoder encoder)
    {
        var length = encoder.Encode(events.AsSpan(0, count), ref raw);
        header.RawLength = (uint)length;
        header.Minor = encoder.Minor;
        header.Events = (uint)count;
        (header.FirstTimestamp, header.LastTimestamp) = encoder.Times;
        header.Watermark = isWatermarkLast ? header.LastTimestamp : header.Watermark;
        encoder.CountTypes(Types);
        BlockWriter.Pack(ref header, raw.AsSpan(0, length), pack: true, ref block);
    }

    /// <summary>Notes how many events there are, and of which time.</summary>
    internal static void Describe(ReadOnlySpan<TcpEvent> chunk, ref BlockHeader block)
    {
        var (first, last) = (ulong.MaxValue, 0ul);
        foreach (ref readonly var one in chunk)
        {
            first = Math.Min(first, one.Timestamp);
            last = Math.Max(last, one.Timestamp);
        }

        block.Events = (uint)chunk.Length;
        block.FirstTimestamp = chunk.IsEmpty ? 0 : first;
        block.LastTimestamp = last;
    }
}
