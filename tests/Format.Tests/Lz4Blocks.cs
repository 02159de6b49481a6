using K4os.Compression.LZ4;
using TraceCap.Format.Blocks;

namespace TraceCap.Format.Tests;

public class Lz4Blocks
{
    private static readonly byte[] literals = [.. Enumerable.Range(0, 300).Select(i => (byte)i)];

    public static TheoryData<string, byte[], int> Malformed => new()
    {
        { "no bytes", [], 0 },
        { "no bytes that claim to be one", [], 1 },
        { "a match of what nobody wrote", [.. Lz4Bytes.Sequence(literals, 0, 8), .. Lz4Bytes.Last(literals)], 608 },
        { "a match from before the beginning", [.. Lz4Bytes.Sequence(literals, 301, 8), .. Lz4Bytes.Last(literals)], 608 },
        { "a match without anything before it", [.. Lz4Bytes.Sequence([], 1, 8), .. Lz4Bytes.Last(literals)], 308 },
        { "a match at the end", Lz4Bytes.Sequence(literals, 1, 8), 308 },
        { "literals beyond the end", Lz4Bytes.Last(literals)[..^1], 300 },
        { "a length that does not end", [0xF0, 255, 255], 525 },
        { "a length that is not there", [0xF0], 15 },
        { "half a distance", [.. Lz4Bytes.Sequence(literals, 1, 8)[..^1]], 304 },
        { "a match's length that does not end", [.. Lz4Bytes.Sequence(literals, 1, 19)[..^1]], 319 },
        { "less than is claimed", Lz4Bytes.Last(literals), 301 },
        { "more than is claimed", Lz4Bytes.Last(literals), 299 },
        { "a match that is longer than is claimed", [.. Lz4Bytes.Sequence(literals, 1, 1_000), .. Lz4Bytes.Last([1, 2, 3, 4, 5])], 310 },
        { "bytes after the end", [.. Lz4Bytes.Last(literals), 0], 300 },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void What_is_malformed_is_refused(string what, byte[] packed, int rawLength) =>
        Assert.False(Lz4Block.TryUnpack(packed, new byte[rawLength]), what);

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 18)]
    [InlineData(299, 19)]
    [InlineData(300, 274)]
    public void Matches_of_any_length_repeat_what_was_before(int distance, int match)
    {
        var raw = new byte[300 + match + 300];
        Assert.True(Lz4Block.TryUnpack([.. Lz4Bytes.Sequence(literals, distance, match), .. Lz4Bytes.Last(literals)], raw));
        Assert.Equal(literals, raw[..300]);
        Assert.All(Enumerable.Range(300, match), at => Assert.Equal(raw[at - distance], raw[at]));
        Assert.Equal(literals, raw[^300..]);
    }

    [Fact]
    public void Whatever_is_packed_is_unpacked()
    {
        var random = new Random(3);
        for (var length = 1; length < 3_000; length += 7)
        {
            var raw = new byte[length];
            for (var i = 0; i < length; i++)
            {
                raw[i] = (byte)random.Next(random.Next(1, 256));
            }

            raw.AsSpan(length / 3, length / 3).Fill(7);
            var packed = new byte[LZ4Codec.MaximumOutputSize(length)];
            var unpacked = new byte[length];
            Assert.True(Lz4Block.TryUnpack(packed.AsSpan(0, LZ4Codec.Encode(raw, packed)), unpacked));
            Assert.Equal(raw, unpacked);
        }
    }
}
