using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TraceCap.Format.Columns;

/// <summary>
/// Values of the same number of bits, one after the other without gaps, the least bit first: value i takes the bits
/// from i * width on, where bit b is bit b % 8 of byte b / 8.
/// </summary>
internal static class BitPacking
{
    /// <summary>The most bits that a value has.</summary>
    public const int MaxWidth = 64;

    /// <summary>A value of at most so many bits lies within eight bytes, wherever it begins.</summary>
    private const int MaxWidthInWord = 57;

    public static int ByteCount(int values, int width) => checked((int)((((long)values * width) + 7) / 8));

    /// <summary>Lowers all values by the least of them, which it gives back.</summary>
    public static ulong SubtractLeast(Span<ulong> values)
    {
        var least = ulong.MaxValue;
        foreach (var value in values)
            least = Math.Min(least, value);

        if (least != 0)
        {
            foreach (ref var value in values)
                value -= least;
        }

        return least;
    }

    /// <summary>The greatest value, 0 if there is none.</summary>
    public static ulong Greatest(ReadOnlySpan<ulong> values)
    {
        var greatest = 0UL;
        foreach (var value in values)
            greatest = Math.Max(greatest, value);

        return greatest;
    }

    /// <summary>Packs the low bits of the values into as many bytes as <see cref="ByteCount"/> says.</summary>
    public static void Pack(ReadOnlySpan<ulong> values, int width, Span<byte> packed)
    {
        if (width == 0)
            return;

        var mask = ulong.MaxValue >> (MaxWidth - width);
        var word = 0UL;
        var used = 0;
        var at = 0;
        foreach (var each in values)
        {
            var value = each & mask;
            word |= value << used;
            used += width;
            if (used < 64)
                continue;

            BinaryPrimitives.WriteUInt64LittleEndian(packed[at..], word);
            at += sizeof(ulong);
            used -= 64;
            word = used == 0 ? 0 : value >> (width - used);
        }

        for (; used > 0; used -= 8)
        {
            packed[at++] = (byte)word;
            word >>= 8;
        }
    }

    /// <summary>Reads the values out of as many bytes as <see cref="ByteCount"/> says and adds the least one to each.</summary>
    public static void Unpack(ReadOnlySpan<byte> packed, int width, ulong least, Span<ulong> values)
    {
        if (width == 0)
        {
            values.Fill(least);
            return;
        }

        UnpackScalar(packed, width, least, values);
    }

    /// <summary>What <see cref="Unpack"/> does where there are no wide vectors.</summary>
    public static void UnpackScalar(ReadOnlySpan<byte> packed, int width, ulong least, Span<ulong> values)
    {
        var mask = ulong.MaxValue >> (MaxWidth - width);
        var whole = width > MaxWidthInWord ? 0 : Math.Min(values.Length, WholeWords(packed.Length, width));
        ref var bytes = ref MemoryMarshal.GetReference(packed);
        var bit = 0L;
        var i = 0;
        for (; i < whole; i++, bit += width)
        {
            var word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, (nint)(bit >> 3)));
            values[i] = ((word >> (int)(bit & 7)) & mask) + least;
        }

        Span<byte> nine = stackalloc byte[16];
        for (; i < values.Length; i++, bit += width)
        {
            var rest = packed[(int)(bit >> 3)..];
            nine.Clear();
            rest[..Math.Min(rest.Length, 9)].CopyTo(nine);
            var word = BinaryPrimitives.ReadUInt128LittleEndian(nine) >> (int)(bit & 7);
            values[i] = ((ulong)word & mask) + least;
        }
    }

    /// <summary>How many values begin where eight bytes can be read.</summary>
    private static int WholeWords(int bytes, int width) =>
        bytes < sizeof(ulong) ? 0 : (int)((((long)(bytes - sizeof(ulong)) * 8) + 7) / width) + 1;
}
