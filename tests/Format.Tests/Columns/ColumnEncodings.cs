using CsCheck;
using TraceCap.Format.Chunks;

namespace TraceCap.Format.Tests.Columns;

public class ColumnEncodings
{
    /// <summary>What the header, the exceptions' widths and the last bytes of three lists of bits take.</summary>
    private const int Overhead = 32;

    /// <summary>Values of very different lengths in every mixture: few, many or no exceptions.</summary>
    private static readonly Gen<ulong[]> Mixed =
        Gen.Select(Gen.Int[0, 100], Gen.Int[0, 64], Gen.Int[0, 64], Gen.Int[0, 5_000], Gen.Int[0, int.MaxValue])
            .Select((share, few, many, count, seed) =>
            {
                var random = new Random(seed);
                return Enumerable.Range(0, count)
                    .Select(_ => Bits(random, random.Next(100) < share ? many : few)).ToArray();
            });

    [Fact]
    public void Packed_values_come_back() => Mixed.Sample(values => Check(ColumnEncoding.Packed, values), iter: 500);

    [Fact]
    public void Differences_come_back() => Mixed.Sample(values => Check(ColumnEncoding.Delta, values), iter: 500);

    [Fact]
    public void What_the_sample_does_not_see_is_still_no_larger_than_the_values()
    {
        // A sample of every fifth of 5,000 values sees only zeros.
        var values = Enumerable.Range(0, 5_000).Select(i => i % 5 == 0 ? 0 : ulong.MaxValue - (uint)i).ToArray();
        Check(ColumnEncoding.Packed, values);
    }

    [Fact]
    public void Rare_exceptions_cost_only_themselves()
    {
        var values = Enumerable.Range(0, 5_000).Select(i => i % 1_000 == 500 ? ulong.MaxValue : (ulong)i % 2).ToArray();
        Assert.InRange(Encode(ColumnEncoding.Packed, values).Length, 5_000 / 8, 750);
    }

    private static void Check(ColumnEncoding encoding, ulong[] values)
    {
        var encoded = Encode(encoding, [.. values]);
        Assert.InRange(encoded.Length, 0, (values.Length * sizeof(ulong)) + Overhead);

        var reader = new PayloadReader(encoded);
        var decoded = new ulong[values.Length];
        encoding.Decode(ref reader, decoded);
        Assert.Equal(0, reader.Left);
        Assert.Equal(values, decoded);
    }

    private static byte[] Encode(ColumnEncoding encoding, ulong[] values)
    {
        byte[] buffer = [];
        var writer = new PayloadWriter(ref buffer);
        encoding.Encode(values, ref writer);
        return buffer[..writer.Position];
    }

    private static ulong Bits(Random random, int width) =>
        width == 0 ? 0 : (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> (64 - width);
}
