using TraceCap.Format.Blocks;
using TraceCap.Format.Chunks;
using TraceCap.Format.Events;
using TraceCap.Format.Reading;

namespace TraceCap.Format.Writing;

/// <summary>The events of a chunk, and the block that is made of them. Is used again.</summary>
internal sealed class PackedChunk
{
    private TcpEvent[] events = [];
    private int count;
    private ChunkEncoder? filled;
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
    /// <param name="start">What the block is to say already.</param>
    /// <param name="watermark">Null: the time of the last event.</param>
    internal void Begin(in BlockHeader start, ulong? watermark)
    {
        header = start;
        (header.Watermark, isWatermarkLast) = (watermark ?? 0, watermark is null);
    }

    /// <summary>Takes the events.</summary>
    /// <param name="some">Holds them; the chunk's from now on, in exchange for those that it had before.</param>
    /// <param name="length">How many they are.</param>
    internal void Take(ref TcpEvent[] some, int length) => (events, some, count) = (some, events, length);

    /// <summary>Takes events that an encoder has already.</summary>
    internal void Take(ChunkEncoder encoder) => filled = encoder;

    /// <summary>Gives the events back that it had taken.</summary>
    internal void GiveBack(ref TcpEvent[] some) => (some, events) = (events, some);

    /// <summary>Makes the block.</summary>
    /// <param name="idle">Encodes, unless an encoder has the events.</param>
    /// <returns>The encoder, which is idle again.</returns>
    internal ChunkEncoder Pack(Func<ChunkEncoder> idle)
    {
        var encoder = filled ?? idle();
        var length = filled is null ? encoder.Encode(events.AsSpan(0, count), ref raw) : encoder.Encode(ref raw);
        filled = null;
        header.RawLength = (uint)length;
        header.Minor = encoder.Minor;
        header.Events = (uint)encoder.Events.Count;
        (header.FirstTimestamp, header.LastTimestamp) = encoder.Times;
        header.Watermark = isWatermarkLast ? header.LastTimestamp : header.Watermark;
        encoder.CountTypes(Types);
        BlockWriter.Pack(ref header, raw.AsSpan(0, length), pack: true, ref block);
        return encoder;
    }

    /// <summary>Notes how many events a reader's chunk has, and of which time.</summary>
    internal static void Describe(CaptureReader reader, ref BlockHeader block)
    {
        var (first, last) = reader.Columns?.Times ?? (ulong.MaxValue, 0ul);
        foreach (ref readonly var one in reader.Events)
        {
            first = Math.Min(first, one.Timestamp);
            last = Math.Max(last, one.Timestamp);
        }

        block.Events = (uint)reader.EventCount;
        (block.FirstTimestamp, block.LastTimestamp) = block.Events == 0 ? (0, 0) : (first, last);
    }
}
