using System.Collections.Immutable;
using System.Net;

namespace TraceCap.Format.Anonymizing;

/// <summary>Addresses that mean something wherever they are (RFC 6890 and the registries of IANA): what they mean stays to be seen.</summary>
/// <param name="Network">The range.</param>
/// <param name="Kept">So many bits of an address stay as they are: at least those of the range.</param>
/// <param name="Meaning">What it is for.</param>
internal sealed record SpecialRange(IPNetwork Network, int Kept, string Meaning)
{
    private readonly byte[] prefix = Network.BaseAddress.GetAddressBytes();

    /// <summary>Those of IPv4. Of two that hold an address the first counts.</summary>
    public static ImmutableArray<SpecialRange> V4 { get; } =
    [
        Of("0.0.0.0/32", "unspecified"),
        Of("0.0.0.0/8", "this network"),
        Of("10.0.0.0/8", "private"),
        Of("100.64.0.0/10", "shared by customers of a provider (CGNAT)"),
        Of("127.0.0.1/32", "loopback, the same on every host"),
        Of("127.0.0.0/8", "loopback"),
        Of("169.254.0.0/16", "link-local"),
        Of("172.16.0.0/12", "private"),
        Of("192.0.2.0/24", "documentation"),
        Of("192.168.0.0/16", "private"),
        Of("198.18.0.0/15", "benchmarks"),
        Of("198.51.100.0/24", "documentation"),
        Of("203.0.113.0/24", "documentation"),
        Of("224.0.0.0/24", "multicast, of the link"),
        Of("239.0.0.0/8", "multicast, of an organization"),
        Of("224.0.0.0/4", "multicast"),
        Of("255.255.255.255/32", "broadcast"),
    ];

    /// <summary>Those of IPv6, but for <see cref="Embedding"/>.</summary>
    public static ImmutableArray<SpecialRange> V6 { get; } =
    [
        Of("::/128", "unspecified"),
        Of("::1/128", "loopback, the same on every host"),
        Of("2001:db8::/32", "documentation"),
        Of("3fff::/20", "documentation"),
        Of("fc00::/8", "unique local (ULA)"),
        Of("fd00::/8", "unique local (ULA)"),
        Of("fe80::/64", "link-local"),
        Of("fe80::/10", "link-local"),
        Of("ff00::/8", "multicast", kept: 16),
    ];

    /// <summary>Those of IPv6 whose addresses end in one of IPv4, which is anonymized as such.</summary>
    public static ImmutableArray<SpecialRange> Embedding { get; } =
    [
        Of("::ffff:0:0/96", "IPv4-mapped"),
        Of("64:ff9b::/96", "translated to IPv4 (NAT64)"),
    ];

    /// <summary>The place of the first range that holds an address; -1 if none does.</summary>
    /// <param name="ranges">Of its family.</param>
    /// <param name="address">4 or 16 bytes in network order.</param>
    public static int Find(ImmutableArray<SpecialRange> ranges, ReadOnlySpan<byte> address)
    {
        for (var i = 0; i < ranges.Length; i++)
        {
            if (ranges[i].Has(address))
            {
                return i;
            }
        }

        return -1;
    }

    private static SpecialRange Of(string network, string meaning, int kept = 0)
    {
        var range = IPNetwork.Parse(network);
        return new SpecialRange(range, Math.Max(kept, range.PrefixLength), meaning);
    }

    private bool Has(ReadOnlySpan<byte> address)
    {
        var (bytes, bits) = Math.DivRem(Network.PrefixLength, 8);
        return address[..bytes].SequenceEqual(prefix.AsSpan(0, bytes))
            && (bits == 0 || ((address[bytes] ^ prefix[bytes]) >> (8 - bits)) == 0);
    }
}
