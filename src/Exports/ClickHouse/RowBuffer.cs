using System.Buffers.Binary;
using System.Text;
using TraceCap.Analyzer.Fields;

namespace TraceCap.Exports.ClickHouse;

/// <summary>Rows in ClickHouse's format RowBinary: values one after another, little-endian, texts with their lengths before them.</summary>
internal sealed class RowBuffer
{
    private const int LongestLength = 5;

    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    private byte[] bytes = new byte[1 << 20];
    private int length;

    /// <summary>What was written.</summary>
    internal ReadOnlyMemory<byte> Written => bytes.AsMemory(0, length);

    /// <summary>Forgets what was written.</summary>
    internal void Clear() => length = 0;

    /// <summary>Writes a byte.</summary>
    internal void Write(byte value) => Take(1)[0] = value;

    /// <summary>Writes two bytes.</summary>
    internal void Write(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Take(sizeof(ushort)), value);

    /// <summary>Writes four bytes.</summary>
    internal void Write(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(sizeof(uint)), value);

    /// <summary>Writes eight bytes.</summary>
    internal void Write(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(sizeof(ulong)), value);

    /// <summary>Writes a UUID, which is given as an address is: two numbers of 64 bits, the upper one first.</summary>
    internal void WriteUuid(in FieldValue value)
    {
        var address = value.Address;
        Write(BinaryPrimitives.ReadUInt64BigEndian(address.Bytes));
        Write(BinaryPrimitives.ReadUInt64BigEndian(address.Bytes[8..]));
    }

    /// <summary>Writes an address.</summary>
    internal void WriteAddress(in FieldValue value)
    {
        var target = Take(16);
        var address = value.Address;
        if (value is { IsKnown: true, Kind: 4 })
        {
            MappedPrefix.CopyTo(target);
            address.Bytes[..4].CopyTo(target[12..]);
        }
        else
        {
            address.Bytes.CopyTo(target);
        }
    }

    /// <summary>Writes the text of a value, in UTF-8.</summary>
    internal void WriteText(FieldType type, in FieldValue value)
    {
        if (!value.IsKnown)
        {
            Write((byte)0);
            return;
        }

        // Most texts are short: their length is one byte.
        Reserve(LongestLength + 127);
        if (type.TryWrite(bytes.AsSpan(length + 1, 127), in value, out var count))
        {
            bytes[length] = (byte)count;
            length += 1 + count;
        }
        else
        {
            WriteText(type.Text(in value));
        }
    }

    /// <summary>Writes a text, in UTF-8.</summary>
    internal void WriteText(string text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        Reserve(LongestLength + most);
        var count = Encoding.UTF8.GetByteCount(text);
        var left = (uint)count;
        while (left >= 0x80)
        {
            Write((byte)(left | 0x80));
            left >>= 7;
        }

        Write((byte)left);
        Encoding.UTF8.GetBytes(text, Take(count));
    }

    private Span<byte> Take(int count)
    {
        Reserve(count);
        var taken = bytes.AsSpan(length, count);
        length += count;
        return taken;
    }

    private void Reserve(int count)
    {
        if (bytes.Length - length < count)
        {
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, length + count));
        }
    }
}
