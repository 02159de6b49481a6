using TraceCap.Format.Events;

namespace TraceCap.Vm.Tests;

/// <summary>
/// tcplife watches the same runs: each session that it attributes rightly is in <c>tracecap lifetimes</c>, as long and with
/// the same bytes.
/// </summary>
[Collection(RealKernel.OneAtATime)]
public class LifetimeTests
{
    public static TheoryData<string, string, string> Runs =>
    [
        .. RealKernel.KernelsAndSets.Select(row => row.Data).Select(row => new TheoryDataRow<string, string, string>(row.Item1, row.Item2, "libbpf-tcplife")),
        .. RealKernel.KernelsWithPythonTools.Select(row => row.Data).Select(row => new TheoryDataRow<string, string, string>(row.Item1, row.Item2, "bcc-tcplife")),
    ];

    /// <summary>
    /// Within a millisecond, as far as the emulation lets them. What failed begins at another event here than there, and of what
    /// the tracepoint set missed the accept, and counted it, the beginning is not known.
    /// </summary>
    [Theory]
    [MemberData(nameof(Runs))]
    public void Lifetimes_are_those_of_tcplife(string kernel, string probeSet, string tool)
    {
        var run = RealKernel.Run(kernel);
        var ours = new SessionMatch(run, probeSet, tool).Pairs.Where(pair => pair.Ours is { End.Length: > 0, Role: not "unknown" });

        Difference.AssertSameTimes(
            [.. ours.Select(pair => (pair.Difference, pair.TimeBetween))], run.IsEmulated);
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Bytes_are_those_of_tcplife(string kernel, string probeSet, string tool)
    {
        var run = RealKernel.Run(kernel);
        var closed = new SessionMatch(run, probeSet, tool).Pairs.Where(pair => pair.Ours is { WasClosed: true, Role: not "unknown" }).ToArray();

        ResultTable.Of(run, probeSet).AssertNone(tool, closed.Length, "with other bytes, or not seen to end", closed
            .Where(pair => pair.Ours.End.Length == 0
                || pair.Theirs.TxKilobytes != pair.Theirs.Shown(pair.Ours.BytesAcked)
                || pair.Theirs.RxKilobytes != pair.Theirs.Shown(pair.Ours.BytesReceived))
            .Select(pair => pair.Difference));
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Owners_are_those_that_tcplife_has_noted(string kernel, string probeSet, string tool)
    {
        var pairs = new SessionMatch(RealKernel.Run(kernel), probeSet, tool).Pairs;

        Assert.InRange(pairs.Count(pair => pair.Ours.NotedByTcplife is not null), pairs.Count / 2, pairs.Count);
        Difference.AssertNone("of another process", pairs
            .Where(pair => pair.Ours.NotedByTcplife is { } noted && noted != (pair.Theirs.Pid, pair.Theirs.Comm) && !IsThreadOfKernel(pair.Theirs.Comm))
            .Select(pair => pair.Difference));
    }

    /// <summary>They act for others, for a subflow of MPTCP, for a mount, for what had begun to connect before tcplife did, and tcplife
    /// shows whichever runs when TCP has finished.</summary>
    private static bool IsThreadOfKernel(string name) =>
        name is "cifsd" or "nvme" || name.StartsWith("kworker", StringComparison.Ordinal) || name.StartsWith("ksoftirqd", StringComparison.Ordinal);

    /// <summary>
    /// tcplife also lists the server's end of a connection that nobody accepted, and what the kernel ends without a close;
    /// and it loses rows without a word, since the kernel does not run the program of a tracepoint while another one of its
    /// kind is interrupted on the same processor. tcptracer, which watches too, decides.
    /// </summary>
    [Theory]
    [MemberData(nameof(Runs))]
    public void Sessions_are_those_of_tcplife_unless_tcptracer_agrees_with_us(string kernel, string probeSet, string tool)
    {
        var run = RealKernel.Run(kernel);
        var match = new SessionMatch(run, probeSet, tool);
        var traced = ReferenceOutput.Parse(run.Printed("libbpf")).Rows.Select(row => row.Event).ToLookup(EndsOf);

        Difference.AssertNone("that we have not seen to close", match.Pairs
            .Where(pair => pair.Ours.Ending is "open" or "unseen" && IsClosed(pair.Ours.Ends))
            .Select(pair => pair.Difference));
        Difference.AssertNone("that only tcplife has", match.OnlyTheirs
            .Where(row => (traced[row.Ends].Any() || !traced[row.Ends.Reversed].Any(e => e.Type == TcpEventType.Connect)) && !IsCounted(row))
            .Select(row => new Difference($"{row.Ends}", row, null)));
        // Nor can tcptracer say of a connect that failed that it was there.
        Difference.AssertNone("that only we have", match.OnlyOurs
            .Where(session => !session.IsPreexisting && session.Ending is not ("open" or "failed") && !IsClosed(session.Ends))
            .Select(session => new Difference($"{session.Ends}", null, session)));

        bool IsClosed(Ends ends) => traced[ends].Any(e => e.Type == TcpEventType.Close);

        // A connect that failed, when the kernel skipped the program that sees it.
        bool IsCounted(TcplifeRow row) => traced[row.Ends].All(e => e.Type == TcpEventType.Close) && run.LossCounters(probeSet).ProbeMissed > 0;

        static Ends EndsOf(TcpEvent e) => Ends.Of(
            e.LocalAddress.ToIPAddress(e.IpVersion), e.LocalPort, e.PeerAddress.ToIPAddress(e.IpVersion), e.PeerPort);
    }
}
