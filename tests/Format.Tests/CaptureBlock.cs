using K4os.Compression.LZ4;
using TraceCap.Format.Blocks;

namespace TraceCap.Format.Tests;

/// <summary>One block of a capture, to be changed and written with lengths and hashes that are right again.</summary>
internal sealed class CaptureBlock
{
    private const int HashSize = sizeof(ulong);

    /// <summary>Its lengths, hashes and codec follow from the payload, the rest is written as it is here.</summary>
    internal BlockHeader Header;

    /// <summary>The payload as it is stored.</summary>
    internal byte[] Payload { get; set; } = [];

    /// <summary>What a later version puts between the fields of the block header and its hash.</summary>
    internal byte[] NewFields { get; set; } = [];

    /// <summary>The payload as it was before it was packed.</summary>
    internal byte[] Raw
    {
        get
        {
            // A kind of a later version may have a codec of its own.
            if (Header.Codec != BlockCodec.Lz4)
            {
                return Payload;
            }

            var raw = new byte[Header.RawLength];
            return LZ4Codec.Decode(Payload, raw) == raw.Length
                ? raw
                : throw new InvalidOperationException("the payload of a block that is to be changed cannot be unpacked");
        }
    }

    /// <summary>Takes an undamaged capture apart.</summary>
    internal static List<CaptureBlock> Split(byte[] file)
    {
        var reader = new BlockReader(new MemoryStream(file));
        var blocks = new List<CaptureBlock>();
        while (reader.Read())
        {
            blocks.Add(new CaptureBlock { Header = reader.Header, Payload = reader.Payload.ToArray() });
        }

        return blocks;
    }

    internal static byte[] Join(IEnumerable<CaptureBlock> blocks) => [.. blocks.SelectMany(block => block.ToArray())];

    /// <summary>Makes the hash of the block header at an offset right again.</summary>
    internal static void Rehash(byte[] file, int offset)
    {
        var hashed = BitConverter.ToUInt16(file, offset + 8) - HashSize;
        BitConverter.TryWriteBytes(file.AsSpan(offset + hashed), BlockHeader.Hash(file.AsSpan(offset, hashed)));
    }

    /// <summary>Puts another payload in, packed or not.</summary>
    internal CaptureBlock WithRaw(byte[] raw, bool pack = false)
    {
        Header.Codec = pack ? BlockCodec.Lz4 : BlockCodec.Stored;
        Header.RawLength = (uint)raw.Length;
        Payload = raw;
        if (pack)
        {
            var packed = new byte[LZ4Codec.MaximumOutputSize(raw.Length)];
            Payload = packed[..LZ4Codec.Encode(raw, packed)];
        }

        return this;
    }

    internal byte[] ToArray()
    {
        Header.PayloadLength = (uint)Payload.Length;
        Header.PayloadHash = BlockHeader.Hash(Payload);
        var written = new byte[BlockHeader.Size];
        Header.Write(written);
        byte[] block = [.. written[..^HashSize], .. NewFields, .. written[^HashSize..], .. Payload];
        BitConverter.TryWriteBytes(block.AsSpan(8), (ushort)(BlockHeader.Size + NewFields.Length));
        Rehash(block, 0);
        return block;
    }
}
