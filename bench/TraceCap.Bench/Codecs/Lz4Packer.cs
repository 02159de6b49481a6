using System.Buffers.Binary;
using K4os.Compression.LZ4;

namespace TraceCap.Bench.Codecs;

/// <summary>One LZ4 block, fast level, after its unpacked length, as a capture's blocks hold it.</summary>
internal sealed class Lz4Packer
{
    private byte[] packed = [];
    private byte[] unpacked = [];

    public ReadOnlySpan<byte> Pack(ReadOnlySpan<byte> raw)
    {
        var most = sizeof(int) + LZ4Codec.MaximumOutputSize(raw.Length);
        if (packed.Length < most)
        {
            packed = new byte[most];
        }

        BinaryPrimitives.WriteInt32LittleEndian(packed, raw.Length);
        var length = LZ4Codec.Encode(raw, packed.AsSpan(sizeof(int)), LZ4Level.L00_FAST);
        if (length >= raw.Length)
        {
            raw.CopyTo(packed.AsSpan(sizeof(int)));
            length = raw.Length;
        }

        return packed.AsSpan(0, sizeof(int) + length);
    }

    public ReadOnlySpan<byte> Unpack(ReadOnlySpan<byte> block)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(block);
        if (length == block.Length - sizeof(int))
        {
            return block[sizeof(int)..];
        }

        if (unpacked.Length < length)
        {
            unpacked = new byte[length];
        }

        Unpack(block, unpacked.AsSpan(0, length));
        return unpacked.AsSpan(0, length);
    }

    public static void Unpack(ReadOnlySpan<byte> block, Span<byte> target)
    {
        if (LZ4Codec.Decode(block[sizeof(int)..], target) != target.Length)
        {
            throw new InvalidDataException("the LZ4 block has another length than it says");
        }
    }
}
