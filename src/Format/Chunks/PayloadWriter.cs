namespace TraceCap.Format.Chunks;

/// <summary>Appends to an array, which it replaces by a larger one when it is full.</summary>
internal ref struct PayloadWriter(ref byte[] buffer)
{
    /// <summary>The longest LEB128 number of 64 bits.</summary>
    public const int MaxVarintSize = 10;

    private readonly ref byte[] buffer = ref buffer;

    /// <summary>Where the next byte goes.</summary>
    public int Position { get; private set; }

    public void WriteByte(byte value) => Take(1)[0] = value;

    /// <summary>Writes LEB128: seven bits a byte, the least first, the top bit set where more follow.</summary>
    public void WriteVarint(ulong value)
    {
        var room = Take(MaxVarintSize);
        var size = 0;
        for (; value >= 0x80; value >>= 7)
        {
            room[size++] = (byte)(value | 0x80);
        }

        room[size++] = (byte)value;
        Position -= MaxVarintSize - size;
    }

    /// <summary>The next so many bytes, to be filled by the caller.</summary>
    public Span<byte> Take(int bytes)
    {
        var end = checked(Position + bytes);
        if (end > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(end, buffer.Length + (buffer.Length / 2)));
        }

        var room = buffer.AsSpan(Position, bytes);
        Position = end;
        return room;
    }
}
