using TraceCap.Format.Blocks;
using TraceCap.Format.Chunks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Reading;

/// <summary>A chunk that one thread decodes, as far as it wants to. Its memory is used again for the next one.</summary>
internal sealed class TakenChunk
{
    private readonly ChunkDecoder decoder = new();
    private BlockHeader header;
    private byte[] payload = [];
    private byte[] unpacked = [];
    private int length;
    private ReadOnlyMemory<byte> raw;

    /// <summary>Where its block begins in the file.</summary>
    internal long Offset { get; private set; }

    /// <summary>The length of its block in the file.</summary>
    internal int Length { get; private set; }

    /// <summary>How many events it has.</summary>
    internal int Events => (int)header.Events;

    /// <summary>What holds for its events.</summary>
    internal EventContext Context { get; private set; } = new();

    /// <summary>Takes the chunk that a reader stands on.</summary>
    internal void Load(CaptureReader reader)
    {
        (header, Offset, Length, Context) = (reader.Block, reader.Offset, reader.Length, reader.Known);
        length = reader.Payload.Length;
        Arrays.Grow(ref payload, length, BlockHeader.MaxPayload);
        reader.Payload.CopyTo(payload);
    }

    /// <summary>Unpacks it.</summary>
    /// <returns>Its columns, none of which is decoded before it is asked for.</returns>
    /// <exception cref="CaptureFormatException">It is malformed.</exception>
    internal ChunkColumns Open()
    {
        raw = BlockDecoder.Unpack(in header, payload.AsMemory(0, length), ref unpacked);
        return decoder.Open(raw.Span, Events);
    }

    /// <inheritdoc cref="ChunkDecoder.Assemble" />
    internal void Assemble(int first, Span<TcpEvent> events, EventParts wanted) => decoder.Assemble(raw.Span, first, events, wanted);
}
