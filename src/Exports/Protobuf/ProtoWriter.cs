using System.Buffers.Binary;
using System.Text;

namespace TraceCap.Exports.Protobuf;

/// <summary>
/// Writes messages of Protocol Buffers field by field. A message within another is written where it stands: its length is filled in
/// at its end, in <see cref="LengthBytes"/> bytes whatever it is, which the encoding allows (Perfetto's own writers do the same).
/// </summary>
internal sealed class ProtoWriter
{
    /// <summary>Bytes of a length: a message within another has less than 256 MiB.</summary>
    private const int LengthBytes = 4;

    private const int MostVarint = 10;

    private byte[] bytes = new byte[1 << 12];
    private int count;

    private enum Wire : uint
    {
        Varint = 0,
        Fixed64 = 1,
        Delimited = 2,
    }

    /// <summary>What was written and not taken yet.</summary>
    internal ReadOnlySpan<byte> Written => bytes.AsSpan(0, count);

    /// <summary>Forgets what was written.</summary>
    internal void Clear() => count = 0;

    /// <summary>A number, a truth or a word of an enumeration.</summary>
    internal void Number(int field, ulong value)
    {
        Tag(field, Wire.Varint);
        Varint(value);
    }

    /// <summary>A number that may be negative, of type int32 or int64.</summary>
    internal void Signed(int field, long value) => Number(field, unchecked((ulong)value));

    /// <summary>True or false.</summary>
    internal void Flag(int field, bool value) => Number(field, value ? 1ul : 0);

    /// <summary>A number of type fixed64.</summary>
    internal void Fixed(int field, ulong value)
    {
        Tag(field, Wire.Fixed64);
        BinaryPrimitives.WriteUInt64LittleEndian(Room(sizeof(ulong)), value);
        count += sizeof(ulong);
    }

    /// <summary>Bytes, or text that is UTF-8.</summary>
    internal void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, Wire.Delimited);
        Varint((ulong)value.Length);
        value.CopyTo(Room(value.Length));
        count += value.Length;
    }

    /// <summary>A text. What is no text, half of a surrogate pair, becomes U+FFFD.</summary>
    internal void Text(int field, string value)
    {
        Tag(field, Wire.Delimited);
        Varint((ulong)Encoding.UTF8.GetByteCount(value));
        count += Encoding.UTF8.GetBytes(value, Room(Encoding.UTF8.GetMaxByteCount(value.Length)));
    }

    /// <summary>Begins a message within this one.</summary>
    /// <returns>What <see cref="End"/> takes.</returns>
    internal int Begin(int field)
    {
        Tag(field, Wire.Delimited);
        Room(LengthBytes);
        count += LengthBytes;
        return count;
    }

    /// <summary>Ends it.</summary>
    internal void End(int begun)
    {
        var length = (uint)(count - begun);
        var at = begun - LengthBytes;
        for (var i = 0; i < LengthBytes - 1; i++, length >>= 7)
        {
            bytes[at + i] = (byte)(length | 0x80);
        }

        bytes[begun - 1] = checked((byte)length) is < 0x80 and var last ? last : throw new InvalidOperationException("a message within another has 256 MiB or more");
    }

    private void Tag(int field, Wire type) => Varint(((ulong)field << 3) | (uint)type);

    private void Varint(ulong value)
    {
        var target = Room(MostVarint);
        var at = 0;
        for (; value >= 0x80; value >>= 7)
        {
            target[at++] = (byte)(value | 0x80);
        }

        target[at++] = (byte)value;
        count += at;
    }

    private Span<byte> Room(int more)
    {
        if (bytes.Length - count < more)
        {
            Array.Resize(ref bytes, Math.Max(2 * bytes.Length, count + more));
        }

        return bytes.AsSpan(count);
    }
}
