using TraceCap.Format.Blocks;

namespace TraceCap.Format.Tests;

/// <summary>LZ4 blocks by hand, also such as no packer makes.</summary>
internal static class Lz4Bytes
{
    /// <summary>Literals, and the match after them.</summary>
    internal static byte[] Sequence(ReadOnlySpan<byte> literals, int distance, int match) =>
    [
        (byte)((Math.Min(literals.Length, 15) << 4) | Math.Min(match - 4, 15)),
        .. More(literals.Length),
        .. literals,
        (byte)distance,
        (byte)(distance >> 8),
        .. More(match - 4),
    ];

    /// <summary>The literals at the end.</summary>
    internal static byte[] Last(ReadOnlySpan<byte> literals) =>
        [(byte)(Math.Min(literals.Length, 15) << 4), .. More(literals.Length), .. literals];

    /// <summary>Has four bytes in the middle of a block's payload be a match at some distance.</summary>
    internal static void PutInto(CaptureBlock block, int distance)
    {
        var raw = block.Raw;
        var middle = raw.Length / 2;
        block.Header.Codec = BlockCodec.Lz4;
        block.Header.RawLength = (uint)raw.Length;
        block.Payload = [.. Sequence(raw.AsSpan(0, middle), distance, match: 4), .. Last(raw.AsSpan(middle + 4))];
    }

    private static IEnumerable<byte> More(int length) =>
        length < 15 ? [] : [.. Enumerable.Repeat((byte)255, (length - 15) / 255), (byte)((length - 15) % 255)];
}
