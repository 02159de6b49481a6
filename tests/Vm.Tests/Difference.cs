namespace TraceCap.Vm.Tests;

/// <summary>Where a real tool and tracecap differ: what it is about, what they say, and what we do.</summary>
internal sealed record Difference(string About, object? Theirs, object? Ours)
{
    private const long Millisecond = 1_000_000;

    /// <summary>Fails with a table of all.</summary>
    internal static void AssertNone(string what, IEnumerable<Difference> differences)
    {
        var lines = differences.Select(row => $"{row.About}\n    theirs: {row.Theirs}\n    ours:   {row.Ours}").ToArray();
        Assert.True(lines.Length == 0, $"{lines.Length} {what}:\n{string.Join('\n', lines)}");
    }

    /// <summary>
    /// Between two tools' probes on the same event lie microseconds: all are within a millisecond. Where the processor is
    /// emulated there is also all that the emulation takes, with six recorders on each event and a host that interrupts it in
    /// between: there the middle one is, and of a hundred all but one are within a tenth of a second.
    /// </summary>
    /// <param name="differences">With the time between both, in ns.</param>
    /// <param name="isEmulated">Whether the processor is.</param>
    internal static void AssertSameTimes(IReadOnlyList<(Difference Difference, long Time)> differences, bool isEmulated) => AssertNone(
        "at another time",
        differences
            .OrderByDescending(row => Math.Abs(row.Time))
            .Where((row, rank) => Math.Abs(row.Time) > (!isEmulated || rank >= (differences.Count + 1) / 2 ? Millisecond
                : rank > differences.Count / 100 ? 100 * Millisecond
                : 10_000 * Millisecond))
            .Select(row => row.Difference with { About = $"{row.Difference.About} ({row.Time / 1e6:F2} ms)" }));
}
