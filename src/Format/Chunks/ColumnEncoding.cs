using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

/// <summary>A way to lay down a column's values, 64 bits each.</summary>
internal abstract class ColumnEncoding
{
    public static readonly ColumnEncoding Packed = new PackedEncoding();
    public static readonly ColumnEncoding Delta = new DeltaEncoding();

    /// <summary>The number of the encoding in the file.</summary>
    public abstract byte Id { get; }

    /// <summary>Appends the values. May use their memory as scratch.</summary>
    public abstract void Encode(Span<ulong> values, ref PayloadWriter writer);

    /// <summary>Reads as many values as there is room for; the reader must then be at its end.</summary>
    /// <exception cref="CaptureFormatException">The bytes are not such a column.</exception>
    public abstract void Decode(ref PayloadReader reader, Span<ulong> values);

    /// <summary>The encoding of that number, null if there is none.</summary>
    public static ColumnEncoding? Of(byte id) => id switch
    {
        PackedEncoding.Number => Packed,
        DeltaEncoding.Number => Delta,
        _ => null,
    };
}
