using System.Buffers;
using System.Runtime.CompilerServices;
using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

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

    private const int SampleSize = 1024;

    /// <summary>So many values are looked at together for an exception.</summary>
    private const int Stride = 8;

    public override byte Id => Number;

    public override void Encode(Span<ulong> values, ref PayloadWriter writer)
    {
        var (least, greatest) = Vectors.Range(values);
        if (least != 0)
        {
            Vectors.Subtract(values, least);
        }

        var longest = BitPacking.WidthOf(greatest - least);
        var width = BestWidth(values, longest);
        var exceptions = width == longest ? 0 : Vectors.CountWith(values, ~Highest(width));
        var saved = (longest - width) * (long)values.Length;
        if (exceptions * (long)MaxExceptionBits(values.Length, longest - width) > saved)
        {
            (width, exceptions) = (longest, 0);
        }

        writer.WriteByte((byte)width);
        writer.WriteVarint(least);
        writer.WriteVarint((uint)exceptions);
        if (exceptions > 0)
        {
            WriteExceptions(values, width, exceptions, ref writer);
        }

        WriteBits(values, width, ref writer);
    }

    public override void Decode(ref PayloadReader reader, Span<ulong> values)
    {
        var width = ReadWidth(ref reader);
        var least = reader.ReadVarint();
        var exceptions = reader.ReadCount("exceptions in a column", width == BitPacking.MaxWidth ? 0 : values.Length);
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

    /// <summary>The most bits that an exception takes, which a sample may have underrated.</summary>
    private static int MaxExceptionBits(int values, int high) => BitPacking.WidthOf((uint)values) + high;

    private static void WriteExceptions(ReadOnlySpan<ulong> values, int width, int exceptions, ref PayloadWriter writer)
    {
        var scratch = ArrayPool<ulong>.Shared.Rent(2 * (exceptions + 1));
        var gaps = scratch.AsSpan(0, exceptions + 1);
        var highs = scratch.AsSpan(exceptions + 1, exceptions + 1);
        var found = 0;
        var above = ~Highest(width);
        for (var start = 0; found < exceptions; start += Stride)
        {
            var end = Math.Min(start + Stride, values.Length);
            if (end - start == Stride && !Vectors.AnyOf(values.Slice(start, Stride), above))
            {
                continue;
            }

            // Without a branch, which could not be foretold: what is no exception is overwritten by the next one.
            for (var i = start; i < end; i++)
            {
                var high = values[i] >> width;
                (gaps[found], highs[found]) = ((uint)i, high);
                found += high != 0 ? 1 : 0;
            }
        }

        for (var i = exceptions - 1; i > 0; i--)
        {
            gaps[i] -= gaps[i - 1] + 1;
        }

        WritePart(gaps[..exceptions], ref writer);
        WritePart(highs[..exceptions], ref writer);
        ArrayPool<ulong>.Shared.Return(scratch);
    }

    private static void WritePart(ReadOnlySpan<ulong> part, ref PayloadWriter writer)
    {
        var width = BitPacking.WidthOf(Vectors.Range(part).Greatest);
        writer.WriteByte((byte)width);
        WriteBits(part, width, ref writer);
    }

    private static void AddExceptions(
        ReadOnlySpan<ulong> gaps, ReadOnlySpan<ulong> highs, int width, Span<ulong> values)
    {
        var position = 0UL;
        for (var i = 0; i < gaps.Length; i++)
        {
            if (gaps[i] >= (ulong)values.Length - position)
            {
                throw new CaptureFormatException(
                    $"a packed column has an exception {gaps[i]} rows behind row {position}, expected below {values.Length}");
            }

            position += gaps[i];
            values[(int)position++] += highs[i] << width;
        }
    }

    /// <summary>The greatest value of fewer than 64 bits.</summary>
    private static ulong Highest(int width) => (1UL << width) - 1;

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

    /// <summary>
    /// The width at which the packed bits and the exceptions together take least, as far as a sample of the values
    /// tells.
    /// </summary>
    private static int BestWidth(ReadOnlySpan<ulong> values, int longest)
    {
        var lengths = default(LengthCounts);
        var step = 1 + (values.Length / SampleSize);
        for (var i = 0; i < values.Length; i += step)
        {
            lengths[BitPacking.WidthOf(values[i])]++;
        }

        var sampled = (values.Length + step - 1) / step;
        var best = longest;
        var bestBits = longest * sampled;
        var above = 0;
        for (var width = longest - 1; width >= 0; width--)
        {
            above += lengths[width + 1];
            var bits = (width * sampled) + (above * (longest - width + ExceptionBits));
            if (bits < bestBits)
            {
                (best, bestBits) = (width, bits);
            }
        }

        return best;
    }

    [InlineArray(BitPacking.MaxWidth + 1)]
    private struct LengthCounts
    {
        private int first;
    }
}
