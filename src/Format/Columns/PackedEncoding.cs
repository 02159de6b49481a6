using System.Buffers;
using System.Runtime.CompilerServices;

namespace TraceCap.Format.Columns;

/// <summary>
/// The least value, then every value's distance from it in the same number of bits. Values that would need many more
/// bits than the rest are exceptions: their low bits are packed like the others', their high bits apart.
/// </summary>
internal sealed class PackedEncoding : ColumnEncoding
{
    public const byte Number = 1;

    /// <summary>
    /// What an exception counts for beside its high bits: the bits that say where it is, and a few more because it
    /// takes time.
    /// </summary>
    private const int ExceptionBits = 12;

    public override byte Id => Number;

    public override void Encode(Span<ulong> values, ref PayloadWriter writer)
    {
        var (least, greatest) = BitPacking.Range(values);
        if (least != 0)
        {
            foreach (ref var value in values)
                value -= least;
        }

        var width = BestWidth(values, BitPacking.WidthOf(greatest - least), out var exceptions);
        writer.WriteByte((byte)width);
        writer.WriteVarint(least);
        writer.WriteVarint((uint)exceptions);
        if (exceptions > 0)
            WriteExceptions(values, width, exceptions, ref writer);

        WriteBits(values, width, ref writer);
    }

    public override void Decode(ref PayloadReader reader, Span<ulong> values)
    {
        var width = ReadWidth(ref reader);
        var least = reader.ReadVarint();
        var exceptions = reader.ReadCount("exceptions in a column", values.Length);
        if (exceptions == 0)
        {
            ReadBits(ref reader, width, least, values);
            return;
        }

        var scratch = ArrayPool<ulong>.Shared.Rent(2 * exceptions);
        var gaps = scratch.AsSpan(0, exceptions);
        var highs = scratch.AsSpan(exceptions, exceptions);
        ReadBits(ref reader, ReadWidth(ref reader), 0, gaps);
        ReadBits(ref reader, ReadWidth(ref reader), 0, highs);
        ReadBits(ref reader, width, least, values);
        AddExceptions(gaps, highs, width, values);
        ArrayPool<ulong>.Shared.Return(scratch);
    }

    private static void WriteExceptions(ReadOnlySpan<ulong> values, int width, int exceptions, ref PayloadWriter writer)
    {
        var scratch = ArrayPool<ulong>.Shared.Rent(2 * exceptions);
        var gaps = scratch.AsSpan(0, exceptions);
        var highs = scratch.AsSpan(exceptions, exceptions);
        var next = 0;
        for (var (i, found) = (0, 0); found < exceptions; i++)
        {
            if (values[i] >> width is var high and not 0)
            {
                (gaps[found], highs[found]) = ((uint)(i - next), high);
                next = i + 1;
                found++;
            }
        }

        WritePart(gaps, ref writer);
        WritePart(highs, ref writer);
        ArrayPool<ulong>.Shared.Return(scratch);
    }

    private static void WritePart(ReadOnlySpan<ulong> part, ref PayloadWriter writer)
    {
        var width = BitPacking.WidthOf(BitPacking.Range(part).Greatest);
        writer.WriteByte((byte)width);
        WriteBits(part, width, ref writer);
    }

    private static void AddExceptions(ReadOnlySpan<ulong> gaps, ReadOnlySpan<ulong> highs, int width, Span<ulong> values)
    {
        var position = 0UL;
        for (var i = 0; i < gaps.Length; i++)
        {
            position += gaps[i];
            if (position >= (ulong)values.Length)
                throw new CaptureFormatException(
                    $"a packed column has an exception at row {position}, expected below {values.Length}");

            values[(int)position++] += highs[i] << width;
        }
    }

    private static int ReadWidth(ref PayloadReader reader)
    {
        var width = reader.ReadByte();
        return width <= BitPacking.MaxWidth
            ? width
            : throw new CaptureFormatException($"a packed column has a width of {width} bits, expected 0 to 64");
    }

    private static void WriteBits(ReadOnlySpan<ulong> values, int width, ref PayloadWriter writer) =>
        BitPacking.Pack(values, width, writer.Take(BitPacking.ByteCount(values.Length, width)));

    private static void ReadBits(ref PayloadReader reader, int width, ulong least, Span<ulong> values) =>
        BitPacking.Unpack(reader.ReadBytes(BitPacking.ByteCount(values.Length, width)), width, least, values);

    /// <summary>The width at which the packed bits and the exceptions together take least.</summary>
    private static int BestWidth(ReadOnlySpan<ulong> values, int longest, out int exceptions)
    {
        // Two counts in turn, for the next value usually has the length of the last, whose count is still on its way.
        var lengths = default(LengthCounts);
        var others = default(LengthCounts);
        var i = 0;
        for (; i < values.Length - 1; i += 2)
        {
            lengths[BitPacking.WidthOf(values[i])]++;
            others[BitPacking.WidthOf(values[i + 1])]++;
        }

        if (i < values.Length)
            lengths[BitPacking.WidthOf(values[i])]++;

        var best = longest;
        var bestBits = (long)longest * values.Length;
        var above = exceptions = 0;
        for (var width = longest - 1; width >= 0; width--)
        {
            above += lengths[width + 1] + others[width + 1];
            var bits = ((long)width * values.Length) + ((long)above * (longest - width + ExceptionBits));
            if (bits < bestBits)
                (best, bestBits, exceptions) = (width, bits, above);
        }

        return best;
    }

    [InlineArray(BitPacking.MaxWidth + 1)]
    private struct LengthCounts
    {
        private int first;
    }
}
