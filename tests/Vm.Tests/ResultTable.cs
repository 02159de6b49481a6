using System.Collections.Concurrent;

namespace TraceCap.Vm.Tests;

/// <summary>What was compared, for each machine and probe set: written to the file that TRACECAP_VM_RESULTS names.</summary>
internal sealed class ResultTable
{
    private static readonly ConcurrentDictionary<(string Machine, string ProbeSet), ResultTable> Rows = new();

    private readonly ConcurrentDictionary<string, int> compared = new();

    private RealKernel? run;

    private string lost = "";

    private int differences;

    static ResultTable()
    {
        if (Environment.GetEnvironmentVariable("TRACECAP_VM_RESULTS") is { Length: > 0 } path)
        {
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Write(Path.GetFullPath(path, Repository.Root));
        }
    }

    internal static ResultTable Of(RealKernel run, string probeSet)
    {
        var row = Rows.GetOrAdd((run.Machine.Name, probeSet), _ => new ResultTable());
        (row.run, row.lost) = (run, Lost(run, probeSet));
        return row;
    }

    /// <summary>Notes that rows of a tool were compared, and fails if there are differences.</summary>
    internal void AssertNone(string tool, int rows, string what, IEnumerable<Difference> found)
    {
        var all = found.ToArray();
        compared[tool] = rows;
        Interlocked.Add(ref differences, all.Length);
        Difference.AssertNone(what, all);
    }

    private static void Write(string path)
    {
        string[] tools = ["libbpf", "bcc", "libbpf-tcplife", "bcc-tcplife"];
        var lines = new List<string>
        {
            "| kernel | probe set | kinds of traffic | rows of tcptracer (libbpf) | (bcc) | rows of tcplife (libbpf) | (bcc) | differences | lost |",
            "|---|---|--:|--:|--:|--:|--:|--:|--:|",
        };
        foreach (var machine in Machine.Chosen)
        {
            lines.AddRange(machine.ProbeSets.Select(probeSet => Rows.TryGetValue((machine.Name, probeSet), out var row) && row.run is { } run
                ? $"| {run.Version} {machine.Parameter} | {probeSet} | {run.Cases} | "
                    + string.Join(" | ", tools.Select(tool => row.compared.TryGetValue(tool, out var rows) ? $"{rows}" : "-"))
                    + $" | {row.differences} | {row.lost} |"
                : $"| {machine.Name} | {probeSet} | not run |||||||"));
        }

        File.WriteAllText(path, string.Join('\n', lines) + '\n');
    }

    private static string Lost(RealKernel run, string probeSet)
    {
        var counters = run.LossCounters(probeSet);
        return counters.ProbeMissed == 0 ? $"{counters.Lost}" : $"{counters.Lost}, at most {counters.ProbeMissed} more";
    }
}
