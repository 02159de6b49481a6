using System.Buffers.Binary;
using System.Net;

namespace TraceCap.Analyzer.Tests.Import;

/// <summary>Packets of TCP, written by hand into a file of pcap: raw IP, or Ethernet with a VLAN's tag.</summary>
internal sealed class Packets(bool isEthernet = false)
{
    internal const byte Fin = 1;
    internal const byte Syn = 2;
    internal const byte Rst = 4;
    internal const byte Ack = 16;

    private readonly List<byte> file = [];
    private bool hasHeader;

    /// <summary>Adds a segment.</summary>
    /// <param name="microseconds">Since the first of all.</param>
    /// <param name="from">Such as <c>10.0.0.1:1234</c> or <c>[::1]:80</c>.</param>
    /// <param name="to">The same.</param>
    /// <param name="flags">Of TCP.</param>
    /// <param name="sequence">Of the first byte.</param>
    /// <param name="acknowledged">Of the next byte that is expected.</param>
    /// <param name="payload">Bytes of data.</param>
    internal Packets Add(int microseconds, string from, string to, byte flags, uint sequence, uint acknowledged = 0, int payload = 0)
    {
        if (!hasHeader)
        {
            hasHeader = true;
            Words(0xA1B2C3D4, 4u << 16 | 2, 0, 0, 65535, isEthernet ? 1u : 101);
        }

        var packet = Packet(IPEndPoint.Parse(from), IPEndPoint.Parse(to), flags, sequence, acknowledged, payload);
        Words(1_700_000_000u + (uint)(microseconds / 1_000_000), (uint)(microseconds % 1_000_000), (uint)packet.Length, (uint)packet.Length);
        file.AddRange(packet);
        return this;
    }

    internal byte[] ToArray() => [.. file];

    private byte[] Packet(IPEndPoint from, IPEndPoint to, byte flags, uint sequence, uint acknowledged, int payload)
    {
        var (source, destination) = (from.Address.GetAddressBytes(), to.Address.GetAddressBytes());
        var isV4 = source.Length == 4;
        var tcp = new byte[20 + payload];
        BinaryPrimitives.WriteUInt16BigEndian(tcp, (ushort)from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(tcp.AsSpan(2), (ushort)to.Port);
        BinaryPrimitives.WriteUInt32BigEndian(tcp.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(tcp.AsSpan(8), acknowledged);
        (tcp[12], tcp[13], tcp[14]) = (0x50, flags, 16);
        var total = isV4 ? 20 + tcp.Length : tcp.Length;
        byte[] link = !isEthernet ? [] : [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x81, 0, 0, 5, .. isV4 ? new byte[] { 8, 0 } : [0x86, 0xDD]];
        return isV4
            ? [.. link, 0x45, 0, (byte)(total >> 8), (byte)total, 0, 0, 0, 0, 64, 6, 0, 0, .. source, .. destination, .. tcp]
            : [.. link, 0x60, 0, 0, 0, (byte)(total >> 8), (byte)total, 6, 64, .. source, .. destination, .. tcp];
    }

    private void Words(params uint[] words)
    {
        foreach (var word in words)
        {
            file.AddRange(BitConverter.GetBytes(word));
        }
    }
}
