namespace TraceCap.Vm.Tests;

/// <summary>
/// Replay equals live: on real kernels, each probe set records what the real tools print of the same run, to the byte.
/// </summary>
[Collection(RealKernel.OneAtATime)]
public class AgreementTests
{
    public static TheoryData<string, string> KernelsAndSets => RealKernel.KernelsAndSets;

    public static TheoryData<string, string> KernelsWithPythonTools => RealKernel.KernelsWithPythonTools is { Count: > 0 } some
        ? some : [new TheoryDataRow<string, string>("", "") { Skip = "none of the chosen machines runs bcc's tools" }];

    [Theory]
    [MemberData(nameof(KernelsAndSets))]
    public void Replay_prints_the_rows_of_libbpf_tools(string kernel, string probeSet)
    {
        var run = RealKernel.Run(kernel);
        var real = Rows.Read(run.Printed("libbpf"));
        var replayed = Rows.Read(run.Replayed(probeSet, "--style", "libbpf"));

        ResultTable.Of(run, probeSet).AssertNone("libbpf", real.Values.Sum(times => times.Count), "rows differ", real.Keys.Union(replayed.Keys)
            .Select(row => new Difference(row, Count(real, row), Count(replayed, row)))
            .Where(row => !row.Theirs!.Equals(row.Ours) && !IsMeant(row, run, probeSet)));
        AssertSameTimes(real, replayed, run);
    }

    /// <summary>The Python tool loses rows in a burst; every row that it has must be there.</summary>
    [Theory]
    [MemberData(nameof(KernelsWithPythonTools))]
    public void Replay_prints_every_row_of_bcc(string kernel, string probeSet)
    {
        var run = RealKernel.Run(kernel);
        var real = Rows.Read(run.Printed("bcc"));
        var replayed = Rows.Read(run.Replayed(probeSet));

        Assert.InRange(real.Count, 100, int.MaxValue);
        ResultTable.Of(run, probeSet).AssertNone("bcc", real.Values.Sum(times => times.Count), "rows are missing", real.Keys
            .Select(row => new Difference(row, Count(real, row), Count(replayed, row)))
            .Where(row => (int)row.Theirs! > (int)row.Ours! && !IsMeant(row, run, probeSet)));
        AssertSameTimes(real, replayed, run);
    }

    /// <summary>tcptracer looks at the return of a call that it must have seen to begin.</summary>
    [Theory]
    [MemberData(nameof(KernelsAndSets))]
    public void An_accept_that_waited_when_recording_began_is_there(string kernel, string probeSet) => Assert.Single(
        Rows.Read(RealKernel.Run(kernel).Replayed(probeSet, "--style", "libbpf")).Keys,
        row => row.StartsWith('A') && row.Contains(" waits_in_acc", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(KernelsAndSets))]
    public void Rows_are_in_the_order_of_time(string kernel, string probeSet)
    {
        var rows = ReferenceOutput.Parse(RealKernel.Run(kernel).Replayed(probeSet));

        Assert.InRange(rows.Rows.Count, 1000, int.MaxValue);
        Assert.Equal(rows.RowsByTime, rows.Rows);
    }

    /// <summary>Of nvmet, and of a mount that is shut down by one task and closed by another.</summary>
    private static readonly string[] KernelThreads = [" kworker/", " cifsd ", " cifs "];

    private static int Count(Dictionary<string, List<long>> rows, string row) => rows.GetValueOrDefault(row, []).Count;

    /// <summary>
    /// The rows of which docs/tcptracer.md tells: a kretprobe misses accepts for which it has no room, while many threads wait, and
    /// those that waited before it was there; the tracepoint set counts as missed an accept whose probe the kernel skipped, or of the
    /// kernel itself, and sees the kernel's own sockets close when they are shut down.
    /// </summary>
    private static bool IsMeant(Difference row, RealKernel run, string probeSet)
    {
        var (theirs, ours) = ((int)row.Theirs!, (int)row.Ours!);
        var isOfKernel = probeSet == "tracepoint" && KernelThreads.Any(name => row.About.Contains(name, StringComparison.Ordinal));
        return !row.About.StartsWith('A') ? isOfKernel
            : theirs < ours ? row.About.Contains(" many_waiting ", StringComparison.Ordinal) || row.About.Contains(" waits_in_acc", StringComparison.Ordinal)
            : probeSet == "tracepoint" && run.LossCounters(probeSet).ProbeMissed >= theirs - ours;
    }

    private static void AssertSameTimes(Dictionary<string, List<long>> real, Dictionary<string, List<long>> replayed, RealKernel run) =>
        Difference.AssertSameTimes(
            [.. TimesBetween(real, replayed).Select(row => (new Difference($"{row.Key}", row.Theirs, row.Ours), row.Between))],
            run.IsEmulated);

    /// <summary>Each tool counts from its own first row.</summary>
    private static IEnumerable<(string Key, long Theirs, long Ours, long Between)> TimesBetween(
        Dictionary<string, List<long>> one, Dictionary<string, List<long>> other)
    {
        var pairs = one.Where(row => other.GetValueOrDefault(row.Key)?.Count == row.Value.Count)
            .SelectMany(row => row.Value.Zip(other[row.Key], (theirs, ours) => (row.Key, theirs, ours)))
            .OrderBy(pair => pair.ours - pair.theirs).ToArray();
        var offset = pairs[pairs.Length / 2].ours - pairs[pairs.Length / 2].theirs;
        return pairs.Select(pair => (pair.Key, pair.theirs, pair.ours, pair.ours - pair.theirs - offset));
    }
}
