using System.Buffers.Binary;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Import;

/// <summary>One end of a connection.</summary>
internal readonly record struct WireEnd(Address Address, ushort Port);

/// <summary>A TCP segment within a packet.</summary>
internal readonly struct TcpSegment
{
    private const byte Fin = 1;
    private const byte Syn = 2;
    private const byte Rst = 4;
    private const byte Ack = 16;
    private const int TcpProtocol = 6;

    private readonly byte flags;

    private TcpSegment(ulong time, byte version, ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, ReadOnlySpan<byte> tcp, int payload)
    {
        (Time, IpVersion, Payload) = (time, version, payload);
        Source = new WireEnd(new Address(source), BinaryPrimitives.ReadUInt16BigEndian(tcp));
        Destination = new WireEnd(new Address(destination), BinaryPrimitives.ReadUInt16BigEndian(tcp[2..]));
        Sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]);
        Acknowledged = BinaryPrimitives.ReadUInt32BigEndian(tcp[8..]);
        flags = tcp[13];
    }

    internal ulong Time { get; }

    internal byte IpVersion { get; }

    internal WireEnd Source { get; }

    internal WireEnd Destination { get; }

    internal uint Sequence { get; }

    internal uint Acknowledged { get; }

    /// <summary>Bytes of data, as the IP header tells them, whether or not they were captured.</summary>
    internal int Payload { get; }

    internal bool IsFin => (flags & Fin) != 0;

    internal bool IsSyn => (flags & Syn) != 0;

    internal bool IsRst => (flags & Rst) != 0;

    internal bool IsAck => (flags & Ack) != 0;

    /// <summary>Finds the segment in a packet.</summary>
    /// <returns>Why there is none; null if there is one.</returns>
    internal static string? Find(in Packet packet, out TcpSegment segment)
    {
        segment = default;
        var data = packet.Data.Span;
        if (!TakeLink(packet.LinkType, ref data))
        {
            return FormattableString.Invariant($"packets of link type {packet.LinkType}, or of none that carries IP");
        }

        return data.Length < 1 ? "packets that are cut before TCP"
            : data[0] >> 4 == 4 ? FindV4(packet.Time, data, out segment)
            : data[0] >> 4 == 6 ? FindV6(packet.Time, data, out segment)
            : "packets that are not IP";
    }

    /// <summary>Passes what stands before IP. The numbers are those of https://www.tcpdump.org/linktypes.html.</summary>
    private static bool TakeLink(int linkType, ref ReadOnlySpan<byte> data)
    {
        switch (linkType)
        {
            case 1:
                return TakeEthernet(ref data);
            case 12 or 14 or 101 or 228 or 229:
                return true;
            case 0 or 108:
                return Take(ref data, 4);
            case 113:
                return IsIp(data, 14) && Take(ref data, 16);
            case 276:
                return IsIp(data, 0) && Take(ref data, 20);
            default:
                return false;
        }
    }

    private static bool TakeEthernet(ref ReadOnlySpan<byte> data)
    {
        var type = 12;
        // Tags of VLANs stand before the type.
        while (data.Length >= type + 2 && BinaryPrimitives.ReadUInt16BigEndian(data[type..]) is 0x8100 or 0x88A8 or 0x9100)
        {
            type += 4;
        }

        return IsIp(data, type) && Take(ref data, type + 2);
    }

    private static bool IsIp(ReadOnlySpan<byte> data, int at) =>
        data.Length >= at + 2 && BinaryPrimitives.ReadUInt16BigEndian(data[at..]) is 0x0800 or 0x86DD;

    private static bool Take(ref ReadOnlySpan<byte> data, int length)
    {
        if (data.Length < length)
        {
            return false;
        }

        data = data[length..];
        return true;
    }

    private static string? FindV4(ulong time, ReadOnlySpan<byte> data, out TcpSegment segment)
    {
        segment = default;
        var header = (data[0] & 15) * 4;
        if (header < 20 || data.Length < header)
        {
            return "packets that are cut before TCP";
        }

        if (data[9] != TcpProtocol)
        {
            return "packets that are not TCP";
        }

        if ((BinaryPrimitives.ReadUInt16BigEndian(data[6..]) & 0x1FFF) != 0)
        {
            return "fragments behind the first";
        }

        // 0 where the network card cuts segments: what was captured is all that is known.
        var total = BinaryPrimitives.ReadUInt16BigEndian(data[2..]) is var told and > 0 ? told : data.Length;
        return Find(time, 4, data[12..16], data[16..20], data[header..], total - header, out segment);
    }

    private static string? FindV6(ulong time, ReadOnlySpan<byte> data, out TcpSegment segment)
    {
        segment = default;
        if (data.Length < 40)
        {
            return "packets that are cut before TCP";
        }

        var next = data[6];
        var rest = data[40..];
        var total = BinaryPrimitives.ReadUInt16BigEndian(data[4..]) is var told and > 0 ? told : rest.Length;
        // Hop-by-hop, routing, fragment, authentication, destination.
        while (next is 0 or 43 or 44 or 51 or 60)
        {
            if (rest.Length < 8)
            {
                return "packets that are cut before TCP";
            }

            if (next == 44 && (BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) & 0xFFF8) != 0)
            {
                return "fragments behind the first";
            }

            var length = next == 44 ? 8 : next == 51 ? (rest[1] + 2) * 4 : (rest[1] + 1) * 8;
            if (rest.Length < length)
            {
                return "packets that are cut before TCP";
            }

            next = rest[0];
            rest = rest[length..];
            total -= length;
        }

        return next == TcpProtocol ? Find(time, 6, data[8..24], data[24..40], rest, total, out segment) : "packets that are not TCP";
    }

    private static string? Find(
        ulong time, byte version, ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, ReadOnlySpan<byte> tcp, int total, out TcpSegment segment)
    {
        segment = default;
        if (tcp.Length < 14)
        {
            return "packets that are cut before TCP";
        }

        segment = new TcpSegment(time, version, source, destination, tcp, Math.Max(0, total - ((tcp[12] >> 4) * 4)));
        return null;
    }
}
