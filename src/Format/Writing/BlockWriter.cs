using K4os.Compression.LZ4;
using TraceCap.Format.Blocks;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

namespace TraceCap.Format.Writing;

/// <summary>Writes the blocks of a section one after another, each by one call, and keeps their index.</summary>
/// <param name="output">Stays open, and is never sought or flushed.</param>
/// <param name="fileId">Tells the section's blocks from those of others; random if not given.</param>
internal sealed class BlockWriter(Stream output, Guid? fileId)
{
    private readonly Guid fileId = fileId ?? NewFileId();
    private byte[] block = [];
    private uint sequence;

    /// <summary>Bytes written.</summary>
    internal long Length { get; private set; }

    /// <summary>The blocks written so far.</summary>
    internal BlockIndex Index { get; } = new();

    /// <summary>What a block says first of itself.</summary>
    internal static BlockHeader Begin(BlockKind kind, int rawLength) => new()
    {
        Major = BlockHeader.CurrentMajor,
        Kind = kind,
        RawLength = (uint)rawLength,
    };

    /// <summary>Writes a block under the section's next number.</summary>
    /// <param name="header">Gets what only the place in the section and the payload decide.</param>
    /// <param name="payload">Is stored as it is if not packed, or not smaller then.</param>
    /// <param name="pack">Whether to try.</param>
    internal void Write(ref BlockHeader header, ReadOnlySpan<byte> payload, bool pack)
    {
        Pack(ref header, payload, pack, ref block);
        Write(ref header, block);
    }

    /// <summary>The same of a block that is <see cref="Pack">packed</see>.</summary>
    /// <param name="header">Gets what only the place in the section decides.</param>
    /// <param name="packed">Room for the header, and the payload behind it.</param>
    internal void Write(ref BlockHeader header, byte[] packed)
    {
        header.FileId = fileId;
        header.Sequence = sequence;
        header.Write(packed);
        output.Write(packed, 0, BlockHeader.Size + (int)header.PayloadLength);

        Index.Add(BlockEntry.Of(in header, Length));
        sequence++;
        Length += BlockHeader.Size + header.PayloadLength;
    }

    /// <summary>What a block may take whose payload has so many bytes.</summary>
    private static int RoomFor(int payload) => BlockHeader.Size + LZ4Codec.MaximumOutputSize(payload);

    /// <summary>Packs a payload.</summary>
    /// <param name="header">Gets what the payload decides.</param>
    /// <param name="payload">Is stored as it is if not packed, or not smaller then.</param>
    /// <param name="pack">Whether to try.</param>
    /// <param name="block">Takes it, behind room for the header. Replaced by a larger array if it is too small.</param>
    internal static void Pack(ref BlockHeader header, ReadOnlySpan<byte> payload, bool pack, ref byte[] block)
    {
        Arrays.Grow(ref block, RoomFor(payload.Length), RoomFor(BlockHeader.MaxPayload));
        var target = block.AsSpan(BlockHeader.Size);
        var packed = pack ? LZ4Codec.Encode(payload, target) : 0;
        if (packed > 0 && packed < payload.Length)
        {
            header.Codec = BlockCodec.Lz4;
        }
        else
        {
            payload.CopyTo(target);
            packed = payload.Length;
        }

        header.PayloadLength = (uint)packed;
        header.PayloadHash = BlockHeader.Hash(target[..packed]);
    }

    /// <summary>Not <see cref="Guid.NewGuid"/>, which fails where there is no /dev/urandom, as in a bare chroot.</summary>
    private static Guid NewFileId()
    {
        Span<byte> bytes = stackalloc byte[16];
        Random.Shared.NextBytes(bytes);
        return new Guid(bytes);
    }
}
