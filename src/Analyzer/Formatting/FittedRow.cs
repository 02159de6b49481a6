namespace TraceCap.Analyzer.Formatting;

/// <summary>Rows of a table whose values are wider than its columns, where they have to fit a terminal: a row that would be too long has
/// its columns one blank apart, and what there still is no room for goes at its end.</summary>
internal static class FittedRow
{
    private const byte Escape = 0x1b;

    /// <summary>Has a row fit.</summary>
    /// <param name="row">UTF-8, without an end of line; and room for what ends a colour.</param>
    /// <param name="length">Its length.</param>
    /// <param name="width">The columns of the terminal; 0: it may be of any length.</param>
    /// <returns>Its length now.</returns>
    internal static int Fit(Span<byte> row, int length, int width)
    {
        if (width == 0 || Columns(row[..length]) <= width)
        {
            return length;
        }

        length = Squeeze(row[..length]);
        return Columns(row[..length]) <= width ? length : Cut(row, length, width);
    }

    /// <summary>The same of a row of its own.</summary>
    internal static byte[] Fit(ReadOnlySpan<byte> row, int width)
    {
        byte[] fitted = [.. row, .. "…\e[0m"u8];
        return fitted[..Fit(fitted, row.Length, width)];
    }

    private static int Squeeze(Span<byte> row)
    {
        var end = 0;
        foreach (var one in row)
        {
            if (one != ' ' || end == 0 || row[end - 1] != ' ')
            {
                row[end++] = one;
            }
        }

        return end;
    }

    private static int Cut(Span<byte> row, int length, int width)
    {
        var isColoured = row[..length].Contains(Escape);
        var (column, at) = (0, 0);
        while (at < length && column < width - 1)
        {
            at += Next(row[at..length], out var isSeen);
            column += isSeen ? 1 : 0;
        }

        at += Utf8Text.Write(row[at..], "…"u8);
        return at + (isColoured ? Utf8Text.Write(row[at..], "\e[0m"u8) : 0);
    }

    private static int Columns(ReadOnlySpan<byte> row)
    {
        var columns = 0;
        while (row.Length > 0)
        {
            row = row[Next(row, out var isSeen)..];
            columns += isSeen ? 1 : 0;
        }

        return columns;
    }

    /// <summary>The length of the next character, or of a code, which is not seen.</summary>
    private static int Next(ReadOnlySpan<byte> text, out bool isSeen)
    {
        isSeen = text[0] != Escape;
        var length = 1;
        if (!isSeen)
        {
            return text.IndexOf((byte)'m') is var end and >= 0 ? end + 1 : text.Length;
        }

        while (length < text.Length && (text[length] & 0xC0) == 0x80)
        {
            length++;
        }

        return length;
    }
}
