using System.Buffers;
using System.Runtime.InteropServices;
using K4os.Compression.LZ4;
using TraceCap.Format.Columns;

namespace TraceCap.Format;

/// <summary>
/// Writes one section of a capture to a stream that need not seek: a header block, chunks and context blocks, a footer.
/// Every block is one <see cref="Stream.Write(ReadOnlySpan{byte})"/>. Without a <see cref="Complete"/> the section is
/// one that was cut short, readable up to the last block.
/// </summary>
public sealed class CaptureWriter
{
    /// <summary>The size of the events of a chunk, in memory, at which it is closed if the caller says nothing: 1 MiB.</summary>
    public const int DefaultChunkBytes = 1 << 20;

    private readonly Stream output;
    private readonly Guid fileId;
    private readonly TcpEvent[] events;
    private readonly ChunkEncoder encoder = new();
    private readonly ArrayBufferWriter<byte> metadata = new(1024);
    private readonly Dictionary<TcpEventType, ulong> eventsByType = [];
    private readonly BlockIndex index = new();
    private byte[] raw = [];
    private byte[] block = [];
    private int held;
    private uint sequence;
    private ulong first;
    private ulong last;
    private ulong latest;
    private ulong promised;
    private Ledger written;
    private bool completed;

    /// <summary>Begins a section and writes its header block.</summary>
    /// <param name="output">Stays open, and is never sought or flushed.</param>
    /// <param name="header">Goes into the header block.</param>
    /// <param name="chunkBytes">The size of the events of a chunk, in memory, at which it is closed: between one event
    /// and <see cref="BlockHeader.MaxEvents"/> of them.</param>
    /// <param name="fileId">Tells the section's blocks from those of others; random if not given.</param>
    public CaptureWriter(Stream output, CaptureHeader header, int chunkBytes = DefaultChunkBytes, Guid? fileId = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(chunkBytes, TcpEvent.Size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(chunkBytes, BlockHeader.MaxEvents * TcpEvent.Size);
        this.output = output;
        this.fileId = fileId ?? Guid.NewGuid();
        events = new TcpEvent[chunkBytes / TcpEvent.Size];
        header.Write(metadata);
        WriteMetadata(BlockKind.Header);
    }

    /// <summary>Bytes written.</summary>
    public long Length { get; private set; }

    /// <summary>Events appended.</summary>
    public ulong Events { get; private set; }

    /// <summary>Events of the chunks written.</summary>
    public ulong EventsWritten { get; private set; }

    /// <summary>Chunks written.</summary>
    public long Chunks { get; private set; }

    /// <summary>Bytes of all chunk payloads before they were packed.</summary>
    public long RawBytes { get; private set; }

    /// <summary>Events of all chunks written so far, by type.</summary>
    public IReadOnlyDictionary<TcpEventType, ulong> EventsByType => eventsByType;

    /// <summary>Whether events were appended that a reader of what is written so far cannot give yet: they wait for their
    /// chunk to be closed, or for a later <see cref="Settled"/>.</summary>
    public bool IsBehind => held > 0 || latest > promised;

    /// <summary>
    /// The promise that no event still to be appended is earlier: a reader then gives all earlier ones at once. Set it
    /// after <see cref="Append(ReadOnlySpan{TcpEvent})"/>, which may close a chunk before all events are in one. Null
    /// for a writer whose events come in time order.
    /// </summary>
    public ulong? Settled { get; set; }

    /// <summary>
    /// Where events went since the section began. Null for a writer that loses none: then all appended events count as
    /// emitted.
    /// </summary>
    public Ledger? Ledger { get; set; }

    private Ledger CurrentLedger => Ledger ?? new Ledger(Events, 0, 0, 0, 0);

    /// <summary>Adds events in the order of their arrival; chunks that become full are written.</summary>
    public void Append(ReadOnlySpan<TcpEvent> more)
    {
        while (more.Length > 0)
        {
            var room = Math.Min(events.Length - held, more.Length);
            more[..room].CopyTo(events.AsSpan(held));
            held += room;
            Events += (ulong)room;
            more = more[room..];
            if (held == events.Length)
            {
                CloseChunk();
            }
        }
    }

    /// <summary>Adds one event.</summary>
    public void Append(in TcpEvent one) => Append(new ReadOnlySpan<TcpEvent>(in one));

    /// <summary>Writes the open chunk, even if it has no event: it carries <see cref="Settled"/> and the ledger.</summary>
    public void CloseChunk()
    {
        var chunk = events.AsSpan(0, held);
        first = held == 0 ? 0 : ulong.MaxValue;
        last = 0;
        foreach (ref readonly var one in chunk)
        {
            first = Math.Min(first, one.Timestamp);
            last = Math.Max(last, one.Timestamp);
            CollectionsMarshal.GetValueRefOrAddDefault(eventsByType, one.Type, out _)++;
        }

        latest = Math.Max(latest, last);
        var rawLength = encoder.Encode(chunk, ref raw);
        RawBytes += rawLength;
        WriteBlock(BlockKind.Chunk, raw.AsSpan(0, rawLength), pack: true);
        Chunks++;
        EventsWritten += (ulong)held;
        held = 0;
    }

    /// <summary>Writes a context block; the open chunk is closed before it.</summary>
    public void WriteContext(CaptureContext context)
    {
        if (held > 0)
        {
            CloseChunk();
        }

        context.Write(metadata);
        WriteMetadata(BlockKind.Context);
    }

    /// <summary>Ends the section: closes the open chunk and writes the footer. Nothing can be added afterwards.</summary>
    /// <param name="reason">Why it ended, in a few words.</param>
    /// <param name="end">The clocks now; null if they have nothing to do with the events.</param>
    public void Complete(string reason, ClockAnchor? end)
    {
        if (held > 0)
        {
            CloseChunk();
        }

        new CaptureFooter
        {
            Reason = reason,
            End = end,
            EventsByType = eventsByType,
            Ledger = CurrentLedger,
            RawBytes = RawBytes,
            SectionBytes = Length,
            Index = index.Entries,
        }.Write(metadata);
        WriteMetadata(BlockKind.Footer);
        completed = true;
    }

    private void WriteMetadata(BlockKind kind)
    {
        first = last = 0;
        // The footer is stored as it is, for its tail must stand at the end of the file.
        WriteBlock(kind, metadata.WrittenSpan, pack: kind != BlockKind.Footer);
        metadata.ResetWrittenCount();
    }

    private void WriteBlock(BlockKind kind, ReadOnlySpan<byte> payload, bool pack)
    {
        ObjectDisposedException.ThrowIf(completed, this);
        var most = BlockHeader.Size + LZ4Codec.MaximumOutputSize(payload.Length);
        if (block.Length < most)
        {
            block = new byte[most];
        }

        var target = block.AsSpan(BlockHeader.Size);
        var packed = pack ? LZ4Codec.Encode(payload, target) : 0;
        var codec = packed > 0 && packed < payload.Length ? BlockCodec.Lz4 : BlockCodec.Stored;
        if (codec == BlockCodec.Stored)
        {
            payload.CopyTo(target);
            packed = payload.Length;
        }

        var settled = Settled ?? last;
        new BlockHeader
        {
            Major = BlockHeader.CurrentMajor,
            Minor = BlockHeader.CurrentMinor,
            Kind = kind,
            Codec = codec,
            FileId = fileId,
            Sequence = sequence,
            Events = kind == BlockKind.Chunk ? (uint)held : 0,
            PayloadLength = (uint)packed,
            RawLength = (uint)payload.Length,
            FirstTimestamp = first,
            LastTimestamp = last,
            Settled = settled,
            Ledger = CurrentLedger - written,
            PayloadHash = BlockHeader.Hash(target[..packed]),
        }.Write(block);
        output.Write(block, 0, BlockHeader.Size + packed);

        index.Add(new BlockEntry(kind, sequence, 1, Length, kind == BlockKind.Chunk ? (uint)held : 0, first, last));
        promised = Math.Max(promised, settled);
        sequence++;
        Length += BlockHeader.Size + packed;
        written = CurrentLedger;
    }
}
