using TraceCap.Format.Events;

namespace TraceCap.Format.Metadata;

/// <summary>
/// What a capture once held and has no more, as a command found that wrote it anew from a damaged one. Not what was lost
/// while recording: that is in the <see cref="LossCounters"/>.
/// </summary>
/// <param name="Bytes">Bytes that could not be read.</param>
/// <param name="Blocks">Blocks that the sequence numbers of their neighbours show to have been there.</param>
/// <param name="Events">Events that the loss counters or the sequence numbers of their neighbours show to have been there; some
/// more may be missing where both are gone.</param>
internal readonly record struct MissingEvents(long Bytes, long Blocks, ulong Events)
{
    /// <summary>Whether it was missing where it is said: what could not be read is said there without events, and how many
    /// events that took at the end of the section, alone. What says both at once may have been anywhere in the section.</summary>
    internal bool IsInPlace => Events == 0 && !IsNone;

    /// <summary>Whether it only counts the events that are missing.</summary>
    internal bool IsCount => Events > 0 && Bytes == 0 && Blocks == 0;

    /// <summary>Whether nothing is missing.</summary>
    public bool IsNone => this == default;

    /// <summary>Adds number by number.</summary>
    public static MissingEvents operator +(MissingEvents left, MissingEvents right) =>
        new(left.Bytes + right.Bytes, left.Blocks + right.Blocks, left.Events + right.Events);

    /// <summary>Subtracts number by number.</summary>
    public static MissingEvents operator -(MissingEvents left, MissingEvents right) =>
        new(left.Bytes - right.Bytes, left.Blocks - right.Blocks, left.Events - right.Events);

    /// <summary>The same as <c>left - right</c>.</summary>
    public static MissingEvents Subtract(MissingEvents left, MissingEvents right) => left - right;

    /// <summary>The same as <c>left + right</c>.</summary>
    public static MissingEvents Add(MissingEvents left, MissingEvents right) => left + right;

    internal static MetadataType<MissingEvents> Stored { get; } = MetadataType.Array<MissingEvents>(
        "[bytes (int64), blocks (int64), events (uint64)]",
        "what is missing",
        length: 3,
        (ref reader) => new(reader.ReadInt64(), reader.ReadInt64(), reader.ReadUInt64()),
        (ref writer, value) =>
        {
            writer.Write(value.Bytes);
            writer.Write(value.Blocks);
            writer.Write(value.Events);
        });
}
