using System.Buffers.Binary;
using System.IO.Hashing;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Blocks;

/// <summary>What a block holds. Readers skip kinds they do not know.</summary>
internal enum BlockKind : byte
{
    /// <summary>No block.</summary>
    None = 0,

    /// <summary>Opens a section: who recorded what, where and how (<see cref="CaptureHeader"/>).</summary>
    Header = 1,

    /// <summary>Events.</summary>
    Chunk = 2,

    /// <summary>What events refer to: clocks (<see cref="CaptureContext"/>).</summary>
    Context = 3,

    /// <summary>Ends a section: index and totals (<see cref="CaptureFooter"/>). Absent after a crash.</summary>
    Footer = 4,
}

/// <summary>How the payload of a block is stored.</summary>
internal enum BlockCodec : byte
{
    /// <summary>As it is.</summary>
    Stored = 0,

    /// <summary>One LZ4 block.</summary>
    Lz4 = 1,
}

/// <summary>
/// What stands before the payload of every block: 128 bytes, little-endian. Later minor versions may make it longer;
/// its last 8 bytes are always the hash of all that precede them.
/// </summary>
internal struct BlockHeader
{
    /// <summary>The length in bytes that this version writes, and the least that it reads.</summary>
    public const int Size = 128;

    /// <summary>The greatest header length that a reader accepts.</summary>
    public const int MaxSize = 1024;

    /// <summary>The greatest payload that a reader accepts, stored or unpacked: 16 MiB.</summary>
    public const int MaxPayload = 16 << 20;

    /// <summary>The most events of a chunk. Laid out in columns an event takes up to 192 bytes, so that so many random
    /// ones still fit <see cref="MaxPayload"/>.</summary>
    public const int MaxEvents = 1 << 16;

    /// <summary>The format's major version: a reader refuses a higher one.</summary>
    public const byte CurrentMajor = 1;

    /// <summary>The length of this header in the file.</summary>
    public ushort Length;

    /// <summary>The format version that the block was written with.</summary>
    public byte Major;

    /// <summary>The lowest minor version that lays out all that the block holds; a reader accepts any.</summary>
    public byte Minor;

    /// <summary>What the payload is.</summary>
    public BlockKind Kind;

    /// <summary>How the payload is stored.</summary>
    public BlockCodec Codec;

    /// <summary>The same random value in all blocks of one section, so that a block is never taken for one of another
    /// recording.</summary>
    public Guid FileId;

    /// <summary>0 for the header block, then one more for each block of the section: a gap means missing blocks.</summary>
    public uint Sequence;

    /// <summary>Events in a chunk.</summary>
    public uint Events;

    /// <summary>Bytes that follow this header.</summary>
    public uint PayloadLength;

    /// <summary>Bytes of the payload once unpacked.</summary>
    public uint RawLength;

    /// <summary>The earliest timestamp of a chunk, CLOCK_MONOTONIC ns; 0 without events.</summary>
    public ulong FirstTimestamp;

    /// <summary>The latest timestamp of a chunk, CLOCK_MONOTONIC ns; 0 without events.</summary>
    public ulong LastTimestamp;

    /// <summary>The watermark: no later block of the section holds an event before this timestamp.</summary>
    public ulong Watermark;

    /// <summary>What the loss counters grew by since the block before.</summary>
    public LossCounters LossCounters;

    /// <summary>XXH3-64 of the stored payload.</summary>
    public ulong PayloadHash;

    /// <summary>The first 8 bytes of every block. The first is no ASCII and no UTF-8, so that no text holds it; both
    /// kinds of line ending reveal a transfer in text mode, and 0x1A ends <c>type</c> on Windows.</summary>
    public static ReadOnlySpan<byte> Magic => [0x89, (byte)'T', (byte)'C', (byte)'A', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The hash that the format uses everywhere: XXH3, 64 bits, seed 0.</summary>
    public static ulong Hash(ReadOnlySpan<byte> bytes) => XxHash3.HashToUInt64(bytes);

    /// <summary>Writes the <see cref="Size"/> bytes, with <see cref="Size"/> as the length and the hash computed.</summary>
    public readonly void Write(Span<byte> target)
    {
        Magic.CopyTo(target);
        BinaryPrimitives.WriteUInt16LittleEndian(target[8..], Size);
        target[10] = Major;
        target[11] = Minor;
        target[12] = (byte)Kind;
        target[13] = (byte)Codec;
        BinaryPrimitives.WriteUInt16LittleEndian(target[14..], 0);
        FileId.TryWriteBytes(target[16..]);
        BinaryPrimitives.WriteUInt32LittleEndian(target[32..], Sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(target[36..], Events);
        BinaryPrimitives.WriteUInt32LittleEndian(target[40..], PayloadLength);
        BinaryPrimitives.WriteUInt32LittleEndian(target[44..], RawLength);
        BinaryPrimitives.WriteUInt64LittleEndian(target[48..], FirstTimestamp);
        BinaryPrimitives.WriteUInt64LittleEndian(target[56..], LastTimestamp);
        BinaryPrimitives.WriteUInt64LittleEndian(target[64..], Watermark);
        BinaryPrimitives.WriteUInt64LittleEndian(target[72..], LossCounters.Emitted);
        BinaryPrimitives.WriteUInt64LittleEndian(target[80..], LossCounters.RingFull);
        BinaryPrimitives.WriteUInt64LittleEndian(target[88..], LossCounters.MapFull);
        BinaryPrimitives.WriteUInt64LittleEndian(target[96..], LossCounters.ProbeMissed);
        BinaryPrimitives.WriteUInt64LittleEndian(target[104..], LossCounters.Dropped);
        BinaryPrimitives.WriteUInt64LittleEndian(target[112..], PayloadHash);
        BinaryPrimitives.WriteUInt64LittleEndian(target[120..], Hash(target[..120]));
    }

    /// <summary>The length of the header that begins here, if these bytes can be its beginning.</summary>
    /// <param name="bytes">At least <see cref="Size"/> bytes.</param>
    /// <returns>0 if there is no magic, or the length makes no sense.</returns>
    public static int ReadLength(ReadOnlySpan<byte> bytes)
    {
        var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        return bytes.StartsWith(Magic) && length is >= Size and <= MaxSize ? length : 0;
    }

    /// <summary>Reads a header whose hash is right.</summary>
    /// <param name="bytes">Exactly the bytes of the header, as <see cref="ReadLength"/> tells.</param>
    /// <param name="header">The header.</param>
    /// <returns>Whether the hash is right and the lengths are within their limits.</returns>
    /// <exception cref="CaptureFormatException">The major version is higher than <see cref="CurrentMajor"/>.</exception>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out BlockHeader header)
    {
        header = default;
        var end = bytes.Length - sizeof(ulong);
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes[end..]) != Hash(bytes[..end]))
        {
            return false;
        }

        if (bytes[10] > CurrentMajor)
        {
            throw new CaptureFormatException(
                $"format {bytes[10]}.{bytes[11]} is newer than this version reads ({CurrentMajor}.x); use a newer tracecap");
        }

        header.Length = (ushort)bytes.Length;
        header.Major = bytes[10];
        header.Minor = bytes[11];
        header.Kind = (BlockKind)bytes[12];
        header.Codec = (BlockCodec)bytes[13];
        header.FileId = new Guid(bytes[16..32]);
        header.Sequence = BinaryPrimitives.ReadUInt32LittleEndian(bytes[32..]);
        header.Events = BinaryPrimitives.ReadUInt32LittleEndian(bytes[36..]);
        header.PayloadLength = BinaryPrimitives.ReadUInt32LittleEndian(bytes[40..]);
        header.RawLength = BinaryPrimitives.ReadUInt32LittleEndian(bytes[44..]);
        header.FirstTimestamp = BinaryPrimitives.ReadUInt64LittleEndian(bytes[48..]);
        header.LastTimestamp = BinaryPrimitives.ReadUInt64LittleEndian(bytes[56..]);
        header.Watermark = BinaryPrimitives.ReadUInt64LittleEndian(bytes[64..]);
        header.LossCounters = new LossCounters(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[72..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[80..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[88..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[96..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[104..]));
        header.PayloadHash = BinaryPrimitives.ReadUInt64LittleEndian(bytes[112..]);
        return header.PayloadLength <= MaxPayload
            && header.RawLength <= MaxPayload
            && header.Events <= MaxEvents;
    }
}
