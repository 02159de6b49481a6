using System.Buffers;
using TraceCap.Format.Blocks;
using TraceCap.Format.Chunks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

namespace TraceCap.Format.Writing;

/// <summary>
/// Writes one section of a capture to a stream that need not seek: a header block, chunks and context blocks, a footer.
/// Every block is one <see cref="Stream.Write(ReadOnlySpan{byte})"/>. Without a <see cref="Complete(string, ClockAnchor?)"/> the section is
/// a truncated one, readable up to the last block.
/// </summary>
public sealed class CaptureWriter
{
    /// <summary>The size of the events of a chunk, in memory, at which it is closed if the caller says nothing: 1 MiB.</summary>
    public const int DefaultChunkBytes = 1 << 20;

    /// <summary>Names wait for their chunk up to here: a path may be as long as 4 KiB.</summary>
    private const int MaxNames = 2048;

    private const int MaxNameCharacters = 1 << 18;

    private readonly BlockWriter blocks;
    private readonly OpenChunk open;
    private readonly ChunkPacker packer;
    private readonly WorkAhead<PackedChunk>? ahead;
    private readonly ArrayBufferWriter<byte> metadata = new(1024);
    private readonly Dictionary<TcpEventType, ulong> eventsByType = [];
    private readonly TypeCounts copied = new();
    private readonly List<NamedId> cgroups = [];
    private readonly List<NamedId> namespaces = [];
    private readonly List<ClockAnchor> clocks = [];
    private int nameCharacters;
    private ulong latest;
    private ulong reached;
    private bool completed;

    /// <summary>Begins a section and writes its header block.</summary>
    /// <param name="output">Stays open, and is never sought or flushed.</param>
    /// <param name="header">Goes into the header block.</param>
    /// <param name="chunkBytes">The size of the events of a chunk, in memory, at which it is closed: between one event
    /// and <see cref="BlockHeader.MaxEvents"/> of them.</param>
    /// <param name="fileId">Tells the section's blocks from those of others; random if not given.</param>
    public CaptureWriter(Stream output, CaptureHeader header, int chunkBytes = DefaultChunkBytes, Guid? fileId = null)
        : this(output, header, chunkBytes, fileId, packer: null)
    {
    }

    /// <summary>The same with a packer that others have as well.</summary>
    internal CaptureWriter(Stream output, CaptureHeader header, int chunkBytes, Guid? fileId, ChunkPacker? packer)
        : this(output, chunkBytes, fileId, header.Hosts.Count > 1, packer)
    {
        header.Write(metadata);
        WriteMetadata(BlockKind.Header);
    }

    /// <summary>Begins a section that another one is copied to, with its header block as it is stored.</summary>
    /// <param name="output">Stays open, and is never sought or flushed.</param>
    /// <param name="section">Stands on the first block of a section; if that is no header, one without content is written.</param>
    /// <param name="chunkBytes">As for a new section.</param>
    internal CaptureWriter(Stream output, CaptureReader section, int chunkBytes = DefaultChunkBytes)
        : this(output, section, ulong.MaxValue, chunkBytes)
    {
    }

    /// <summary>The same, with the watermark of its header block lowered.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="section">Stands on the first block of a section.</param>
    /// <param name="watermarkAtMost">What the header block's watermark is lowered to.</param>
    /// <param name="chunkBytes">As for a new section.</param>
    /// <param name="packer">That of the section before, if there was one.</param>
    internal CaptureWriter(
        Stream output, CaptureReader section, ulong watermarkAtMost, int chunkBytes = DefaultChunkBytes, ChunkPacker? packer = null)
        : this(output, chunkBytes, fileId: null, section.Header is { Hosts.Count: > 1 }, packer)
    {
        if (section.Block.Kind == BlockKind.Header)
        {
            Copy(section, watermarkAtMost);
            return;
        }

        new CaptureHeader().Write(metadata);
        WriteMetadata(BlockKind.Header);
    }

    private CaptureWriter(Stream output, int chunkBytes, Guid? fileId, bool ofSeveralHosts, ChunkPacker? packer = null)
    {
        this.packer = packer ?? new ChunkPacker();
        ahead = this.packer.BeginSection();
        ArgumentOutOfRangeException.ThrowIfLessThan(chunkBytes, TcpEvent.Size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(chunkBytes, BlockHeader.MaxEvents * TcpEvent.Size);
        blocks = new BlockWriter(output, fileId);
        open = new OpenChunk(chunkBytes / TcpEvent.Size, this.packer, ofSeveralHosts);
    }

    /// <summary>Bytes written.</summary>
    public long Length => blocks.Length;

    /// <summary>Events appended.</summary>
    public ulong Events { get; private set; }

    /// <summary>Events of the chunks written.</summary>
    internal ulong EventsWritten { get; private set; }

    /// <summary>Chunks written.</summary>
    internal long Chunks { get; private set; }

    /// <summary>Bytes of all chunk payloads before they were packed.</summary>
    internal long RawBytes { get; private set; }

    /// <summary>Events of all chunks written so far, by type.</summary>
    public IReadOnlyDictionary<TcpEventType, ulong> EventsByType => eventsByType;

    /// <summary>Whether events were appended that a reader of what is written so far cannot give yet: they wait for their
    /// chunk to be closed, or for a later <see cref="Watermark"/>.</summary>
    internal bool IsBehind => open.Count > 0 || latest > reached;

    /// <summary>
    /// No event still to be appended is earlier: a reader then gives all earlier ones at once. Set it
    /// after <see cref="Append(ReadOnlySpan{TcpEvent})"/>, which may close a chunk before all events are in one. Null
    /// for a writer whose events come in time order.
    /// </summary>
    public ulong? Watermark { get; set; }

    /// <summary>
    /// Where events went since the section began. Null for a writer that loses none: then all appended events count as
    /// emitted.
    /// </summary>
    public LossCounters? LossCounters { get; set; }

    /// <summary>The loss counters of the blocks written so far.</summary>
    internal LossCounters LedgerWritten { get; private set; }

    private LossCounters CurrentLedger => LossCounters ?? new LossCounters(Events, 0, 0, 0, 0);

    /// <summary>Adds events in the order of their arrival; chunks that become full are written.</summary>
    public void Append(ReadOnlySpan<TcpEvent> more)
    {
        while (more.Length > 0)
        {
            var some = open.Add(more);
            more = more[some..];
            CountAppended(some);
        }
    }

    /// <summary>The same of all events of a chunk, column by column: they are not assembled.</summary>
    internal void Append(DecodedChunk more)
    {
        for (var at = 0; at < more.Count;)
        {
            var some = open.Add(more, at);
            at += some;
            CountAppended(some);
        }
    }

    /// <summary>Adds one event.</summary>
    public void Append(in TcpEvent one) => Append(new ReadOnlySpan<TcpEvent>(in one));

    /// <summary>Writes the open chunk, even if it has no event: it carries <see cref="Watermark"/> and the loss counters.</summary>
    internal void CloseChunk()
    {
        WriteNames();
        ObjectDisposedException.ThrowIf(completed, this);
        var chunk = packer.Next();
        var block = BlockWriter.Begin(BlockKind.Chunk, rawLength: 0);
        block.LossCounters = CurrentLedger - LedgerWritten;
        open.MoveTo(chunk, in block, Watermark);
        if (ahead is null)
        {
            packer.Pack(chunk);
            open.TakeRoomOf(chunk);
            Write(chunk);
        }
        else
        {
            if (ahead.IsFull)
            {
                Write(ahead.Take());
            }

            ahead.Add(chunk);
        }

        LedgerWritten = CurrentLedger;
    }

    private void CountAppended(int events)
    {
        Events += (ulong)events;
        if (open.IsFull)
        {
            CloseChunk();
        }
    }

    private void Write(PackedChunk chunk)
    {
        ref var block = ref chunk.Header;
        blocks.Write(ref block, chunk.Block);
        reached = Math.Max(reached, block.Watermark);
        Count(chunk.Types, in block);
        packer.Return(chunk);
    }

    /// <summary>Writes the chunks that are worked on: what comes next stands behind them.</summary>
    private void WriteAhead()
    {
        while (ahead is { IsEmpty: false })
        {
            Write(ahead.Take());
        }
    }

    /// <summary>Forgets the events that are in no chunk yet: those that the output did not take, if writing failed.</summary>
    internal void Discard()
    {
        open.Clear();
        Events = EventsWritten;
        cgroups.Clear();
        namespaces.Clear();
        clocks.Clear();
        nameCharacters = 0;
        metadata.ResetWrittenCount();
    }

    /// <summary>
    /// Writes the block that a reader stands on as it is stored, with its own watermark, as the next one of this section:
    /// what this version does not know of it stays. Not for footers. The open chunk is closed before it, unless the block
    /// only has names and none of its events refers to these: then they may as well come earlier.
    /// </summary>
    /// <param name="reader">Stands on the block.</param>
    /// <param name="watermarkAtMost">What the watermark is lowered to, where later events are earlier.</param>
    internal void Copy(CaptureReader reader, ulong watermarkAtMost = ulong.MaxValue)
    {
        var block = reader.Block;
        block.Watermark = Math.Min(block.Watermark, watermarkAtMost);
        if (block.Kind is BlockKind.Header or BlockKind.Context)
        {
            // Whatever it says: it has no events.
            (block.Events, block.FirstTimestamp, block.LastTimestamp) = (0, 0, 0);
        }

        if (open.Count > 0 && reader.Context is { IsOfNames: true } context && !open.Numbers.HasAnyOf(context))
        {
            block.Watermark = 0;
            WriteBlock(ref block, reader.Payload.Span, pack: false);
            return;
        }

        CloseIfHeld();
        WriteNames();
        if (block.Kind != BlockKind.Chunk)
        {
            WriteBlock(ref block, reader.Payload.Span, pack: false);
            return;
        }

        PackedChunk.Describe(reader, ref block);
        Events += block.Events;
        WriteBlock(ref block, reader.Payload.Span, pack: false);
        reader.CountTypes(copied);
        Count(copied, in block);
    }

    /// <summary>Has the cgroup of events named that are appended after this: before the chunk that they will be in. The open
    /// chunk is closed if it has events of that cgroup, for it was not called so when they were appended.</summary>
    internal void NameCgroup(in NamedId name)
    {
        if (open.Count > 0 && open.Numbers.HasCgroup(name))
        {
            CloseChunk();
        }

        Name(cgroups, name);
    }

    /// <summary>The same for their network namespace.</summary>
    internal void NameNetns(in NamedId name)
    {
        if (open.Count > 0 && open.Numbers.HasNetns(name))
        {
            CloseChunk();
        }

        Name(namespaces, name);
    }

    /// <summary>Has a clock written before the chunk that the events appended after this will be in.</summary>
    /// <param name="clock">Later than all events appended so far, for it may come to stand before the last of them.</param>
    internal void AddClock(in ClockAnchor clock) => clocks.Add(clock);

    /// <summary>Writes a context block; the open chunk is closed before it.</summary>
    internal void WriteContext(CaptureContext context)
    {
        CloseIfHeld();
        WriteNames();
        WriteMetadata(context, watermark: null);
    }

    /// <summary>Ends the section: closes the open chunk and writes the footer. Nothing can be added afterwards.</summary>
    /// <param name="reason">Why it ended, in a few words.</param>
    /// <param name="end">The clocks now; null if they have nothing to do with the events.</param>
    public void Complete(string reason, ClockAnchor? end) => Complete(new CaptureFooter { Reason = reason, End = end });

    /// <summary>Ends the section with a footer of which the totals are yet to be filled in.</summary>
    internal void Complete(CaptureFooter footer)
    {
        CloseIfHeld();
        WriteNames();
        WriteAhead();
        (footer with
        {
            EventsByType = eventsByType,
            LossCounters = CurrentLedger,
            RawBytes = RawBytes,
            SectionBytes = Length,
            Index = blocks.Index.Entries,
        }).Write(metadata);
        WriteMetadata(BlockKind.Footer);
        completed = true;
    }

    private void Name(List<NamedId> names, in NamedId name)
    {
        names.Add(name);
        nameCharacters += name.Name.Length;
        if (names.Count == MaxNames || nameCharacters >= MaxNameCharacters)
        {
            WriteNames();
        }
    }

    /// <summary>Writes the names and clocks that belong before the next chunk. Events that are held come behind them, so there is no watermark.</summary>
    private void WriteNames()
    {
        if (cgroups.Count + namespaces.Count + clocks.Count > 0)
        {
            WriteMetadata(new CaptureContext { Clocks = clocks, Cgroups = cgroups, NetworkNamespaces = namespaces }, watermark: 0);
            cgroups.Clear();
            namespaces.Clear();
            clocks.Clear();
            nameCharacters = 0;
        }
    }

    private void CloseIfHeld()
    {
        if (open.Count > 0)
        {
            CloseChunk();
        }
    }

    /// <summary>Only what was written counts.</summary>
    private void Count(TypeCounts types, in BlockHeader block)
    {
        types.AddTo(eventsByType);
        latest = Math.Max(latest, block.LastTimestamp);
        Chunks++;
        EventsWritten += block.Events;
        RawBytes += block.RawLength;
    }

    private void WriteMetadata(CaptureContext context, ulong? watermark)
    {
        context.Write(metadata);
        WriteMetadata(BlockKind.Context, watermark, context.Minor);
    }

    private void WriteMetadata(BlockKind kind, ulong? watermark = null, byte minor = 0)
    {
        var header = BlockWriter.Begin(kind, metadata.WrittenCount);
        header.Minor = minor;
        header.Watermark = watermark ?? Watermark ?? 0;
        // The footer is stored as it is, for its tail must stand at the end of the file.
        WriteBlock(ref header, metadata.WrittenSpan, pack: kind != BlockKind.Footer);
        metadata.ResetWrittenCount();
    }

    private void WriteBlock(ref BlockHeader header, ReadOnlySpan<byte> payload, bool pack)
    {
        ObjectDisposedException.ThrowIf(completed, this);
        WriteAhead();
        header.LossCounters = CurrentLedger - LedgerWritten;
        blocks.Write(ref header, payload, pack);
        reached = Math.Max(reached, header.Watermark);
        LedgerWritten = CurrentLedger;
    }
}
