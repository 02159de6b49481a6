using System.Buffers.Binary;
using TraceCap.Format.Events;

namespace TraceCap.Exports.Pcapng;

/// <summary>Flags of a TCP header (RFC 9293).</summary>
[Flags]
internal enum TcpFlags : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>No more data from the sender.</summary>
    Fin = 1,

    /// <summary>Sequence numbers are agreed upon.</summary>
    Syn = 2,

    /// <summary>The connection is reset.</summary>
    Rst = 4,

    /// <summary>Data is to be handed on.</summary>
    Psh = 8,

    /// <summary>The acknowledgement counts.</summary>
    Ack = 16,
}

/// <summary>An address and a port.</summary>
/// <param name="Address">The address.</param>
/// <param name="Port">The port.</param>
internal readonly record struct TcpEndpoint(Address Address, ushort Port);

/// <summary>
/// The headers of an IP packet with a TCP segment whose payload is zeros, which need not be there for checksums to be right. A payload that
/// the length field of IP has no room for is told as hosts with segmentation offload have it: over IPv4 by a length of 0, over IPv6
/// by a jumbo payload (RFC 2675).
/// </summary>
internal static class TcpPacket
{
    /// <summary>The most bytes that <see cref="Write"/> takes.</summary>
    internal const int MostHeaders = V6Header + JumboHeader + TcpHeader;

    private const int V4Header = 20;
    private const int V6Header = 40;
    private const int JumboHeader = 8;
    private const int TcpHeader = 20;
    private const byte HopByHop = 0;
    private const byte Tcp = 6;
    private const byte TimeToLive = 64;

    /// <summary>Writes the headers.</summary>
    /// <param name="target">At least <see cref="MostHeaders"/> bytes.</param>
    /// <param name="ipVersion">4 or 6.</param>
    /// <param name="from">Who sends it.</param>
    /// <param name="to">Who gets it.</param>
    /// <param name="flags">Its flags.</param>
    /// <param name="sequence">Its sequence number.</param>
    /// <param name="acknowledged">The sequence number that it expects next.</param>
    /// <param name="payload">How many bytes of payload it has.</param>
    /// <param name="length">How long the packet is, its payload included.</param>
    /// <returns>How long its headers are.</returns>
    internal static int Write(
        Span<byte> target, int ipVersion, in TcpEndpoint from, in TcpEndpoint to, TcpFlags flags, uint sequence, uint acknowledged, uint payload, out uint length)
    {
        var segment = TcpHeader + payload;
        var isJumbo = ipVersion == 6 && segment > ushort.MaxValue;
        var headers = (ipVersion == 4 ? V4Header : V6Header) + (isJumbo ? JumboHeader : 0);
        target[..(headers + TcpHeader)].Clear();
        length = (uint)headers + segment;
        var (source, destination) = (from.Address, to.Address);
        var addresses = ipVersion == 4 ? 4 : 16;
        if (ipVersion == 4)
        {
            WriteV4(target, source.Bytes[..4], destination.Bytes[..4], length);
        }
        else
        {
            WriteV6(target, source.Bytes, destination.Bytes, segment, isJumbo);
        }

        var tcp = target.Slice(headers, TcpHeader);
        BinaryPrimitives.WriteUInt16BigEndian(tcp, from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], to.Port);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], acknowledged);
        tcp[12] = TcpHeader / 4 << 4;
        tcp[13] = (byte)flags;
        // The window.
        BinaryPrimitives.WriteUInt16BigEndian(tcp[14..], ushort.MaxValue);
        // The pseudo-header of both versions adds up to the same.
        var sum = Sum(source.Bytes[..addresses]) + Sum(destination.Bytes[..addresses]) + Tcp + (segment >> 16) + (segment & 0xffff) + Sum(tcp);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], Checksum(sum));
        return headers + TcpHeader;
    }

    private static void WriteV4(Span<byte> ip, ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, uint length)
    {
        // Version 4, and a header of five words.
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], length > ushort.MaxValue ? (ushort)0 : (ushort)length);
        // Do not fragment.
        ip[6] = 0x40;
        ip[8] = TimeToLive;
        ip[9] = Tcp;
        source.CopyTo(ip[12..]);
        destination.CopyTo(ip[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Checksum(Sum(ip[..V4Header])));
    }

    private static void WriteV6(Span<byte> ip, ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, uint segment, bool isJumbo)
    {
        ip[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], isJumbo ? (ushort)0 : (ushort)segment);
        ip[6] = isJumbo ? HopByHop : Tcp;
        ip[7] = TimeToLive;
        source.CopyTo(ip[8..]);
        destination.CopyTo(ip[24..]);
        if (isJumbo)
        {
            var options = ip[V6Header..];
            options[0] = Tcp;
            // The option of a jumbo payload, of four bytes.
            options[2] = 0xc2;
            options[3] = 4;
            BinaryPrimitives.WriteUInt32BigEndian(options[4..], JumboHeader + segment);
        }
    }

    /// <summary>The sum of 16-bit words; what is behind an even number of bytes is not there.</summary>
    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        var sum = 0u;
        for (; bytes.Length > 1; bytes = bytes[2..])
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        }

        return sum;
    }

    /// <summary>RFC 1071.</summary>
    private static ushort Checksum(uint sum)
    {
        while (sum > ushort.MaxValue)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
