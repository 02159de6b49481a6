namespace TraceCap.Analyzer.Output.Html.Rows;

/// <summary>Numbers of one kind, one for each row, as bytes that compress well: all lowest bytes first, then all second ones, and so on
/// up to the highest byte that any of them needs; none at all if all are 0.</summary>
/// <param name="Name">What the script of the page calls it.</param>
/// <param name="Width">As many bytes each number takes.</param>
/// <param name="Bytes">The planes of bytes.</param>
internal sealed record PackedColumn(string Name, int Width, byte[] Bytes)
{
    /// <summary>Scripts know whole numbers up to here exactly (ECMAScript, Number.MAX_SAFE_INTEGER).</summary>
    internal const ulong Most = (1UL << 53) - 1;

    /// <summary>Packs numbers. One above <see cref="Most"/> becomes that.</summary>
    internal static PackedColumn Of(string name, ReadOnlySpan<ulong> numbers)
    {
        var greatest = 0UL;
        foreach (var number in numbers)
        {
            greatest = Math.Max(greatest, Math.Min(number, Most));
        }

        var width = 0;
        while (width < 7 && greatest >> (8 * width) != 0)
        {
            width++;
        }

        var bytes = new byte[width * numbers.Length];
        for (var plane = 0; plane < width; plane++)
        {
            for (var row = 0; row < numbers.Length; row++)
            {
                bytes[(plane * numbers.Length) + row] = (byte)(Math.Min(numbers[row], Most) >> (8 * plane));
            }
        }

        return new PackedColumn(name, width, bytes);
    }
}
