using TraceCap.Format.Blocks;
using TraceCap.Format.Chunks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Reading;

/// <summary>What a reader makes of the events of a chunk.</summary>
internal enum ChunkForm
{
    /// <summary>Events in the order of arrival.</summary>
    Rows,

    /// <summary>Events in the order of time.</summary>
    OrderedRows,

    /// <summary>A <see cref="DecodedChunk"/>.</summary>
    Columns,
}

/// <summary>Unpacks and decodes blocks of any kind, one at a time. Keeps its memory from block to block.</summary>
internal sealed class BlockDecoder
{
    /// <summary>So many bytes of header, context and footer blocks are decoded before memory is collected: a file may be made to
    /// have one after another of which each becomes many times as large in memory, and the collector lets several go by.</summary>
    private const int CollectAfter = 8 << 20;

    private readonly ChunkDecoder chunks = new();
    private long metadataBytes;
    private byte[] raw = [];

    /// <summary>Fills in what the block holds, or why it is malformed; nothing if it was passed over.</summary>
    /// <param name="block">The block.</param>
    /// <param name="form">What is made of a chunk.</param>
    /// <param name="wanted">See <see cref="ChunkDecoder.Wanted"/>.</param>
    internal void Decode(LoadedBlock block, ChunkForm form = ChunkForm.Rows, WantedEvents? wanted = null)
    {
        chunks.Wanted = wanted ?? WantedEvents.All;
        if (block.IsPassedOver)
        {
            return;
        }

        if (block.Header.Kind != BlockKind.Chunk && (metadataBytes += block.Header.RawLength) > CollectAfter)
        {
            metadataBytes = 0;
            GC.Collect();
        }

        try
        {
            switch (block.Header.Kind)
            {
                case BlockKind.Header:
                    block.CaptureHeader = CaptureHeader.Read(Unpack(block));
                    break;
                case BlockKind.Chunk:
                    DecodeChunk(block, form);
                    break;
                case BlockKind.Context:
                    block.Context = CaptureContext.Read(Unpack(block));
                    break;
                case BlockKind.Footer:
                    block.Footer = CaptureFooter.Read(Unpack(block));
                    break;
            }
        }
        catch (CaptureFormatException error)
        {
            block.NoEvents();
            block.Malformed = error.Message;
        }
    }

    private void DecodeChunk(LoadedBlock block, ChunkForm form)
    {
        var payload = Unpack(block).Span;
        var count = (int)block.Header.Events;
        if (form == ChunkForm.Columns)
        {
            var columns = block.NewColumns();
            columns.Decode(payload, count);
            block.HasUnknown = columns.HasUnknown;
            block.Latest = count == 0 ? null : columns.Times.Last;
            return;
        }

        chunks.Open(payload, count);
        block.HasUnknown = chunks.HasUnknown;
        if (!chunks.MayHaveWanted(payload, out var latest))
        {
            block.Latest = latest;
            return;
        }

        if (form == ChunkForm.OrderedRows)
        {
            chunks.DecodeOpenedInOrder(payload, block.NewOrderedEvents(count, out var arrivals), arrivals);
        }
        else
        {
            chunks.DecodeOpened(payload, block.NewEvents(count));
        }

        block.Latest = block.Events.IsEmpty ? null : chunks.Latest;
    }

    private ReadOnlyMemory<byte> Unpack(LoadedBlock block) => Unpack(in block.Header, block.Payload, ref raw);

    /// <summary>Unpacks a payload.</summary>
    /// <param name="header">What its block says of it.</param>
    /// <param name="payload">As it is stored.</param>
    /// <param name="raw">Takes it, unless it is stored as it is.</param>
    /// <exception cref="CaptureFormatException">It is not what the header says.</exception>
    internal static ReadOnlyMemory<byte> Unpack(in BlockHeader header, ReadOnlyMemory<byte> payload, ref byte[] raw)
    {
        var length = (int)header.RawLength;
        switch (header.Codec)
        {
            case BlockCodec.Stored:
                return payload.Length == length
                    ? payload
                    : throw new CaptureFormatException($"a stored payload of {payload.Length} bytes claims to be {length}");
            case BlockCodec.Lz4:
                Arrays.Grow(ref raw, length, BlockHeader.MaxPayload);
                return Lz4Block.TryUnpack(payload.Span, raw.AsSpan(0, length))
                    ? raw.AsMemory(0, length)
                    : throw new CaptureFormatException($"the payload is no LZ4 block that unpacks to its {length} bytes");
            default:
                throw new CaptureFormatException(
                    $"the payload is packed with codec {(byte)header.Codec}, which this version does not know");
        }
    }
}
