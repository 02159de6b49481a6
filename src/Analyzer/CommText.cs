using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;
using TraceCap.Format;

namespace TraceCap.Analyzer;

/// <summary>
/// Thread names as tcptracer prints them, and made harmless: any process may name its threads so that a terminal
/// executes the name, or that it forges rows. Escaped are C0 and C1 controls, DEL, U+2028, U+2029 and what changes the
/// direction of text: as <c>\n</c>, <c>\r</c>, <c>\t</c>, else as <c>\xNN</c> (a byte) or <c>\uNNNN</c> (a code
/// point). A backslash becomes <c>\\</c>, so that every escape is read in one way only.
/// </summary>
internal static class CommText
{
    private const int BccWidth = 16;
    private const int LibbpfWidth = 12;

    /// <summary>Python's <c>%-16s</c> of <c>comm.decode('utf-8', 'replace')</c>: what is not UTF-8 becomes U+FFFD, one
    /// for each part that might have begun a character; padded by code points.</summary>
    public static void AppendBcc(ref TextCursor row, in ThreadName comm, bool raw)
    {
        if (TryAppendAscii(ref row, in comm, BccWidth, raw))
            return;

        var columns = 0;
        for (var name = comm.Bytes; name.Length > 0;)
        {
            Rune.DecodeFromUtf8(name, out var rune, out var length);
            var before = row.Length;
            if (!raw && TryAppendEscape(ref row, rune))
            {
                columns += row.Length - before;
            }
            else
            {
                row.Advance(rune.EncodeToUtf8(row.Rest));
                columns++;
            }

            name = name[length..];
        }

        row.PadTo(row.Length + Math.Max(0, BccWidth - columns));
    }

    /// <summary>C's <c>%-12.12s</c>: cut to 12 bytes, even within a character, and padded by bytes. Escaped, what is
    /// not UTF-8 (or no longer) shows as <c>\xNN</c>.</summary>
    public static void AppendLibbpf(ref TextCursor row, in ThreadName comm, bool raw)
    {
        if (TryAppendAscii(ref row, in comm, LibbpfWidth, raw))
            return;

        var name = comm.Bytes;
        name = name[..Math.Min(name.Length, LibbpfWidth)];
        var column = row.Length + LibbpfWidth;
        if (raw)
            row.Append(name);
        else
            AppendEscaped(ref row, name);
        row.PadTo(column);
    }

    /// <summary>Whether a character can change how the text around it is shown.</summary>
    public static bool IsControl(Rune rune) => rune.Value is < 0x20 or (>= 0x7f and < 0xa0)
        or 0x61c or 0x200e or 0x200f or 0x2028 or 0x2029 or (>= 0x202a and <= 0x202e) or (>= 0x2066 and <= 0x2069);

    private static void AppendEscaped(ref TextCursor row, scoped ReadOnlySpan<byte> name)
    {
        while (name.Length > 0)
        {
            var valid = Rune.DecodeFromUtf8(name, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (!valid)
            {
                foreach (var octet in name[..length])
                    AppendHex(ref row, 'x', octet, 2);
            }
            else if (!TryAppendEscape(ref row, rune))
            {
                row.Append(name[..length]);
            }

            name = name[length..];
        }
    }

    /// <summary>Almost all names are ASCII without anything to escape, and shorter than the column: one comparison and
    /// one store. Raw, any ASCII will do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryAppendAscii(ref TextCursor row, in ThreadName comm, int width, bool raw)
    {
        var name = Unsafe.BitCast<ThreadName, Vector128<byte>>(comm);
        var end = Vector128.Equals(name, Vector128<byte>.Zero).ExtractMostSignificantBits() | (1u << ThreadName.Size);
        var length = Math.Min(int.TrailingZeroCount((int)end), width);
        var special = raw
            ? name
            : name
                | Vector128.LessThan(name, Vector128.Create((byte)' ')) // above 0x7f the name itself has the high bit
                | Vector128.Equals(name, Vector128.Create((byte)0x7f))
                | Vector128.Equals(name, Vector128.Create((byte)'\\'));
        if ((special.ExtractMostSignificantBits() & ((1u << length) - 1)) != 0)
            return false;

        var isName = Vector128.LessThan(Vector128<byte>.Indices, Vector128.Create((byte)length));
        Vector128.ConditionalSelect(isName, name, Vector128.Create((byte)' ')).CopyTo(row.Rest);
        row.Advance(width);
        return true;
    }

    private static bool TryAppendEscape(ref TextCursor row, Rune rune)
    {
        switch (rune.Value)
        {
            case '\\':
                row.Append(@"\\"u8);
                return true;
            case '\n':
                row.Append(@"\n"u8);
                return true;
            case '\r':
                row.Append(@"\r"u8);
                return true;
            case '\t':
                row.Append(@"\t"u8);
                return true;
            case var control when IsControl(rune):
                AppendHex(ref row, rune.IsAscii ? 'x' : 'u', control, rune.IsAscii ? 2 : 4);
                return true;
            default:
                return false;
        }
    }

    private static void AppendHex(ref TextCursor row, char kind, int value, int digits)
    {
        row.Append((byte)'\\');
        row.Append((byte)kind);
        row.AppendHex(value, digits);
    }
}
