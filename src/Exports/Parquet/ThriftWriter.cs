using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace TraceCap.Exports.Parquet;

/// <summary>Writes structs as Thrift's compact protocol does (thrift-compact-protocol.md), which Parquet's headers and footer are written in.
/// </summary>
/// <param name="output">Takes the bytes.</param>
internal sealed class ThriftWriter(IBufferWriter<byte> output)
{
    private const int MostVarintBytes = 10;
    private const byte True = 1;
    private const byte False = 2;
    private const byte Byte = 3;
    private const byte Int16 = 4;
    private const byte Int32 = 5;
    private const byte Int64 = 6;
    private const byte Binary = 8;
    private const byte ListType = 9;
    private const byte StructType = 12;

    private readonly Stack<int> outer = new();
    private int last;

    /// <summary>Begins the struct that all is in, or one that is an element of a list.</summary>
    internal void Begin()
    {
        outer.Push(last);
        last = 0;
    }

    /// <summary>Begins a struct that is a field.</summary>
    internal void Begin(int field)
    {
        Field(field, StructType);
        Begin();
    }

    /// <summary>Ends the struct that was begun last.</summary>
    internal void End()
    {
        Put(0);
        last = outer.Pop();
    }

    /// <summary>An empty struct.</summary>
    internal void Empty(int field)
    {
        Begin(field);
        End();
    }

    internal void Flag(int field, bool value) => Field(field, value ? True : False);

    internal void Tiny(int field, sbyte value)
    {
        Field(field, Byte);
        Put((byte)value);
    }

    internal void Short(int field, short value)
    {
        Field(field, Int16);
        ZigZag(value);
    }

    internal void Int(int field, int value)
    {
        Field(field, Int32);
        ZigZag(value);
    }

    internal void Long(int field, long value)
    {
        Field(field, Int64);
        ZigZag(value);
    }

    internal void Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    internal void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Field(field, Binary);
        Varint(output, (ulong)value.Length);
        output.Write(value);
    }

    /// <summary>Begins a list of structs; each follows between <see cref="Begin()"/> and <see cref="End"/>.</summary>
    internal void Structs(int field, int count) => List(field, StructType, count);

    internal void Ints(int field, params ReadOnlySpan<int> values)
    {
        List(field, Int32, values.Length);
        foreach (var value in values)
        {
            ZigZag(value);
        }
    }

    internal void Texts(int field, string value)
    {
        List(field, Binary, 1);
        var bytes = Encoding.UTF8.GetBytes(value);
        Varint(output, (ulong)bytes.Length);
        output.Write(bytes);
    }

    /// <summary>A number of seven bits a byte, the lowest first.</summary>
    internal static void Varint(IBufferWriter<byte> output, ulong value)
    {
        var target = output.GetSpan(MostVarintBytes);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            target[length++] = (byte)(value | 0x80);
        }

        target[length++] = (byte)value;
        output.Advance(length);
    }

    /// <summary>A number whose sign is its lowest bit.</summary>
    internal static void ZigZag(IBufferWriter<byte> output, long value) => Varint(output, (ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Four bytes, the lowest first.</summary>
    internal static void Fixed(IBufferWriter<byte> output, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), value);
        output.Advance(4);
    }

    private void ZigZag(long value) => ZigZag(output, value);

    private void List(int field, byte type, int count)
    {
        Field(field, ListType);
        if (count < 15)
        {
            Put((byte)((count << 4) | type));
            return;
        }

        Put((byte)(0xF0 | type));
        Varint(output, (ulong)count);
    }

    private void Field(int field, byte type)
    {
        Put((byte)(((field - last) << 4) | type));
        last = field;
    }

    private void Put(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }
}
