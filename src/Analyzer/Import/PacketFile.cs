using System.Buffers.Binary;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Import;

/// <summary>A packet of a file.</summary>
/// <param name="Time">When it was captured, ns since 1970.</param>
/// <param name="LinkType">What it begins with: a LINKTYPE of libpcap.</param>
/// <param name="Data">As much of it as was captured. Valid until the next one.</param>
internal readonly record struct Packet(ulong Time, int LinkType, ReadOnlyMemory<byte> Data);

/// <summary>
/// Reads packets from pcap (draft-ietf-opsawg-pcap, micro- and nanoseconds, either byte order) and pcapng (draft-ietf-opsawg-pcapng: sections,
/// interfaces with their resolutions and offsets, enhanced, simple and obsolete packets). A file that ends within a packet is truncated:
/// what is before is read.
/// </summary>
/// <param name="input">Need not seek.</param>
internal sealed class PacketFile(Stream input)
{
    private const uint Microseconds = 0xA1B2C3D4;
    private const uint Nanoseconds = 0xA1B23C4D;
    private const uint Section = 0x0A0D0D0A;
    private const uint ByteOrder = 0x1A2B3C4D;
    private const int FileHeader = 24;
    private const int PacketHeader = 16;

    /// <summary>More than any tool captures of a packet.</summary>
    private const int MaxBlock = 16 << 20;

    private const int MaxInterfaces = 1 << 16;
    private const ulong Second = 1_000_000_000;

    private readonly List<Interface> interfaces = [];
    private byte[] block = new byte[1 << 12];
    private bool isBigEndian;
    private long offset;

    /// <summary>Why it could not be read to its end; null if it could.</summary>
    internal string? Truncated { get; private set; }

    /// <summary>Simple packets, which have no time.</summary>
    internal long Untimed { get; private set; }

    /// <summary>Whether a file begins as one of packets.</summary>
    internal static bool Looks(ReadOnlySpan<byte> first) =>
        first.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(first) is var magic
        && (magic is Microseconds or Nanoseconds or Section || BinaryPrimitives.ReverseEndianness(magic) is Microseconds or Nanoseconds);

    /// <summary>Gives all packets.</summary>
    /// <exception cref="CaptureFormatException">It is no such file, or says of itself what cannot be.</exception>
    internal IEnumerable<Packet> Read()
    {
        if (!Fill(0, 4))
        {
            yield break;
        }

        foreach (var packet in BinaryPrimitives.ReadUInt32LittleEndian(block) == Section ? ReadBlocks() : ReadPackets())
        {
            yield return packet;
        }
    }

    private IEnumerable<Packet> ReadPackets()
    {
        var magic = BinaryPrimitives.ReadUInt32LittleEndian(block);
        isBigEndian = magic is not (Microseconds or Nanoseconds);
        if (U32(0) is not (Microseconds or Nanoseconds))
        {
            throw Wrong("there is no magic of pcap");
        }

        var unit = U32(0) == Microseconds ? 1000u : 1;
        if (!Fill(4, FileHeader - 4))
        {
            yield break;
        }

        // Its upper half tells of frame check sequences.
        var linkType = (int)(U32(20) & 0xFFFF);
        offset = FileHeader;
        while (Fill(0, PacketHeader))
        {
            var (seconds, fraction, length) = (U32(0), U32(4), U32(8));
            if (length > MaxBlock)
            {
                throw Wrong($"there is a packet of {length} bytes; expected at most {MaxBlock}");
            }

            if (!Fill(PacketHeader, (int)length))
            {
                yield break;
            }

            yield return new Packet((seconds * Second) + ((ulong)fraction * unit), linkType, block.AsMemory(PacketHeader, (int)length));
            offset += PacketHeader + length;
        }
    }

    private IEnumerable<Packet> ReadBlocks()
    {
        for (var has = 4; Fill(has, 12 - has); has = 0)
        {
            var type = U32(0);
            if (BinaryPrimitives.ReadUInt32LittleEndian(block) == Section)
            {
                // Each section says anew how its numbers are laid out, before the first of them counts.
                isBigEndian = BinaryPrimitives.ReadUInt32BigEndian(block.AsSpan(8)) == ByteOrder;
                if (U32(8) != ByteOrder)
                {
                    throw Wrong("a section of pcapng does not tell its byte order");
                }

                type = Section;
                interfaces.Clear();
            }

            var length = U32(4);
            if (length is < 12 or > MaxBlock || length % 4 != 0)
            {
                throw Wrong($"there is a block of {length} bytes; expected a multiple of 4 from 12 to {MaxBlock}");
            }

            if (!Fill(12, (int)length - 12))
            {
                yield break;
            }

            // The length stands behind the body once more.
            if (Take(type, (int)length - 4) is { } packet)
            {
                yield return packet;
            }

            offset += length;
        }
    }

    private Packet? Take(uint type, int end)
    {
        switch (type)
        {
            case 1 when end >= 16:
                AddInterface(end);
                return null;
            case 6 when end >= 28:
                return PacketOf(U32(8), U32(12), U32(16), start: 28, U32(20), end);
            case 2 when end >= 28:
                return PacketOf(U16(8), U32(12), U32(16), start: 28, U32(20), end);
            case 3:
                Untimed++;
                return null;
            default:
                return null;
        }
    }

    private Packet PacketOf(uint number, uint high, uint low, int start, uint length, int end)
    {
        if (number >= interfaces.Count)
        {
            throw Wrong($"a packet is of interface {number}; expected one of the {interfaces.Count} that are described before it");
        }

        if (length > end - start)
        {
            throw Wrong($"a packet has {length} bytes in a block with room for {end - start}");
        }

        var from = interfaces[(int)number];
        var ticks = ((ulong)high << 32) | low;
        var time = (UInt128)ticks * Second / from.TicksPerSecond;
        return new Packet(unchecked((ulong)time + (from.Offset * Second)), from.LinkType, block.AsMemory(start, (int)length));
    }

    private void AddInterface(int end)
    {
        if (interfaces.Count == MaxInterfaces)
        {
            throw Wrong($"there are more than {MaxInterfaces} interfaces");
        }

        var found = new Interface(U16(8), 1_000_000, 0);
        for (var at = 16; at + 4 <= end;)
        {
            var (code, length) = (U16(at), U16(at + 2));
            at += 4;
            if (code == 0 || at + length > end)
            {
                break;
            }

            found = (code, length) switch
            {
                (9, >= 1) => found with { TicksPerSecond = Resolution(block[at]) },
                (14, >= 8) => found with { Offset = isBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(block.AsSpan(at)) : BinaryPrimitives.ReadUInt64LittleEndian(block.AsSpan(at)) },
                _ => found,
            };
            at += (length + 3) & ~3;
        }

        interfaces.Add(found);
    }

    /// <summary>if_tsresol: a negative power of 10, or of 2 with the highest bit set.</summary>
    private UInt128 Resolution(byte power)
    {
        var exponent = power & 0x7F;
        if (exponent > 63 || (power < 128 && exponent > 19))
        {
            throw Wrong($"the resolution of an interface is {power}; expected a power that a 64-bit time can have");
        }

        var ticks = (UInt128)1;
        for (; exponent > 0; exponent--)
        {
            ticks *= power < 128 ? 10u : 2u;
        }

        return ticks;
    }

    private uint U32(int at) => isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(block.AsSpan(at)) : BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(at));

    private ushort U16(int at) => isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(block.AsSpan(at)) : BinaryPrimitives.ReadUInt16LittleEndian(block.AsSpan(at));

    /// <summary>Reads on into the block.</summary>
    /// <returns>False at the end of the file.</returns>
    private bool Fill(int at, int length)
    {
        if (block.Length < at + length)
        {
            Array.Resize(ref block, Math.Max(2 * block.Length, at + length));
        }

        var got = input.ReadAtLeast(block.AsSpan(at, length), length, throwOnEndOfStream: false);
        if (got == length)
        {
            return true;
        }

        if (got > 0 || at > 0)
        {
            Truncated = FormattableString.Invariant($"truncated within what begins at byte {offset}");
        }

        return false;
    }

    private CaptureFormatException Wrong(string what) => new(FormattableString.Invariant($"at byte {offset}: {what}"));

    private sealed record Interface(int LinkType, UInt128 TicksPerSecond, ulong Offset);
}
