using System.Collections.Immutable;
using TraceCap.Format.Events;

namespace TraceCap.Format.Anonymizing;

/// <summary>
/// Addresses for addresses, one to one. What is in no <see cref="SpecialRange"/> becomes what Crypto-PAn makes of it, and what is in one stays
/// in it, with its other bits as Crypto-PAn has them. Where that leads into another range, it is done again until it does not (cycle
/// walking): so no two addresses become the same, and prefixes are kept but for those that are shorter than such a range's. An
/// IPv4 address within one of IPv6 becomes what it becomes alone.
/// </summary>
/// <param name="key">32 bytes, as Crypto-PAn takes them.</param>
internal sealed class AnonymousAddresses(ReadOnlySpan<byte> key) : IDisposable
{
    private const int MaxKnown = 1 << 16;
    private const int EmbeddedAt = 12;
    private readonly CryptoPan crypto = new(key);
    private readonly Dictionary<(Address Address, bool IsV4), Address> known = [];

    /// <summary>What stands for an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="ipVersion">4; anything else is taken for 6.</param>
    public Address Of(in Address address, byte ipVersion)
    {
        var isV4 = ipVersion == 4;
        if (known.TryGetValue((address, isV4), out var found))
        {
            return found;
        }

        // Bytes behind an IPv4 address mean nothing, and are not there afterwards.
        Span<byte> bytes = stackalloc byte[isV4 ? 4 : 16];
        address.Bytes[..bytes.Length].CopyTo(bytes);
        Anonymize(bytes);
        found = new Address(bytes);
        if (known.Count == MaxKnown)
        {
            known.Clear();
        }

        known.Add((address, isV4), found);
        return found;
    }

    public void Dispose() => crypto.Dispose();

    private void Anonymize(Span<byte> address)
    {
        if (address.Length == 4)
        {
            Walk(address, SpecialRange.V4);
        }
        else if (SpecialRange.Find(SpecialRange.Embedding, address) >= 0)
        {
            Walk(address[EmbeddedAt..], SpecialRange.V4);
        }
        else
        {
            do
            {
                Walk(address, SpecialRange.V6);
            }
            while (SpecialRange.Find(SpecialRange.Embedding, address) >= 0);
        }
    }

    private void Walk(Span<byte> address, ImmutableArray<SpecialRange> ranges)
    {
        var range = SpecialRange.Find(ranges, address);
        var kept = range < 0 ? 0 : ranges[range].Kept;
        if (kept == 8 * address.Length)
        {
            return;
        }

        do
        {
            crypto.Anonymize(address, kept);
        }
        while (SpecialRange.Find(ranges, address) != range);
    }
}
