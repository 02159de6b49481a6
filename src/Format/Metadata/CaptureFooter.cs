using System.Buffers;
using System.Buffers.Binary;
using MessagePack;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;

namespace TraceCap.Format.Metadata;

/// <summary>
/// Where a block of the section stands, and what it holds. In a long capture one entry stands for a run of chunks.
/// </summary>
/// <param name="Kind">The kind of block.</param>
/// <param name="Sequence">The number of the first one in the section.</param>
/// <param name="Blocks">How many blocks of that kind the entry stands for.</param>
/// <param name="Offset">Bytes from the beginning of the section to the beginning of the first one.</param>
/// <param name="Events">Their events.</param>
/// <param name="FirstTimestamp">The earliest of them, CLOCK_MONOTONIC ns; 0 without events.</param>
/// <param name="LastTimestamp">The latest of them, CLOCK_MONOTONIC ns; 0 without events.</param>
public readonly record struct BlockEntry(
    BlockKind Kind, uint Sequence, uint Blocks, long Offset, ulong Events, ulong FirstTimestamp, ulong LastTimestamp)
{
    internal static BlockEntry Of(in BlockHeader block, long offset) => new(
        block.Kind, block.Sequence, 1, offset, block.Events, block.FirstTimestamp, block.LastTimestamp);

    /// <summary>In words, such as <c>1 chunk, block 2, at byte 991, with 64 events from 1000 to 2000 ns</c>.</summary>
    public override string ToString()
    {
        var kind = Enum.IsDefined(Kind) ? Kind.ToString().ToLowerInvariant() : FormattableString.Invariant($"block of kind {(byte)Kind}");
        var events = Events == 0 ? "" : FormattableString.Invariant($", with {Events} events from {FirstTimestamp} to {LastTimestamp} ns");
        return FormattableString.Invariant($"{Blocks} {kind}{(Blocks == 1 ? "" : "s")}, block {Sequence}, at byte {Offset}{events}");
    }
}

/// <summary>
/// Ends a section that was finished properly: how it ended, totals, and where its blocks are. The last
/// <see cref="TailSize"/> bytes of the footer's payload lead from the end of a file to the beginning of the footer.
/// </summary>
public sealed record CaptureFooter
{
    /// <summary>The bytes at the very end of a section: the length of the whole footer block (4 bytes), 4 zero bytes,
    /// and <see cref="EndMagic"/>.</summary>
    public const int TailSize = 16;

    /// <summary>How the <see cref="Reason"/> begins that is given to a section which was cut short.</summary>
    internal const string Truncated = "cut short: it ended without a footer, and what followed ";

    /// <summary>Why the recording ended, in a few words.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Whether the section was cut short before, and this footer made for it later: nothing is known of what
    /// followed.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>The clocks when recording ended; null if they are not known.</summary>
    public ClockAnchor? End { get; init; }

    /// <summary>Events of the section, by type.</summary>
    public IReadOnlyDictionary<TcpEventType, ulong> EventsByType { get; init; } = new Dictionary<TcpEventType, ulong>();

    /// <summary>Where events went, over the whole section.</summary>
    public LossCounters LossCounters { get; init; }

    /// <summary>Bytes of all chunk payloads once unpacked.</summary>
    public long RawBytes { get; init; }

    /// <summary>Bytes of the section before this footer.</summary>
    public long SectionBytes { get; init; }

    /// <summary>Every block of the section before this one, in file order.</summary>
    public IReadOnlyList<BlockEntry> Index { get; init; } = [];

    /// <summary>What a later version wrote beside all that.</summary>
    internal UnknownKeys Unknown { get; init; } = new();

    /// <summary>The last 8 bytes of a section that was finished properly.</summary>
    public static ReadOnlySpan<byte> EndMagic => [0x89, (byte)'T', (byte)'C', (byte)'E', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Writes the payload, its tail included.</summary>
    internal void Write(IBufferWriter<byte> target)
    {
        var counter = new ArrayBufferWriter<byte>(1024);
        WriteMap(counter);
        var map = counter.WrittenSpan;
        target.Write(map);
        var tail = target.GetSpan(TailSize);
        BinaryPrimitives.WriteUInt32LittleEndian(tail, (uint)(BlockHeader.Size + map.Length + TailSize));
        BinaryPrimitives.WriteUInt32LittleEndian(tail[4..], 0);
        EndMagic.CopyTo(tail[8..]);
        target.Advance(TailSize);
    }

    internal static CaptureFooter Read(ReadOnlyMemory<byte> payload)
    {
        var footer = new CaptureFooter();
        bool? isOfCutShort = null;
        var unknown = MessagePackMap.Read(payload, "footer block", (ref MessagePackReader reader, string key) =>
        {
            switch (key)
            {
                case "reason": footer = footer with { Reason = reader.ReadString() ?? "" }; break;
                case "cut_short": isOfCutShort = reader.ReadBoolean(); break;
                case "end": footer = footer with { End = CaptureContext.ReadClock(ref reader) }; break;
                case "events_by_type": footer = footer with { EventsByType = ReadTypes(ref reader) }; break;
                case "ledger": footer = footer with { LossCounters = ReadLedger(ref reader) }; break;
                case "raw_bytes": footer = footer with { RawBytes = reader.ReadInt64() }; break;
                case "section_bytes": footer = footer with { SectionBytes = reader.ReadInt64() }; break;
                case "index": footer = footer with { Index = MessagePackMap.ReadList(ref reader, ReadEntry) }; break;
                default: return false;
            }

            return true;
        });
        return footer with
        {
            // Before there was such a key, only the reason told.
            IsTruncated = isOfCutShort ?? footer.Reason.StartsWith(Truncated, StringComparison.Ordinal),
            Unknown = unknown,
        };
    }

    private void WriteMap(IBufferWriter<byte> target)
    {
        var writer = new MessagePackWriter(target);
        writer.WriteMapHeader(6 + (End is null ? 0 : 1) + (IsTruncated ? 1 : 0) + Unknown.Count);
        writer.Write("reason");
        writer.Write(Reason);
        if (IsTruncated)
        {
            writer.Write("cut_short");
            writer.Write(true);
        }

        if (End is { } end)
        {
            writer.Write("end");
            CaptureContext.WriteClock(ref writer, end);
        }

        writer.Write("events_by_type");
        writer.WriteMapHeader(EventsByType.Count);
        foreach (var (type, count) in EventsByType)
        {
            writer.Write((byte)type);
            writer.Write(count);
        }

        writer.Write("ledger");
        writer.WriteArrayHeader(5);
        writer.Write(LossCounters.Emitted);
        writer.Write(LossCounters.RingFull);
        writer.Write(LossCounters.MapFull);
        writer.Write(LossCounters.ProbeMissed);
        writer.Write(LossCounters.Dropped);
        writer.Write("raw_bytes");
        writer.Write(RawBytes);
        writer.Write("section_bytes");
        writer.Write(SectionBytes);
        writer.Write("index");
        writer.WriteArrayHeader(Index.Count);
        foreach (var block in Index)
        {
            writer.WriteArrayHeader(7);
            writer.Write((byte)block.Kind);
            writer.Write(block.Sequence);
            writer.Write(block.Blocks);
            writer.Write(block.Offset);
            writer.Write(block.Events);
            writer.Write(block.FirstTimestamp);
            writer.Write(block.LastTimestamp);
        }

        Unknown.Write(ref writer);
        writer.Flush();
    }

    private static Dictionary<TcpEventType, ulong> ReadTypes(ref MessagePackReader reader)
    {
        var types = new Dictionary<TcpEventType, ulong>();
        for (var left = MessagePackMap.Limit(reader.ReadMapHeader()); left > 0; left--)
        {
            types[(TcpEventType)reader.ReadByte()] = reader.ReadUInt64();
        }

        return types;
    }

    private static LossCounters ReadLedger(ref MessagePackReader reader)
    {
        var length = reader.ReadArrayHeader();
        if (length < 5)
        {
            throw new CaptureFormatException($"the footer's ledger has {length} values where it should have 5");
        }

        var ledger = new LossCounters(
            reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64());
        MessagePackMap.SkipRest(ref reader, length, 5);
        return ledger;
    }

    private static BlockEntry ReadEntry(ref MessagePackReader reader)
    {
        var length = reader.ReadArrayHeader();
        if (length < 7)
        {
            throw new CaptureFormatException($"an entry of the footer's index has {length} values where it should have 7");
        }

        var entry = new BlockEntry(
            (BlockKind)reader.ReadByte(),
            reader.ReadUInt32(),
            reader.ReadUInt32(),
            reader.ReadInt64(),
            reader.ReadUInt64(),
            reader.ReadUInt64(),
            reader.ReadUInt64());
        MessagePackMap.SkipRest(ref reader, length, 7);
        return entry;
    }
}
