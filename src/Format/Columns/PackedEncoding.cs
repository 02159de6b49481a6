using System.Numerics;
using System.Runtime.CompilerServices;

namespace TraceCap.Format.Columns;

/// <summary>
/// The least value, then every value's distance from it in the same number of bits. Values that would need many more
/// bits than the rest are exceptions: their low bits are packed like the others', their high bits are listed apart.
/// </summary>
internal sealed class PackedEncoding : ColumnEncoding
{
    public const byte Number = 1;

    public override byte Id => Number;

    public override void Encode(Span<ulong> values, ref PayloadWriter writer)
    {
        var least = BitPacking.SubtractLeast(values);
        var width = BestWidth(values, out var exceptions);
        writer.WriteByte((byte)width);
        writer.WriteVarint(least);
        writer.WriteVarint((uint)exceptions);
        if (exceptions > 0)
            WriteExceptions(values, width, ref writer);

        BitPacking.Pack(values, width, writer.Take(BitPacking.ByteCount(values.Length, width)));
    }

    public override void Decode(ref PayloadReader reader, Span<ulong> values)
    {
        var width = reader.ReadByte();
        if (width > BitPacking.MaxWidth)
            throw new CaptureFormatException($"a packed column has a width of {width} bits, expected 0 to 64");

        var least = reader.ReadVarint();
        var exceptions = reader.ReadVarint();
        if (exceptions > (ulong)values.Length)
            throw new CaptureFormatException(
                $"a packed column of {values.Length} values has {exceptions} exceptions, expected no more than values");

        var listed = reader;
        for (var i = 0UL; i < 2 * exceptions; i++)
            reader.ReadVarint();

        BitPacking.Unpack(reader.ReadRest(BitPacking.ByteCount(values.Length, width)), width, least, values);
        if (exceptions > 0)
            AddExceptions(ref listed, (int)exceptions, width, values);
    }

    private static void WriteExceptions(ReadOnlySpan<ulong> values, int width, ref PayloadWriter writer)
    {
        var next = 0;
        for (var i = 0; i < values.Length; i++)
        {
            var high = values[i] >> width;
            if (high == 0)
                continue;

            writer.WriteVarint((uint)(i - next));
            writer.WriteVarint(high);
            next = i + 1;
        }
    }

    private static void AddExceptions(ref PayloadReader listed, int exceptions, int width, Span<ulong> values)
    {
        var position = 0UL;
        for (var i = 0; i < exceptions; i++)
        {
            position += listed.ReadVarint();
            if (position >= (ulong)values.Length)
                throw new CaptureFormatException(
                    $"a packed column has an exception at row {position}, expected below {values.Length}");

            values[(int)position++] += listed.ReadVarint() << width;
        }
    }

    /// <summary>The width at which the packed bits and the exceptions together take least.</summary>
    private static int BestWidth(ReadOnlySpan<ulong> values, out int exceptions)
    {
        var lengths = default(LengthCounts);
        foreach (var value in values)
            lengths[64 - BitOperations.LeadingZeroCount(value)]++;

        var longest = BitPacking.MaxWidth;
        while (longest > 0 && lengths[longest] == 0)
            longest--;

        var best = longest;
        var bestBits = (long)longest * values.Length;
        var above = exceptions = 0;
        for (var width = longest - 1; width >= 0; width--)
        {
            above += lengths[width + 1];
            var bits = (long)width * values.Length;
            for (var length = width + 1; length <= longest && bits < bestBits; length++)
                bits += lengths[length] * ExceptionBits(length - width);

            if (bits < bestBits)
                (best, bestBits, exceptions) = (width, bits, above);
        }

        return best;
    }

    /// <summary>One byte for the position, seven bits of the high part in each of the others.</summary>
    private static long ExceptionBits(int high) => 8 * (1 + ((high + 6) / 7));

    [InlineArray(BitPacking.MaxWidth + 1)]
    private struct LengthCounts
    {
        private int first;
    }
}
