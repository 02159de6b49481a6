using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TraceCap.Format.Events;

/// <summary>
/// An IP address as 16 bytes in network order. An IPv4 address takes the first four, the rest is zero; which of the
/// two it is, <see cref="TcpEvent.IpVersion"/> says: 1.2.3.4 and 102:304:: are the same bytes. So there is no <c>==</c>, and
/// <see cref="Equals(Address)"/> is for records that have the version as well.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
[SuppressMessage("Usage", "CA2231", Justification = "Two addresses are the same only if their IP versions are.")]
public readonly struct Address : IEquatable<Address>, IParsable<Address>, ISpanFormattable
{
    private readonly ulong first;
    private readonly ulong last;

    /// <summary>Takes 4 or 16 bytes in network order.</summary>
    /// <exception cref="ArgumentException">Any other number of bytes.</exception>
    public Address(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is not (4 or 16))
        {
            throw new ArgumentException($"an address has 4 or 16 bytes, not {bytes.Length}", nameof(bytes));
        }

        Span<byte> all = stackalloc byte[16];
        all.Clear();
        bytes.CopyTo(all);
        this = MemoryMarshal.Read<Address>(all);
    }

    /// <summary>Takes an <see cref="IPAddress"/> of either family.</summary>
    public Address(IPAddress address)
        : this(address.GetAddressBytes())
    {
    }

    /// <summary>All 16 bytes.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes =>
        MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.AsRef(in this), 1));

    /// <summary>The address as the runtime's type.</summary>
    /// <param name="ipVersion">4 or 6.</param>
    public IPAddress ToIPAddress(int ipVersion) => new(ipVersion == 4 ? Bytes[..4] : Bytes);

    /// <summary>Whether the bytes are the same, whatever the IP versions.</summary>
    public bool Equals(Address other) => first == other.first && last == other.last;

    /// <inheritdoc cref="Equals(Address)" />
    public override bool Equals(object? obj) => obj is Address other && Equals(other);

    /// <summary>A hash of the bytes.</summary>
    public override int GetHashCode() => HashCode.Combine(first, last);

    /// <summary>The address as text. One whose last 12 bytes are zero is taken for IPv4, as nothing here tells; <c>6</c> as the
    /// format, or <see cref="ToIPAddress"/>, says that it is IPv6.</summary>
    public override string ToString() => ToString(null, null);

    /// <inheritdoc cref="ToString()" />
    /// <param name="format"><c>4</c> or <c>6</c>: the IP version; null or empty: as the bytes look.</param>
    /// <param name="formatProvider">Is not used.</param>
    /// <exception cref="FormatException">Another format.</exception>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToIPAddress(format switch
    {
        "4" => 4,
        "6" => 6,
        null or "" => last == 0 && Bytes[4..8] is [0, 0, 0, 0] ? 4 : 6,
        _ => throw new FormatException($"'{format}' is no format of an address; expected 4 or 6"),
    }).ToString();

    /// <inheritdoc />
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        destination.TryWrite($"{ToString(format.ToString(), provider)}", out charsWritten);

    /// <summary>Reads an IPv4 or IPv6 address.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Address Parse(string s, IFormatProvider? provider = null) => new(IPAddress.Parse(s));

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Address result)
    {
        var isAddress = IPAddress.TryParse(s, out var address);
        result = isAddress ? new Address(address!) : default;
        return isAddress;
    }
}
