using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Formatting;

/// <summary>
/// Addresses as text, as tcptracer shows them: what glibc's <c>inet_ntop</c> writes and <c>inet_pton</c> reads.
/// <see cref="IPAddress"/> differs from both on some addresses.
/// </summary>
internal static class InetText
{
    /// <summary>The most bytes that an address takes: <c>INET6_ADDRSTRLEN</c> without its NUL.</summary>
    public const int MaxLength = 45;

    // As many bytes are written of any IPv4 address.
    private const int MostOfV4 = 4 * sizeof(uint);

    // Each octet in decimal and a dot behind it; and how long that is.
    private static readonly uint[] octets = MakeOctets();
    private static readonly byte[] lengths = MakeLengths();

    private static readonly SearchValues<char> alphabet = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>Writes an address as UTF-8.</summary>
    /// <param name="target">At least <see cref="MaxLength"/> bytes. Those behind the text may be overwritten.</param>
    /// <param name="address">The address; of an IPv4 one the first four bytes count.</param>
    /// <param name="ipVersion">4; anything else is an IPv6 address.</param>
    /// <returns>The number of bytes of the text.</returns>
    public static int Write(Span<byte> target, in Address address, int ipVersion) =>
        ipVersion == 4 ? WriteV4(ref MemoryMarshal.GetReference(target[..MostOfV4]), in address) : WriteV6(target, in address);

    /// <summary>Reads four decimal octets without leading zeros, or IPv6 without brackets or zone.</summary>
    /// <returns>Whether <paramref name="text"/> is an address.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Address address, out int ipVersion)
    {
        address = default;
        ipVersion = text.Contains(':') ? 6 : 4;
        var dotted = text[(text.LastIndexOf(':') + 1)..];
        if (text.ContainsAnyExcept(alphabet) || !IsStrict(dotted, required: ipVersion == 4)
            || !IPAddress.TryParse(text, out var parsed))
        {
            return false;
        }

        address = new Address(parsed);
        return true;
    }

    private static bool IsStrict(ReadOnlySpan<char> dotted, bool required)
    {
        if (!dotted.Contains('.'))
        {
            return !required;
        }

        // Octal, hexadecimal and short forms do not come back as they were.
        return IPAddress.TryParse(dotted, out var parsed) && dotted.SequenceEqual(parsed.ToString());
    }

    /// <summary>Writes an IPv4 address: up to 16 bytes, for which there is room, whatever its length.</summary>
    internal static int WriteV4(ref byte text, in Address address) => WriteV4(ref text, Unsafe.As<Address, uint>(ref Unsafe.AsRef(in address)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int WriteV4(ref byte text, uint address)
    {
        ref var octet = ref MemoryMarshal.GetArrayDataReference(octets);
        ref var length = ref MemoryMarshal.GetArrayDataReference(lengths);
        var at = 0;
        for (var i = 0; i < 4; i++)
        {
            var value = (nint)((address >> (8 * i)) & 0xff);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref text, at), Unsafe.Add(ref octet, value));
            at += Unsafe.Add(ref length, value);
        }

        return at - 1;
    }

    private static uint[] MakeOctets()
    {
        var made = new uint[byte.MaxValue + 1];
        for (var octet = 0u; octet < made.Length; octet++)
        {
            var dotted = ('0' + (octet % 10)) | ((uint)'.' << 8);
            dotted = octet < 10 ? dotted : ('0' + (octet / 10 % 10)) | (dotted << 8);
            made[octet] = octet < 100 ? dotted : ('0' + (octet / 100)) | (dotted << 8);
        }

        return made;
    }

    private static byte[] MakeLengths()
    {
        var made = new byte[byte.MaxValue + 1];
        for (var octet = 0; octet < made.Length; octet++)
        {
            made[octet] = (byte)(octet < 10 ? 2 : octet < 100 ? 3 : 4);
        }

        return made;
    }

    private static int WriteV6(Span<byte> target, in Address address)
    {
        var bytes = address.Bytes;
        // In network order: a group is turned when it is written.
        var groups = MemoryMarshal.Cast<byte, ushort>(bytes);
        var isZero = Vector128.Equals(Vector128.Create(groups), Vector128<ushort>.Zero);
        var (zeros, count) = LongestRun(isZero.ExtractMostSignificantBits());
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
            {
                target[at++] = (byte)':';
            }

            at += WriteHex(target[at..], BinaryPrimitives.ReverseEndianness(groups[i]));
        }

        if (hexGroups == 8)
        {
            if (zeros + count == 8)
            {
                target[at++] = (byte)':';
            }

            return at;
        }

        target[at++] = (byte)':';
        return at + WriteV4(ref MemoryMarshal.GetReference(target.Slice(at, MostOfV4)), MemoryMarshal.Read<uint>(bytes[12..]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int WriteHex(Span<byte> target, ushort group)
    {
        // One digit a byte, the highest in the lowest byte.
        var digits = BinaryPrimitives.ReverseEndianness(
            ((group & 0xf000u) << 12) | ((group & 0xf00u) << 8) | ((group & 0xf0u) << 4) | (group & 0xfu));
        var isLetter = ((digits + 0x06060606) >> 4) & 0x01010101;
        var text = digits + 0x30303030 + (isLetter * ('a' - '0' - 10));
        var leadingZeros = (BitOperations.LeadingZeroCount(group | 1u) - 16) / 4;
        BinaryPrimitives.WriteUInt32LittleEndian(target, text >> (8 * leadingZeros));
        return 4 - leadingZeros;
    }

    /// <summary>The first of the longest runs of at least two zero groups; (-1, 0) if there is none.</summary>
    /// <param name="zeros">Bit i says that group i is zero.</param>
    private static (int Start, int Count) LongestRun(uint zeros)
    {
        var (start, count) = (-1, 0);
        for (var starts = zeros; starts != 0; starts &= starts >> 1)
        {
            start = BitOperations.TrailingZeroCount(starts);
            count++;
        }

        return count > 1 ? (start, count) : (-1, 0);
    }
}
