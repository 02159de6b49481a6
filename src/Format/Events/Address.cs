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
public readonly struct Address : IEquatable<Address>
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

    /// <summary>Both forms cannot be told apart without the IP version, so this shows the bytes.</summary>
    public override string ToString() => Convert.ToHexString(Bytes);
}
