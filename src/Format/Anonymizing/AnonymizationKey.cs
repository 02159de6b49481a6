using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace TraceCap.Format.Anonymizing;

/// <summary>What decides how a capture is anonymized: 32 bytes, as Crypto-PAn and <c>nfanon -K</c> take them. Whoever has it can find out
/// which name, number or address is which; it is never written to a capture.</summary>
internal sealed class AnonymizationKey
{
    private static readonly SearchValues<byte> hexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    /// <summary>Its length in bytes.</summary>
    public const int Size = 32;

    /// <summary>What a file with a key may hold, for errors and help.</summary>
    public const string Expected = "32 bytes, or 64 hexadecimal digits, with or without 0x before them";

    private readonly byte[] bytes;

    private AnonymizationKey(byte[] bytes) => this.bytes = bytes;

    /// <summary>The key itself: Crypto-PAn's.</summary>
    public ReadOnlySpan<byte> Bytes => bytes;

    /// <summary>One that nobody knows, and that is gone with this value.</summary>
    public static AnonymizationKey Random() => new(RandomNumberGenerator.GetBytes(Size));

    /// <summary>Reads what a file holds. A line end behind it does not count.</summary>
    /// <exception cref="FormatException">It is no key.</exception>
    public static AnonymizationKey Parse(ReadOnlySpan<byte> content)
    {
        // Any 32 bytes are a key, whatever they end in.
        var key = content.Length == Size ? content : content.TrimEnd("\r\n"u8);
        if (key.Length == Size)
        {
            return new AnonymizationKey(key.ToArray());
        }

        var digits = key.StartsWith("0x"u8) ? key[2..] : key;
        if (digits.Length != 2 * Size || digits.ContainsAnyExcept(hexDigits))
        {
            throw new FormatException($"{content.Length} bytes are no key; expected {Expected}");
        }

        return new AnonymizationKey(Convert.FromHexString(Encoding.ASCII.GetString(digits)));
    }

    /// <summary>A key for one purpose, which tells nothing of those for others (HKDF, RFC 5869).</summary>
    public byte[] Derive(string purpose, int length) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, bytes, length, info: Encoding.UTF8.GetBytes($"tracecap anonymize {purpose}"));
}
