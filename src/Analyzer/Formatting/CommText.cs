using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Formatting;

/// <summary>
/// Thread names as tcptracer prints them, and made harmless: any process may name its threads so that a terminal
/// executes the name, that it forges rows, or that two names look the same. Escaped is what
/// <see cref="PrintableText.MustShow"/> says: as <c>\n</c>, <c>\r</c>, <c>\t</c>, else as <c>\xNN</c> (a byte),
/// <c>\uNNNN</c> or <c>\UNNNNNNNN</c> (a code point). A backslash becomes <c>\\</c>, so that every escape is read in one way only.
/// </summary>
internal static class CommText
{
    private const int BccWidth = 16;
    private const int LibbpfWidth = 12;

    /// <summary>Python's <c>%-16s</c> of <c>comm.decode('utf-8', 'replace')</c>: what is not UTF-8 becomes U+FFFD, one
    /// for each part that might have begun a character; padded by code points.</summary>
    public static int WriteBcc(Span<byte> target, in ThreadName comm, bool raw)
    {
        if (TryWriteAscii(target, in comm, BccWidth, raw))
        {
            return BccWidth;
        }

        var at = Write(target, in comm, int.MaxValue, raw, out var columns);
        return Utf8Text.Pad(target, at, at + Math.Max(0, BccWidth - columns));
    }

    /// <summary>Python's <c>%-10.10s</c> or <c>%-16.16s</c> of the same: cut to that many code points. Of an escape
    /// across the cut nothing is left.</summary>
    public static int WriteCut(Span<byte> target, in ThreadName comm, int width, bool raw)
    {
        if (TryWriteAscii(target, in comm, width, raw))
        {
            return width;
        }

        var at = Write(target, in comm, width, raw, out var columns);
        return Utf8Text.Pad(target, at, at + width - columns);
    }

    /// <summary>The same, neither cut nor padded: at most 96 bytes.</summary>
    public static int WriteWhole(Span<byte> target, in ThreadName comm, bool raw) =>
        Write(target, in comm, int.MaxValue, raw, out _);

    private static int Write(Span<byte> target, in ThreadName comm, int width, bool raw, out int columns)
    {
        var at = 0;
        columns = 0;
        for (var name = comm.Bytes; name.Length > 0;)
        {
            Rune.DecodeFromUtf8(name, out var rune, out var consumed);
            var length = raw ? 0 : WriteEscape(target[at..], rune);
            if (Math.Max(length, 1) > width - columns)
            {
                break;
            }

            columns += Math.Max(length, 1);
            at += length > 0 ? length : rune.EncodeToUtf8(target[at..]);
            name = name[consumed..];
        }

        return at;
    }

    /// <summary>C's <c>%-12.12s</c>: cut to 12 bytes and padded by bytes. Escaped, bytes that are not UTF-8 show as
    /// <c>\xNN</c>, and of a character across the cut nothing is left.</summary>
    public static int WriteLibbpf(Span<byte> target, in ThreadName comm, bool raw)
    {
        if (TryWriteAscii(target, in comm, LibbpfWidth, raw))
        {
            return LibbpfWidth;
        }

        var name = comm.Bytes;
        var length = raw
            ? Utf8Text.Write(target, name[..Math.Min(name.Length, LibbpfWidth)])
            : WriteEscaped(target, name, LibbpfWidth);
        return Utf8Text.Pad(target, length, LibbpfWidth);
    }

    /// <summary>What stands between the quotes of a JSON string: bytes that are not UTF-8 become U+FFFD, and what the
    /// tables escape is escaped in JSON's own way.</summary>
    public static int WriteJson(Span<byte> target, ReadOnlySpan<byte> name)
    {
        var at = 0;
        while (name.Length > 0)
        {
            Rune.DecodeFromUtf8(name, out var rune, out var consumed);
            at += rune.Value is '"' or '\\' || PrintableText.MustShow(rune)
                ? WriteJsonEscape(target[at..], rune)
                : rune.EncodeToUtf8(target[at..]);
            name = name[consumed..];
        }

        return at;
    }

    /// <summary>Almost all names are ASCII without anything to escape, and shorter than the column: one comparison and
    /// one store. Raw, any ASCII will do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryWriteAscii(Span<byte> target, in ThreadName comm, int width, bool raw)
    {
        var name = Unsafe.BitCast<ThreadName, Vector128<byte>>(comm);
        var end = Vector128.Equals(name, Vector128<byte>.Zero).ExtractMostSignificantBits() | (1u << ThreadName.Size);
        var length = Math.Min(BitOperations.TrailingZeroCount(end), width);
        // What is not ASCII has the high bit itself.
        var special = raw
            ? name
            : name
                | Vector128.LessThan(name, Vector128.Create((byte)' '))
                | Vector128.Equals(name, Vector128.Create((byte)0x7f))
                | Vector128.Equals(name, Vector128.Create((byte)'\\'));
        if ((special.ExtractMostSignificantBits() & ((1u << length) - 1)) != 0)
        {
            return false;
        }

        var isName = Vector128.LessThan(Vector128.Create((byte)0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), Vector128.Create((byte)length));
        Vector128.ConditionalSelect(isName, name, Vector128.Create((byte)' ')).CopyTo(target);
        return true;
    }

    private static int WriteEscaped(Span<byte> target, ReadOnlySpan<byte> name, int maxBytes)
    {
        var at = 0;
        for (var start = 0; start < Math.Min(name.Length, maxBytes);)
        {
            var valid = Rune.DecodeFromUtf8(name[start..], out var rune, out var consumed) == OperationStatus.Done;
            if (!valid)
            {
                at += WriteHexEscape(target[at..], 'x', name[start], 2);
                start++;
                continue;
            }

            start += consumed;
            if (start > maxBytes)
            {
                break;
            }

            var escape = WriteEscape(target[at..], rune);
            at += escape > 0 ? escape : rune.EncodeToUtf8(target[at..]);
        }

        return at;
    }

    /// <summary>Writes the escape of a character; 0 bytes if it needs none.</summary>
    private static int WriteEscape(Span<byte> target, Rune rune) => rune.Value switch
    {
        '\\' => Utf8Text.Write(target, @"\\"u8),
        '\n' => Utf8Text.Write(target, @"\n"u8),
        '\r' => Utf8Text.Write(target, @"\r"u8),
        '\t' => Utf8Text.Write(target, @"\t"u8),
        _ when !PrintableText.MustShow(rune) => 0,
        var octet when rune.IsAscii => WriteHexEscape(target, 'x', octet, 2),
        var codePoint => rune.IsBmp ? WriteHexEscape(target, 'u', codePoint, 4) : WriteHexEscape(target, 'U', codePoint, 8),
    };

    /// <summary>JSON has UTF-16 (RFC 8259, 7).</summary>
    private static int WriteJsonEscape(Span<byte> target, Rune rune)
    {
        Span<char> letters = stackalloc char[2];
        var at = 0;
        foreach (var letter in letters[..rune.EncodeToUtf16(letters)])
        {
            at += WriteHexEscape(target[at..], 'u', letter, 4);
        }

        return at;
    }

    private static int WriteHexEscape(Span<byte> target, char kind, int value, int digits)
    {
        target[0] = (byte)'\\';
        target[1] = (byte)kind;
        return 2 + Utf8Text.WriteHex(target[2..], value, digits);
    }
}
