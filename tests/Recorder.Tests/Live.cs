using TraceCap.Format.Events;
using TraceCap.Recorder.Host;
using TraceCap.Recorder.Kernel;
using TraceCap.Recorder.Probes;

namespace TraceCap.Recorder.Tests;

/// <summary>Tests with probes in the running kernel: one after another, because they count what the host does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class Live
{
    internal const string Name = "live";

    /// <summary>The set of probes to test, by the environment variable TRACECAP_TEST_PROBES; the best one without.</summary>
    internal static string? ProbeSet { get; } = Environment.GetEnvironmentVariable("TRACECAP_TEST_PROBES");

    /// <summary>Whether accepts tell by what way they were made: only the tracepoint probes know.</summary>
    internal static bool TellsWay => used.Value == "tracepoint";

    private static readonly Lazy<string> used = new(() =>
    {
        using var probes = Attach();
        return probes.ProbeSet;
    });

    /// <summary>Attaches the probes; the test is skipped where the host does not allow it.</summary>
    internal static AttachedProbes Attach(ProbeOptions? options = null)
    {
        SkipUnlessAllowed();
        var probes = AttachedProbes.Attach((options ?? new ProbeOptions { RingBytes = 32 << 20 }) with { ProbeSet = options?.ProbeSet ?? ProbeSet });
        probes.TurnOn();
        return probes;
    }

    internal static void SkipUnlessAllowed()
    {
        try
        {
            HostRequirements.Check();
            Cgroups.FindRoot();
        }
        catch (ProbeException e)
        {
            Assert.Skip(e.Message);
        }

        Assert.SkipUnless(Environment.IsPrivilegedProcess, "it takes root to make cgroups and network namespaces");
    }

    /// <summary>Everything that is in the ring, in the order of time.</summary>
    internal static List<TcpEvent> Drain(AttachedProbes probes)
    {
        var all = new List<TcpEvent>();
        var some = new TcpEvent[1024];
        bool caughtUp;
        do
        {
            all.AddRange(some.AsSpan(0, probes.Ring.Read(some, out caughtUp)));
        }
        while (!caughtUp);

        all.Sort((left, right) => left.Timestamp.CompareTo(right.Timestamp));
        return all;
    }
}
