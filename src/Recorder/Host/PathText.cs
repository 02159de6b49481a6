using System.Buffers;
using System.Globalization;
using System.Text;

namespace TraceCap.Recorder.Host;

/// <summary>
/// Paths as text. For the kernel a path is bytes, and a user may give a cgroup a name that is no UTF-8: each byte of that
/// kind becomes U+FFFD and its two hexadecimal digits, and so does each of a U+FFFD that is in the name, so that no two paths
/// have the same text.
/// </summary>
internal static class PathText
{
    private const char Mark = '\uFFFD';
    private const int Digits = 2;

    /// <summary>The text of a path.</summary>
    internal static string Of(ReadOnlySpan<byte> path)
    {
        var text = new StringBuilder(path.Length);
        Span<char> characters = stackalloc char[2];
        while (!path.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(path, out var rune, out var length) == OperationStatus.Done && rune.Value != Mark)
            {
                text.Append(characters[..rune.EncodeToUtf16(characters)]);
            }
            else
            {
                foreach (var one in path[..length])
                {
                    text.Append(Mark).Append(one.ToString("x2", CultureInfo.InvariantCulture));
                }
            }

            path = path[length..];
        }

        return text.ToString();
    }

    /// <summary>The path of a text, with a NUL at its end as system calls want it.</summary>
    internal static byte[] Bytes(string text)
    {
        if (!text.Contains(Mark, StringComparison.Ordinal))
        {
            return Encoding.UTF8.GetBytes(text + '\0');
        }

        var path = new List<byte>(text.Length + 1);
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf(Mark, at) is var mark and >= 0 ? mark : text.Length;
            path.AddRange(Encoding.UTF8.GetBytes(text[at..end]));
            at = end;
            if (at < text.Length)
            {
                var digits = text.AsSpan(at + 1, Math.Min(Digits, text.Length - at - 1));
                var isByte = digits.Length == Digits && byte.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _);
                path.AddRange(isByte ? [byte.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)] : Encoding.UTF8.GetBytes([Mark]));
                at += isByte ? 1 + Digits : 1;
            }
        }

        path.Add(0);
        return [.. path];
    }
}
