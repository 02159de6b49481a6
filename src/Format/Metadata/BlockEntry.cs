using TraceCap.Format.Blocks;

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
internal readonly record struct BlockEntry(
    BlockKind Kind, uint Sequence, uint Blocks, long Offset, ulong Events, ulong FirstTimestamp, ulong LastTimestamp)
{
    internal static BlockEntry Of(in BlockHeader block, long offset) => new(
        block.Kind, block.Sequence, 1, offset, block.Events, block.FirstTimestamp, block.LastTimestamp);

    internal static MetadataType<BlockEntry> Stored { get; } = MetadataType.Array<BlockEntry>(
        "entry",
        "an entry of the footer's index",
        length: 7,
        (ref reader) => new(
            (BlockKind)reader.ReadByte(),
            reader.ReadUInt32(),
            reader.ReadUInt32(),
            reader.ReadInt64(),
            reader.ReadUInt64(),
            reader.ReadUInt64(),
            reader.ReadUInt64()),
        (ref writer, value) =>
        {
            writer.Write((byte)value.Kind);
            writer.Write(value.Sequence);
            writer.Write(value.Blocks);
            writer.Write(value.Offset);
            writer.Write(value.Events);
            writer.Write(value.FirstTimestamp);
            writer.Write(value.LastTimestamp);
        });

    /// <summary>In words, such as <c>1 chunk, block 2, at byte 991, with 64 events from 1000 to 2000 ns</c>.</summary>
    public override string ToString()
    {
        var kind = Enum.IsDefined(Kind) ? Kind.ToString().ToLowerInvariant() : FormattableString.Invariant($"block of kind {(byte)Kind}");
        var events = Events == 0 ? "" : FormattableString.Invariant($", with {Events} events from {FirstTimestamp} to {LastTimestamp} ns");
        return FormattableString.Invariant($"{Blocks} {kind}{(Blocks == 1 ? "" : "s")}, block {Sequence}, at byte {Offset}{events}");
    }
}
