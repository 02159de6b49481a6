using System.Buffers.Binary;

namespace TraceCap.Format.Chunks;

/// <summary>Appends numbers of a few bits each, the least bit first, without gaps.</summary>
internal ref struct BitWriter(Span<byte> target)
{
    private readonly Span<byte> target = target;
    private ulong word;
    private int used;
    private int at;

    /// <summary>Appends a number that has no bits set above its width, which is 1 to 64.</summary>
    public void Write(ulong value, int width)
    {
        word |= value << used;
        used += width;
        if (used < 64)
        {
            return;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(target[at..], word);
        at += sizeof(ulong);
        used -= 64;
        word = used == 0 ? 0 : value >> (width - used);
    }

    /// <summary>Writes what is still held.</summary>
    public void Complete()
    {
        for (; used > 0; used -= 8)
        {
            target[at++] = (byte)word;
            word >>= 8;
        }
    }
}
