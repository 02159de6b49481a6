using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace TraceCap.Exports.Pcapng;

/// <summary>Writes the blocks of a pcapng file (draft-ietf-opsawg-pcapng), little-endian, with times in nanoseconds.</summary>
/// <param name="output">Where they go; stays open.</param>
internal sealed class PcapngWriter(Stream output)
{
    private const uint SectionHeader = 0x0a0d0d0a;
    private const uint InterfaceDescription = 1;
    private const uint InterfaceStatistics = 5;
    private const uint EnhancedPacket = 6;
    private const uint ByteOrderMagic = 0x1a2b3c4d;

    /// <summary>LINKTYPE_RAW: packets begin with the IP header, so that no hardware address need be invented.</summary>
    private const ushort LinkTypeRaw = 101;

    private const ushort EndOfOptions = 0;
    private const ushort Comment = 1;
    private const ushort UserApplication = 4;
    private const ushort InterfaceName = 2;
    private const ushort InterfaceText = 3;
    private const ushort TimeResolution = 9;
    private const ushort PacketFlags = 2;
    private const ushort StartTime = 2;
    private const ushort EndTime = 3;
    private const ushort InterfaceDrops = 5;
    private const byte Nanoseconds = 9;
    private const int Together = 1 << 16;

    /// <summary>An option has at most so many bytes.</summary>
    private const int MostText = 0xfff0;

    private readonly List<byte> blocks = [];
    private int begun;

    /// <summary>Begins the section: a file has one.</summary>
    /// <param name="tool">What writes it; may be empty.</param>
    /// <param name="comments">What is to be known of it.</param>
    internal void BeginSection(string tool, params ReadOnlySpan<string> comments)
    {
        Begin(SectionHeader);
        Number32(ByteOrderMagic);
        Number16(1);
        Number16(0);
        // Of a length that is not known.
        Number64(ulong.MaxValue);
        Text(UserApplication, tool);
        Comments(comments);
        End();
    }

    /// <summary>Describes an interface; the first has the number 0.</summary>
    internal void Interface(string name, string description, params ReadOnlySpan<string> comments)
    {
        Begin(InterfaceDescription);
        Number16(LinkTypeRaw);
        Number16(0);
        // Without a limit.
        Number32(0);
        Text(InterfaceName, name);
        Text(InterfaceText, description);
        Option(TimeResolution, [Nanoseconds]);
        Comments(comments);
        End();
    }

    /// <summary>Writes a packet.</summary>
    /// <param name="number">The number of its interface.</param>
    /// <param name="time">Nanoseconds since 1970.</param>
    /// <param name="bytes">As much of it as there is.</param>
    /// <param name="length">How long it was.</param>
    /// <param name="isOutbound">Whether this host sent it.</param>
    /// <param name="comment">What is to be known of it.</param>
    internal void Packet(uint number, ulong time, ReadOnlySpan<byte> bytes, uint length, bool isOutbound, string comment)
    {
        Begin(EnhancedPacket);
        Number32(number);
        Time(time);
        Number32((uint)bytes.Length);
        Number32(length);
        blocks.AddRange(bytes);
        Pad();
        Span<byte> flags = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(flags, isOutbound ? 2u : 1);
        Option(PacketFlags, flags);
        Comments(comment);
        End();
    }

    /// <summary>Says how an interface fared.</summary>
    /// <param name="number">The number of the interface.</param>
    /// <param name="from">When it began, nanoseconds since 1970.</param>
    /// <param name="to">When it ended.</param>
    /// <param name="drops">What was not seen.</param>
    /// <param name="comments">What is to be known of that.</param>
    internal void Statistics(uint number, ulong from, ulong to, ulong drops, params ReadOnlySpan<string> comments)
    {
        Begin(InterfaceStatistics);
        Number32(number);
        Time(to);
        TimeOption(StartTime, from);
        TimeOption(EndTime, to);
        Span<byte> count = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(count, drops);
        Option(InterfaceDrops, count);
        Comments(comments);
        End();
    }

    /// <summary>Hands on all that was written.</summary>
    internal void Flush()
    {
        output.Write(CollectionsMarshal.AsSpan(blocks));
        blocks.Clear();
    }

    private void Begin(uint type)
    {
        if (blocks.Count >= Together)
        {
            Flush();
        }

        begun = blocks.Count;
        Number32(type);
        // The length, which is known at the end.
        Number32(0);
    }

    private void End()
    {
        Number16(EndOfOptions);
        Number16(0);
        var length = (uint)(blocks.Count - begun + sizeof(uint));
        Number32(length);
        BinaryPrimitives.WriteUInt32LittleEndian(CollectionsMarshal.AsSpan(blocks)[(begun + sizeof(uint))..], length);
    }

    private void Comments(params ReadOnlySpan<string> comments)
    {
        foreach (var comment in comments)
        {
            Text(Comment, comment);
        }
    }

    private void Text(ushort code, string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        var length = Math.Min(bytes.Length, MostText);
        while (length < bytes.Length && (bytes[length] & 0xc0) == 0x80)
        {
            length--;
        }

        Option(code, bytes.AsSpan(0, length));
    }

    private void TimeOption(ushort code, ulong time)
    {
        Number16(code);
        Number16(sizeof(ulong));
        Time(time);
    }

    private void Option(ushort code, ReadOnlySpan<byte> value)
    {
        Number16(code);
        Number16((ushort)value.Length);
        blocks.AddRange(value);
        Pad();
    }

    private void Pad() => blocks.AddRange("\0\0\0"u8[..(-blocks.Count & 3)]);

    /// <summary>The upper half of a time stands first, whatever the order of bytes.</summary>
    private void Time(ulong time)
    {
        Number32((uint)(time >> 32));
        Number32((uint)time);
    }

    private void Number16(ushort value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        blocks.AddRange(bytes);
    }

    private void Number32(uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        blocks.AddRange(bytes);
    }

    private void Number64(ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        blocks.AddRange(bytes);
    }
}
