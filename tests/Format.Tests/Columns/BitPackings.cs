using CsCheck;
using TraceCap.Format.Chunks;

namespace TraceCap.Format.Tests.Columns;

public class BitPackings
{
    private static readonly Gen<(ulong[] Values, int Width)> Any =
        Gen.Select(Gen.ULong.Array[0, 300], Gen.Int[1, BitPacking.MaxWidth]);

    [Fact]
    public void What_was_packed_is_unpacked() => Any.Sample((values, width) =>
    {
        var packed = Pack(values, width);
        var unpacked = new ulong[values.Length];
        BitPacking.Unpack(packed, width, 0, unpacked);
        Assert.Equal(values.Select(value => value & Mask(width)), unpacked);
    });

    [Fact]
    public void Vectors_and_scalars_give_the_same() =>
        Gen.Select(Any, Gen.ULong).Sample((any, least) =>
        {
            var packed = Pack(any.Values, any.Width);
            var (vector, scalar) = (new ulong[any.Values.Length], new ulong[any.Values.Length]);
            BitPacking.Unpack(packed, any.Width, least, vector);
            BitPacking.UnpackScalar(packed, any.Width, least, scalar);
            Assert.Equal(scalar, vector);
        });

    /// <summary>Those that the executable has everywhere, even where the machine of the test has wider ones.</summary>
    [Fact]
    public void Vectors_that_every_processor_has_give_the_same()
    {
        Assert.SkipUnless(BitPacking.HasVectors, "this processor has neither SSE4.1 nor NEON");
        Gen.Select(Gen.ULong.Array[32, 300], Gen.Int[1, 25], Gen.ULong).Sample((values, width, least) =>
        {
            var packed = Pack(values, width);
            var (vector, scalar) = (new ulong[values.Length], new ulong[values.Length]);
            var done = BitPacking.UnpackByVectors(packed, width, least, vector);
            BitPacking.UnpackScalar(packed, width, least, scalar);
            Assert.Equal(scalar[..done], vector[..done]);
            Assert.InRange(done, values.Length - 8 - (8 * 16 / width), values.Length);
            Assert.All(vector[done..], value => Assert.Equal(0ul, value));
        });
    }

    [Fact]
    public void Values_are_below_a_limit_if_the_greatest_is() =>
        Gen.Select(Gen.OneOf(Gen.ULong, Gen.ULong[0, 100]).Array[0, 40], Gen.OneOf(Gen.ULong[0, 1ul << 63], Gen.ULong[0, 100])).Sample((values, limit) =>
            Assert.Equal(limit > 0 && values.All(value => value < limit), Vectors.AreBelow(values, limit)));

    [Fact]
    public void The_least_bit_of_the_first_value_is_the_least_bit_of_the_first_byte() =>
        Assert.Equal([0b11_010_001, 0b0_100_000_0], Pack([0b001, 0b010, 0b011, 0, 0b100, 0], 3)[..2]);

    [Fact]
    public void The_range_is_that_of_all_values() => Gen.ULong.Array[1, 100].Sample(values =>
        Assert.Equal((values.Min(), values.Max()), Vectors.Range(values)));

    private static byte[] Pack(ulong[] values, int width)
    {
        var packed = new byte[BitPacking.ByteCount(values.Length, width)];
        BitPacking.Pack(values, width, packed);
        return packed;
    }

    private static ulong Mask(int width) => ulong.MaxValue >> (BitPacking.MaxWidth - width);
}
