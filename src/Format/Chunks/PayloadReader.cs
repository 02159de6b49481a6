using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

/// <summary>Reads forward through bytes that may say anything.</summary>
internal ref struct PayloadReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    /// <summary>How many bytes are left.</summary>
    public readonly int Left => rest.Length;

    public byte ReadByte()
    {
        if (rest.IsEmpty)
        {
            throw Truncated();
        }

        var value = rest[0];
        rest = rest[1..];
        return value;
    }

    /// <summary>Reads LEB128 of at most 64 bits.</summary>
    public ulong ReadVarint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = ReadByte();
            if (shift == 63 && next > 1)
            {
                break;
            }

            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new CaptureFormatException("a number in a chunk has more than 64 bits");
    }

    /// <summary>Reads a number that counts or measures what follows.</summary>
    /// <param name="what">Its name in the error.</param>
    /// <param name="most">The largest value allowed.</param>
    public int ReadCount(string what, int most)
    {
        var value = ReadVarint();
        return value <= (ulong)most
            ? (int)value
            : throw new CaptureFormatException($"a chunk says {value} {what}, expected at most {most}");
    }

    /// <summary>Reads so many bytes.</summary>
    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (count > rest.Length)
        {
            throw Truncated();
        }

        var result = rest[..count];
        rest = rest[count..];
        return result;
    }

    private static CaptureFormatException Truncated() => new("a chunk ends within a value");
}
