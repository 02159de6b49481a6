using System.Buffers;
using System.Buffers.Binary;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;

namespace TraceCap.Format.Metadata;

/// <summary>
/// Ends a section that was finished properly: how it ended, totals, and where its blocks are. The last
/// <see cref="TailSize"/> bytes of the footer's payload lead from the end of a file to the beginning of the footer.
/// </summary>
internal sealed record CaptureFooter
{
    /// <summary>The bytes at the very end of a section: the length of the whole footer block (4 bytes), 4 zero bytes,
    /// and <see cref="EndMagic"/>.</summary>
    public const int TailSize = 16;

    /// <summary>How the <see cref="Reason"/> begins that a section is given which had no footer.</summary>
    internal const string Truncated = "truncated: it ended without a footer, and what followed ";

    /// <summary>How it began before there was a key for it.</summary>
    private const string TruncatedBefore = "cut short: it ended without a footer, and what followed ";

    private readonly bool? isTruncated;

    /// <summary>Why the recording ended, in a few words.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Whether the section had no footer, and this one was made for it later: nothing is known of what
    /// followed.</summary>
    public bool IsTruncated
    {
        get => isTruncated ?? Reason.StartsWith(TruncatedBefore, StringComparison.Ordinal);
        init => isTruncated = value;
    }

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

    private static MetadataType<LossCounters> Totals { get; } = MetadataType.Array<LossCounters>(
        "[emitted, ring full, map full, probe missed, dropped (uint64 each)]",
        "the footer's array of loss counters",
        length: 5,
        (ref reader) => new(reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64()),
        (ref writer, value) =>
        {
            writer.Write(value.Emitted);
            writer.Write(value.RingFull);
            writer.Write(value.MapFull);
            writer.Write(value.ProbeMissed);
            writer.Write(value.Dropped);
        },
        ifMissing: "zeros");

    private static MetadataType<IReadOnlyDictionary<TcpEventType, ulong>> Types { get; } = new(
        "map of uint8 to uint64",
        "empty",
        (ref reader) => MetadataType.ReadMap(
            ref reader, (ref key) => (TcpEventType)key.ReadByte(), (ref count) => count.ReadUInt64()),
        (ref writer, value) => MetadataType.WriteMap(
            ref writer, value, (ref key, type) => key.Write((byte)type), (ref count, events) => count.Write(events)));

    internal static MetadataMap<CaptureFooter> Map { get; } = new MetadataMap<CaptureFooter>("footer block")
        .Key(
            "reason",
            MetadataType.Text,
            "why the recording ended",
            footer => footer.Reason,
            (footer, value) => footer with { Reason = value })
        .Key(
            "truncated",
            MetadataType.Boolean,
            "whether the section had no footer, and this one was made later: nothing is known of what followed",
            footer => footer.IsTruncated,
            (footer, value) => footer with { IsTruncated = value },
            when: footer => footer.IsTruncated,
            ifMissing: "see below")
        .Key(
            "end",
            ClockAnchor.Stored,
            "when it ended",
            footer => footer.End!.Value,
            (footer, value) => footer with { End = value },
            when: footer => footer.End is not null)
        .Key(
            "events_by_type",
            Types,
            "how many events of each type the section has",
            footer => footer.EventsByType,
            (footer, value) => footer with { EventsByType = value })
        .Key(
            "ledger",
            Totals,
            "the loss counters' totals",
            footer => footer.LossCounters,
            (footer, value) => footer with { LossCounters = value })
        .Key(
            "raw_bytes",
            MetadataType.Int64,
            "raw lengths of all chunks",
            footer => footer.RawBytes,
            (footer, value) => footer with { RawBytes = value })
        .Key(
            "section_bytes",
            MetadataType.Int64,
            "from the beginning of the section to the footer block",
            footer => footer.SectionBytes,
            (footer, value) => footer with { SectionBytes = value })
        .Key(
            "index",
            MetadataType.ListOf(BlockEntry.Stored),
            "all blocks before the footer, in file order",
            footer => footer.Index,
            (footer, value) => footer with { Index = value });

    /// <summary>Writes the payload, its tail included.</summary>
    internal void Write(IBufferWriter<byte> target)
    {
        var counter = new ArrayBufferWriter<byte>(1024);
        Map.Write(counter, this, Unknown);
        var map = counter.WrittenSpan;
        target.Write(map);
        var tail = target.GetSpan(TailSize);
        BinaryPrimitives.WriteUInt32LittleEndian(tail, (uint)(BlockHeader.Size + map.Length + TailSize));
        BinaryPrimitives.WriteUInt32LittleEndian(tail[4..], 0);
        EndMagic.CopyTo(tail[8..]);
        target.Advance(TailSize);
    }

    internal static CaptureFooter Read(ReadOnlyMemory<byte> payload) =>
        Map.Read(payload, new CaptureFooter(), out var unknown) with { Unknown = unknown };
}
