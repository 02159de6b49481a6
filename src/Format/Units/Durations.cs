namespace TraceCap.Format.Units;

/// <summary>
/// Durations as users write them, in options, triggers and expressions alike: a number and a unit, such as <c>50us</c>,
/// <c>1.5h</c> or <c>5min</c>.
/// </summary>
internal static class Durations
{
    private const ulong NanosecondsPerTick = 100;

    /// <summary>The units, from the smallest one up, in nanoseconds.</summary>
    public static IReadOnlyList<Unit> Units { get; } =
    [
        new("ns", 1, []),
        new("us", 1_000, []),
        new("ms", 1_000_000, []),
        new("s", 1_000_000_000, []),
        new("m", 60_000_000_000, ["min"]),
        new("h", 3_600_000_000_000, []),
        new("d", 86_400_000_000_000, []),
    ];

    /// <summary>These, and a year of 365.25 days: for figures that are longer than any recording.</summary>
    public static IReadOnlyList<Unit> LongUnits { get; } = [.. Units, new("y", 31_557_600_000_000_000, [])];

    /// <summary>How the units are written, for messages: <c>ns, us, ms, s, m or min, h, d</c>.</summary>
    public static string UnitNames { get; } = string.Join(", ", Units.Select(unit => string.Join(" or ", [unit.Name, .. unit.Spellings])));

    /// <summary>What a duration looks like, for messages.</summary>
    public static string Expected { get; } = $"a number and {UnitNames}, such as 1.5s";

    /// <summary>Reads a duration.</summary>
    /// <returns>Nanoseconds.</returns>
    /// <exception cref="FormatException">It is something else, not a whole number of nanoseconds, or 2^64 of them or more.</exception>
    public static ulong Parse(ReadOnlySpan<char> text) => TryParse(text, out ulong nanoseconds)
        ? nanoseconds
        : throw new FormatException($"'{text}' is no duration; expected {Expected}");

    /// <summary>Reads a duration.</summary>
    /// <param name="text">A number, with a fraction if need be, and a unit.</param>
    /// <param name="nanoseconds">The duration, exactly.</param>
    /// <returns>False if it is something else, not a whole number of nanoseconds, or 2^64 of them or more.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out ulong nanoseconds) => Quantity.TryParse(text, Units, out nanoseconds);

    /// <summary>Reads a duration.</summary>
    /// <param name="text">A number, with a fraction if need be, and a unit.</param>
    /// <param name="time">The duration, exactly.</param>
    /// <returns>False if it is something else, or not a whole number of the 100 ns that a <see cref="TimeSpan"/> counts.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan time)
    {
        var isTime = TryParse(text, out ulong nanoseconds) && nanoseconds % NanosecondsPerTick == 0;
        time = isTime ? TimeSpan.FromTicks((long)(nanoseconds / NanosecondsPerTick)) : default;
        return isTime;
    }

    /// <summary>The exact text that <see cref="Parse"/> reads, in the largest unit of which it is a whole number, such as
    /// <c>90s</c>.</summary>
    public static string Format(ulong nanoseconds) => Quantity.Format(nanoseconds, Units);
}
