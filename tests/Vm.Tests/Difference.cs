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
    /// emulated, there is also all that the emulation takes, and the host that interrupts it, which differ from machine to machine: the
    /// median must be within a millisecond, ninety-nine of a hundred within a tenth of a second, and all within a second.
    /// </summary>
    /// <param name="differences">With the time between both, in ns.</param>
    /// <param name="emulated">Whether the processor was.</param>
    internal static void AssertSameTimes(IReadOnlyList<(Difference Difference, long Time)> differences, bool emulated)
    {
        Assert.InRange(Within(Millisecond), differences.Count / 2, differences.Count);
        Assert.InRange(Within(100 * Millisecond), differences.Count * 99 / 100, differences.Count);
        AssertNone("at another time", differences
            .Where(row => Math.Abs(row.Time) > (emulated ? 1000 : 1) * Millisecond)
            .Select(row => row.Difference with { About = $"{row.Difference.About} ({row.Time / 1e6:F2} ms)" }));

        int Within(long limit) => differences.Count(row => Math.Abs(row.Time) <= limit);
    }
}
