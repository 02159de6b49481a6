using System.Globalization;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Findings;

/// <summary>When something was that is worth a look: from the first event of it to the last.</summary>
/// <param name="From">Nanoseconds since the first recording began.</param>
/// <param name="To">The same of its end.</param>
/// <param name="WallFrom">Nanoseconds since 1970; null if it is not known.</param>
/// <param name="WallTo">The same of its end.</param>
internal readonly record struct FindingTime(long From, long To, ulong? WallFrom, ulong? WallTo)
{
    /// <summary>How long it lasted.</summary>
    internal ulong Length => (ulong)Math.Max(0, To - From);

    /// <summary>By the wall clock, and in seconds of the capture.</summary>
    public override string ToString()
    {
        var seconds = string.Create(CultureInfo.InvariantCulture, $"{Seconds(From)} s to {Seconds(To)} s of the capture");
        return WallFrom is { } from && WallTo is { } to ? $"{Wall(from)} to {(Wall(from)[..10] == Wall(to)[..10] ? Wall(to)[11..] : Wall(to))} UTC, {seconds}" : seconds;
    }

    private static string Wall(ulong nanoseconds) => WallTime.Format(nanoseconds)[..23].Replace('T', ' ');

    private static string Seconds(long nanoseconds) => (nanoseconds / 1e9).ToString("F3", CultureInfo.InvariantCulture);
}
