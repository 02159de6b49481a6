using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Fields;

/// <summary>
/// A range of addresses in CIDR notation, or a single address. An IPv4 range also holds the IPv4-mapped addresses
/// (<c>::ffff:a.b.c.d</c>) of IPv6 sockets; an IPv6 range holds addresses of IPv6 sockets only.
/// </summary>
public readonly record struct AddressPrefix : IParsable<AddressPrefix>, ISpanFormattable
{
    private const int UnusedBitsOfIPv4 = 96;

    private readonly UInt128 network;
    private readonly UInt128 mask;
    private readonly int ipVersion;

    private AddressPrefix(UInt128 network, UInt128 mask, int ipVersion) =>
        (this.network, this.mask, this.ipVersion) = (network, mask, ipVersion);

    // IPv4 is mapped into IPv6, so that one comparison does for both.
    private int UnusedBits => ipVersion == 4 ? UnusedBitsOfIPv4 : 0;

    private bool IsMapped => network >> 32 == 0xffff;

    /// <summary>Reads <c>10.0.0.0/8</c>, <c>fd00::/8</c>, <c>192.168.1.7</c>, <c>::1</c>, or <c>[::1]</c> as it stands before a port.
    /// What is within <c>::ffff:0.0.0.0/96</c> is the IPv4 range that it is mapped from.</summary>
    /// <exception cref="FormatException">The address or the length is none, or the address has bits set behind the
    /// length.</exception>
    public static AddressPrefix Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var name = slash < 0 ? text : text[..slash];
        name = name is ['[', .. var inside, ']'] && inside.Contains(':', StringComparison.Ordinal) ? inside : name;
        if (!InetText.TryParse(name, out var address, out var ipVersion))
        {
            throw new FormatException($"'{text}' is no address; expected one such as 10.1.2.3, 10.0.0.0/8 or fd00::/8");
        }

        var bits = ipVersion == 4 ? 32 : 128;
        var length = bits;
        if (slash >= 0)
        {
            var digits = text[(slash + 1)..];
            if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > bits)
            {
                throw new FormatException($"'{digits}' in '{text}' is no prefix length; expected 0 to {bits}");
            }
        }

        var mask = length == 0 && bits == 128 ? 0 : UInt128.MaxValue << (bits - length);
        var number = ToNumber(in address, ipVersion);
        var prefix = new AddressPrefix(number & mask, mask, ipVersion);
        return number == prefix.network
            ? length >= UnusedBitsOfIPv4 && bits == 128 && prefix.IsMapped ? new AddressPrefix(prefix.network, mask, 4) : prefix
            : throw new FormatException($"'{text}' has bits set behind its length; expected {prefix}");
    }

    /// <inheritdoc cref="Parse(string)" />
    public static AddressPrefix Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out AddressPrefix result) =>
        Parsing.TryParse(s, provider, Parse, out result);

    /// <inheritdoc cref="ToString()" />
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc />
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        destination.TryWrite($"{ToString()}", out charsWritten);

    /// <summary>Whether the range holds an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="ipVersion">4 or 6: that of the socket.</param>
    public bool Contains(in Address address, int ipVersion) =>
        (this.ipVersion == 4 || ipVersion != 4) && (ToNumber(in address, ipVersion) & mask) == network;

    /// <summary>The range; an IPv4 one as such.</summary>
    public IPNetwork ToNetwork()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, network);
        return new IPNetwork(new IPAddress(ipVersion == 4 ? bytes[12..] : bytes), (int)UInt128.PopCount(mask) - UnusedBits);
    }

    /// <summary>The range, as <see cref="Parse(string)"/> reads it.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, network);
        var address = new Address(ipVersion == 4 ? bytes[12..] : bytes);
        Span<byte> text = stackalloc byte[InetText.MaxLength];
        var length = InetText.Write(text, in address, ipVersion);
        return $"{Encoding.ASCII.GetString(text[..length])}/{UInt128.PopCount(mask) - (UInt128)UnusedBits}";
    }

    private static UInt128 ToNumber(in Address address, int ipVersion) => ipVersion == 4
        ? ((UInt128)0xffff << 32) | BinaryPrimitives.ReadUInt32BigEndian(address.Bytes)
        : BinaryPrimitives.ReadUInt128BigEndian(address.Bytes);
}
