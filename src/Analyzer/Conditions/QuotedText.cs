using System.Buffers;
using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Conditions;

/// <summary>Names in double quotes. A backslash escapes as it does where tables show names (<see cref="CommText"/>), so that one can be
/// copied from there, and <c>\"</c> is a quote.</summary>
internal static class QuotedText
{
    /// <summary>Reads what begins with a quote.</summary>
    /// <param name="text">What it is in.</param>
    /// <param name="at">Of the quote; behind the closing one afterwards.</param>
    /// <param name="wrong">Makes an error that points at so many characters from a place on.</param>
    /// <returns>The name.</returns>
    /// <exception cref="ConditionFormatException">It does not end, or a backslash is before something else.</exception>
    internal static byte[] Read(string text, ref int at, Func<string, int, int, ConditionFormatException> wrong)
    {
        var begin = at++;
        var bytes = new ArrayBufferWriter<byte>();
        for (; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '"':
                    at++;
                    return bytes.WrittenSpan.ToArray();
                case '\\':
                    ReadEscape(text, ref at, bytes, wrong);
                    break;
                default:
                    var length = char.IsSurrogatePair(text, at) ? 2 : 1;
                    Encoding.UTF8.GetBytes(text.AsSpan(at, length), bytes);
                    at += length - 1;
                    break;
            }
        }

        throw wrong("a closing \" is missing", begin, text.Length - begin);
    }

    private static void ReadEscape(string text, ref int at, ArrayBufferWriter<byte> bytes, Func<string, int, int, ConditionFormatException> wrong)
    {
        var letter = at + 1 < text.Length ? text[at + 1] : ' ';
        var digits = letter switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        var plain = letter switch { '"' or '\\' => letter, 'n' => '\n', 'r' => '\r', 't' => '\t', _ => '\0' };
        if (plain != '\0')
        {
            bytes.Write([(byte)plain]);
        }
        else if (digits > 0 && at + 2 + digits <= text.Length
            && uint.TryParse(text.AsSpan(at + 2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            && (letter != 'U' || Rune.IsValid(code)))
        {
            if (letter == 'x')
            {
                bytes.Write([(byte)code]);
            }
            else
            {
                Encoding.UTF8.GetBytes(letter == 'u' ? $"{(char)code}" : new Rune(code).ToString(), bytes);
            }
        }
        else
        {
            throw wrong("one of \\\" \\\\ \\n \\r \\t \\xNN \\uNNNN \\UNNNNNNNN is expected", at, Math.Min(2 + digits, text.Length - at));
        }

        at += 1 + digits;
    }
}
