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
    /// emulated there is also all that the emulation takes, and the host that interrupts it. How much that is, two real tools
    /// tell that watch the same run: there may be as many longer times as twice as many of theirs, since our probes are not
    /// beside theirs but have those of other recorders in between.
    /// </summary>
    /// <param name="differences">With the time between both, in ns.</param>
    /// <param name="between">The times between two real tools; empty if nothing may excuse a longer one.</param>
    internal static void AssertSameTimes(IReadOnlyList<(Difference Difference, long Time)> differences, IReadOnlyList<long> between)
    {
        long[] theirs = [.. between.Select(Math.Abs).OrderDescending()];
        AssertNone("at another time", differences
            .OrderByDescending(row => Math.Abs(row.Time))
            .Where((row, rank) => Math.Abs(row.Time) > Millisecond + (rank / 2 < theirs.Length ? theirs[rank / 2] : 0))
            .Select(row => row.Difference with { About = $"{row.Difference.About} ({row.Time / 1e6:F2} ms)" }));
    }
}
