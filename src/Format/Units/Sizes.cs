namespace TraceCap.Format.Units;

/// <summary>Sizes as users write them: bytes, or a number and a unit of 1024, such as <c>512K</c>, <c>1.5G</c> or <c>64MiB</c>.</summary>
internal static class Sizes
{
    /// <summary>The units, from the smallest one up, in bytes. Each is written in small letters as well.</summary>
    public static IReadOnlyList<Unit> Units { get; } =
    [
        new("bytes", 1, ["", "B"]),
        Binary(10, 'K'),
        Binary(20, 'M'),
        Binary(30, 'G'),
        Binary(40, 'T'),
    ];

    /// <summary>What a size looks like, for messages.</summary>
    public static string Expected => "bytes, or a number and K, M, G or T (1024 each), such as 64M";

    /// <summary>Reads a size.</summary>
    /// <returns>Bytes.</returns>
    /// <exception cref="FormatException">It is something else, not a whole number of bytes, or 2^64 of them or more.</exception>
    public static ulong Parse(ReadOnlySpan<char> text) => TryParse(text, out var bytes)
        ? bytes
        : throw new FormatException($"'{text}' is no size; expected {Expected}");

    /// <summary>Reads a size.</summary>
    /// <param name="text">A number, with a fraction if need be, and a unit or none.</param>
    /// <param name="bytes">The size, exactly.</param>
    /// <returns>False if it is something else, not a whole number of bytes, or 2^64 of them or more.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out ulong bytes) => Quantity.TryParse(text, Units, out bytes);

    /// <summary>Exactly, in the largest unit of which it is a whole number, such as <c>8 MiB</c>.</summary>
    public static string Format(ulong bytes) => Quantity.Format(bytes, Units, " ");

    private static Unit Binary(int shift, char letter)
    {
        var small = char.ToLowerInvariant(letter);
        return new Unit($"{letter}iB", 1ul << shift, [$"{letter}", $"{letter}B", $"{letter}i", $"{small}", $"{small}B", $"{small}i", $"{small}iB"]);
    }
}
