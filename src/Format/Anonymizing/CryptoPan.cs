namespace TraceCap.Format.Anonymizing;

/// <summary>
/// Crypto-PAn (Xu, Fan, Ammar, Moon: "Prefix-Preserving IP Address Anonymization", ICNP 2002): two addresses that have their
/// first n bits in common, and no more, have them in common afterwards, and no more. Each bit is flipped or not by a keyed function of
/// those before it. IPv6 is the same with 128 bits.
/// </summary>
internal sealed class CryptoPan : IDisposable
{
    private const int MaxBits = 128;
    private readonly BlockCipher cipher;
    private readonly byte[] pad;

    /// <param name="key">32 bytes: the key of AES, and what is encrypted for the pad.</param>
    public CryptoPan(ReadOnlySpan<byte> key)
    {
        cipher = new BlockCipher(key[..BlockCipher.BlockSize], MaxBits);
        key[BlockCipher.BlockSize..].CopyTo(cipher.Input);
        pad = cipher.Encrypt(1).ToArray();
    }

    /// <summary>Replaces an address.</summary>
    /// <param name="address">4 or 16 bytes in network order.</param>
    /// <param name="kept">So many bits stay as they are, and the others are those that plain Crypto-PAn gives.</param>
    public void Anonymize(Span<byte> address, int kept = 0)
    {
        var bits = 8 * address.Length;
        var input = cipher.Input.AsSpan();
        Span<byte> block = stackalloc byte[BlockCipher.BlockSize];
        pad.CopyTo(block);
        for (var bit = 0; bit < bits; bit++)
        {
            if (bit >= kept)
            {
                block.CopyTo(input[((bit - kept) * BlockCipher.BlockSize)..]);
            }

            var mask = (byte)(0x80 >> (bit % 8));
            block[bit / 8] = (byte)((block[bit / 8] & ~mask) | (address[bit / 8] & mask));
        }

        var flips = cipher.Encrypt(bits - kept);
        for (var bit = kept; bit < bits; bit++)
        {
            address[bit / 8] ^= (byte)((flips[(bit - kept) * BlockCipher.BlockSize] & 0x80) >> (bit % 8));
        }
    }

    public void Dispose() => cipher.Dispose();
}
