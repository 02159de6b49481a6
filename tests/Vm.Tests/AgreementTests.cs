namespace TraceCap.Vm.Tests;

/// <summary>
/// Replay equals live: on real kernels, each probe set records what the real tools print of the same run, to the byte.
/// </summary>
public class AgreementTests
{
    private static readonly string[] Kernels = ["6.1", "6.12"];

    public static TheoryData<string, string> KernelsAndSets => Pairs(Kernels);

    public static TheoryData<string, string> KernelsWithPythonTool => Pairs(Kernels.Where(RealKernel.HasPythonTool));

    [Theory]
    [MemberData(nameof(KernelsAndSets))]
    public void Replay_prints_the_rows_of_libbpf_tools(string kernel, string probeSet)
    {
        var run = RealKernel.Run(kernel);
        var real = Rows.Read(run.Printed("libbpf"));
        var replayed = Rows.Read(run.Replayed(probeSet, "--style", "libbpf"));

        Assert.Equal(Counts(real), Counts(replayed));
        AssertSameTimes(real, replayed, run.IsEmulated);
    }

    /// <summary>The Python tool loses rows in a burst; every row that it has must be there.</summary>
    [Theory]
    [MemberData(nameof(KernelsWithPythonTool))]
    public void Replay_prints_every_row_of_bcc(string kernel, string probeSet)
    {
        var run = RealKernel.Run(kernel);
        var real = Rows.Read(run.Printed("bcc"));
        var replayed = Rows.Read(run.Replayed(probeSet));

        Assert.InRange(real.Count, 100, int.MaxValue);
        Assert.Empty(real.Where(row => row.Value.Count > replayed.GetValueOrDefault(row.Key, []).Count).Select(row => row.Key));
        AssertSameTimes(
            real.Where(row => row.Value.Count == replayed[row.Key].Count).ToDictionary(),
            replayed,
            run.IsEmulated);
    }

    [Theory]
    [MemberData(nameof(KernelsAndSets))]
    public void Rows_are_in_the_order_of_time(string kernel, string probeSet)
    {
        var rows = ReferenceOutput.Parse(RealKernel.Run(kernel).Replayed(probeSet));

        Assert.InRange(rows.Rows.Count, 1000, int.MaxValue);
        Assert.Equal(rows.RowsByTime, rows.Rows);
    }

    private static TheoryData<string, string> Pairs(IEnumerable<string> kernels)
    {
        var pairs = new TheoryData<string, string>();
        foreach (var kernel in kernels)
        {
            foreach (var probeSet in RealKernel.ProbeSets)
            {
                pairs.Add(kernel, probeSet);
            }
        }

        return pairs;
    }

    private static string[] Counts(Dictionary<string, List<long>> rows) =>
        [.. rows.OrderBy(row => row.Key, StringComparer.Ordinal).Select(row => $"{row.Value.Count} x {row.Key}")];

    /// <summary>Each tool counts from its own first row. Between two tools' probes on the same event lie microseconds,
    /// but where the processor is emulated also all that the emulation takes, and the host that interrupts it: there,
    /// most rows must be within a millisecond, and all within a tenth of a second.</summary>
    private static void AssertSameTimes(
        Dictionary<string, List<long>> real, Dictionary<string, List<long>> replayed, bool emulated)
    {
        const long millisecond = 1_000_000;
        var pairs = real.SelectMany(row => row.Value.Zip(replayed[row.Key], (theirs, ours) => (row.Key, Difference: ours - theirs)))
            .OrderBy(pair => pair.Difference).ToArray();
        var offset = pairs[pairs.Length / 2].Difference;

        Assert.InRange(pairs.Count(pair => Math.Abs(pair.Difference - offset) <= millisecond), pairs.Length * 3 / 4, pairs.Length);
        var tolerance = emulated ? 100 * millisecond : millisecond;
        Assert.Empty(pairs.Where(pair => Math.Abs(pair.Difference - offset) > tolerance)
            .Select(pair => $"{pair.Difference - offset} ns at {pair.Key}"));
    }
}
