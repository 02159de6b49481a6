using System.Text;

namespace TraceCap.Analyzer.Fields;

/// <summary>Literals that may have bytes which are not UTF-8: each such byte is a lone surrogate, U+DC80 to U+DCFF, as Python's
/// <c>surrogateescape</c> has it (PEP 383), so that no other text is the same.</summary>
internal static class LiteralText
{
    private const int Escape = 0xdc00;

    /// <summary>Bytes as a literal.</summary>
    internal static string Of(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        while (!bytes.IsEmpty)
        {
            var isText = Rune.DecodeFromUtf8(bytes, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            text.Append(isText ? rune.ToString() : ((char)(Escape + bytes[0])).ToString());
            bytes = bytes[(isText ? length : 1)..];
        }

        return text.ToString();
    }

    /// <summary>The bytes of a literal.</summary>
    internal static byte[] Bytes(string literal)
    {
        var bytes = new List<byte>(literal.Length);
        for (var at = 0; at < literal.Length; at++)
        {
            if (char.IsSurrogatePair(literal, at))
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(literal.Substring(at++, 2)));
            }
            else if (literal[at] is >= (char)(Escape + 0x80) and <= (char)(Escape + 0xff))
            {
                bytes.Add((byte)(literal[at] - Escape));
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(literal[at].ToString()));
            }
        }

        return [.. bytes];
    }
}
