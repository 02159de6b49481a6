using System.Security.Cryptography;
using System.Text;
using TraceCap.Format.Events;

namespace TraceCap.Format.Anonymizing;

/// <summary>Names for names: the first 60 bits of HMAC-SHA256 in letters and digits, behind a letter that says what it is of.</summary>
internal sealed class NameHash(AnonymizationKey key)
{
    private const int Length = 12;
    private const int MaxKnown = 1 << 16;
    private const string Digits = "abcdefghijklmnopqrstuvwxyz234567";

    private readonly byte[] key = key.Derive("name", HMACSHA256.HashSizeInBytes);
    private readonly Dictionary<ThreadName, ThreadName> comms = [];

    /// <summary>The name of a thread; one without a name has none.</summary>
    public ThreadName Comm(in ThreadName name)
    {
        if (name.Bytes.IsEmpty)
        {
            // Not as it is: bytes behind a NUL are no name, but may have been one.
            return default;
        }

        if (!comms.TryGetValue(name, out var found))
        {
            found = new ThreadName(Text('p', Hash("comm", name.Bytes)));
            if (comms.Count == MaxKnown)
            {
                comms.Clear();
            }

            comms.Add(name, found);
        }

        return found;
    }

    /// <summary>Any other name, such as <c>h3k7q2m9xwz4a</c>; nothing for nothing.</summary>
    /// <param name="letter">What it begins with.</param>
    /// <param name="purpose">Names of different purposes have nothing in common.</param>
    /// <param name="name">The name.</param>
    public string Name(char letter, string purpose, string name) =>
        name.Length == 0 ? "" : Text(letter, Hash(purpose, Encoding.UTF8.GetBytes(name)));

    /// <summary>An id of hexadecimal digits, of the same form: digits become digits, up to 64 of them, and all else stays.</summary>
    public string Hex(string purpose, string id)
    {
        var digits = string.Concat(id.Where(char.IsAsciiHexDigit)).ToLowerInvariant();
        var hash = Convert.ToHexString(Hash(purpose, Encoding.UTF8.GetBytes(digits))).ToLowerInvariant();
        var next = 0;
        return string.Concat(id.Select(one => char.IsAsciiHexDigit(one) ? hash[next++ % hash.Length] : one));
    }

    private byte[] Hash(string purpose, ReadOnlySpan<byte> name) =>
        HMACSHA256.HashData(key, (byte[])[.. Encoding.UTF8.GetBytes(purpose), 0, .. name]);

    private static string Text(char letter, ReadOnlySpan<byte> hash)
    {
        var bits = BitConverter.ToUInt64(hash);
        Span<char> text = stackalloc char[1 + Length];
        text[0] = letter;
        for (var i = 1; i <= Length; i++)
        {
            text[i] = Digits[(int)(bits & 31)];
            bits >>= 5;
        }

        return text.ToString();
    }
}
