using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using TraceCap.Format;

namespace TraceCap.Analyzer;

/// <summary>
/// Addresses as text, as tcptracer shows them: what glibc's <c>inet_ntop</c> writes and <c>inet_pton</c> reads.
/// <see cref="IPAddress"/> differs from both on some addresses.
/// </summary>
public static class InetText
{
    /// <summary>The most bytes that an address takes: <c>INET6_ADDRSTRLEN</c> without its NUL.</summary>
    public const int MaxLength = 45;

    private static readonly SearchValues<char> alphabet = SearchValues.Create("0123456789abcdefABCDEF:.");

    // The digits of each octet in the three low bytes, their number in the highest.
    private static readonly uint[] octets = MakeOctets();

    /// <summary>Writes an address as UTF-8.</summary>
    /// <param name="address">The address; of an IPv4 one the first four bytes count.</param>
    /// <param name="ipVersion">4; anything else is an IPv6 address.</param>
    /// <param name="target">At least <see cref="MaxLength"/> bytes. Those behind the text may be overwritten.</param>
    /// <returns>The number of bytes of the text.</returns>
    public static int Write(in Address address, int ipVersion, Span<byte> target) =>
        ipVersion == 4 ? WriteV4(address.Bytes, target) : WriteV6(address.Bytes, target);

    /// <summary>Reads four decimal octets without leading zeros, or an IPv6 address without brackets and zone.</summary>
    /// <returns>Whether <paramref name="text"/> is an address.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Address address, out int ipVersion)
    {
        address = default;
        ipVersion = text.Contains(':') ? 6 : 4;
        var dotted = text[(text.LastIndexOf(':') + 1)..];
        if (text.ContainsAnyExcept(alphabet) || !IsStrict(dotted, required: ipVersion == 4)
            || !IPAddress.TryParse(text, out var parsed))
            return false;

        address = new Address(parsed);
        return true;
    }

    private static bool IsStrict(ReadOnlySpan<char> dotted, bool required)
    {
        if (!dotted.Contains('.'))
            return !required;

        // Octal, hexadecimal and short forms do not come back as they were.
        return IPAddress.TryParse(dotted, out var parsed) && dotted.SequenceEqual(parsed.ToString());
    }

    private static int WriteV4(ReadOnlySpan<byte> bytes, Span<byte> target)
    {
        var at = WriteOctet(bytes[0], target);
        for (var i = 1; i < 4; i++)
        {
            target[at++] = (byte)'.';
            at += WriteOctet(bytes[i], target[at..]);
        }

        return at;
    }

    private static int WriteOctet(byte octet, Span<byte> target)
    {
        var text = octets[octet];
        BinaryPrimitives.WriteUInt32LittleEndian(target, text);
        return (int)(text >> 24);
    }

    private static int WriteV6(ReadOnlySpan<byte> bytes, Span<byte> target)
    {
        Span<ushort> groups = stackalloc ushort[8];
        for (var i = 0; i < groups.Length; i++)
            groups[i] = BinaryPrimitives.ReadUInt16BigEndian(bytes[(2 * i)..]);

        var (zeros, count) = LongestZeros(groups);
        // ::a.b.c.d and ::ffff:a.b.c.d end in an IPv4 address.
        var hexGroups = zeros == 0 && (count == 6 || (count == 5 && groups[5] == 0xffff)) ? 6 : 8;
        var at = 0;
        for (var i = 0; i < hexGroups; i++)
        {
            if (i == zeros)
            {
                target[at++] = (byte)':';
                i += count - 1;
                continue;
            }

            if (i != 0)
                target[at++] = (byte)':';
            at += WriteHex(groups[i], target[at..]);
        }

        if (hexGroups == 8)
        {
            if (zeros + count == 8)
                target[at++] = (byte)':';
            return at;
        }

        target[at++] = (byte)':';
        return at + WriteV4(bytes[12..], target[at..]);
    }

    /// <summary>The first of the longest runs of at least two zero groups; (-1, 0) if there is none.</summary>
    private static (int Start, int Count) LongestZeros(ReadOnlySpan<ushort> groups)
    {
        var (start, count) = (-1, 0);
        for (var i = 0; i < groups.Length; i++)
        {
            var run = groups[i..].IndexOfAnyExcept((ushort)0);
            if (run < 0)
                run = groups.Length - i;
            if (run > 1 && run > count)
                (start, count) = (i, run);
            i += run;
        }

        return (start, count);
    }

    private static int WriteHex(ushort group, Span<byte> target)
    {
        var digits = "0123456789abcdef"u8;
        var at = 0;
        if (group > 0xfff)
            target[at++] = digits[group >> 12];
        if (group > 0xff)
            target[at++] = digits[(group >> 8) & 15];
        if (group > 0xf)
            target[at++] = digits[(group >> 4) & 15];
        target[at++] = digits[group & 15];
        return at;
    }

    private static uint[] MakeOctets()
    {
        var table = new uint[256];
        Span<byte> text = stackalloc byte[4];
        for (var octet = 0; octet < table.Length; octet++)
        {
            octet.TryFormat(text, out var length);
            text[3] = (byte)length;
            table[octet] = BinaryPrimitives.ReadUInt32LittleEndian(text);
        }

        return table;
    }
}
