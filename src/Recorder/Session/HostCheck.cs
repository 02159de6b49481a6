using TraceCap.Recorder.Host;
using TraceCap.Recorder.Kernel;
using TraceCap.Recorder.Probes;

namespace TraceCap.Recorder.Session;

/// <summary>Something that recording takes.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Problem">What is wrong with it here, and what to do; null if nothing is.</param>
internal sealed record RequirementCheck(string Name, string Purpose, string? Problem);

/// <summary>A set of probes, and whether this kernel takes it.</summary>
/// <param name="Name">What <see cref="ProbeOptions.ProbeSet"/> calls it.</param>
/// <param name="Means">What it takes and gives.</param>
/// <param name="Problem">Why it cannot be used here; null if it can.</param>
internal sealed record ProbeSetCheck(string Name, string Means, string? Problem);

/// <summary>What this host can do, found out by doing it: each set of probes is attached for a moment.</summary>
/// <param name="Host">The host.</param>
/// <param name="Requirements">What recording takes.</param>
/// <param name="ProbeSets">The best one first; none were tried if a requirement is not met.</param>
/// <param name="Limits">What a recording would miss here, one sentence each.</param>
internal sealed record HostCheck(
    HostFacts Host,
    IReadOnlyList<RequirementCheck> Requirements,
    IReadOnlyList<ProbeSetCheck> ProbeSets,
    IReadOnlyList<string> Limits)
{
    /// <summary>The set that a recording would use, or null if none can.</summary>
    public string? Best => ProbeSets.FirstOrDefault(set => set.Problem is null)?.Name;

    /// <summary>Tries everything.</summary>
    /// <exception cref="ProbeException">This is not Linux.</exception>
    public static HostCheck Run()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new ProbeException(AttachedProbes.NotLinux);
        }

        var requirements = HostRequirements.All
            .Select(need => new RequirementCheck(need.Name, need.Purpose, ProblemOf(need.Check))).ToList();
        var sets = requirements.TrueForAll(need => need.Problem is null)
            ? ProbeSet.ByPreference(Preemption.IsPossible()).Select(set => new ProbeSetCheck(set.Name, set.Means, ProblemOf(() => TryOut(set)))).ToList()
            : [];
        var check = new HostCheck(HostFacts.Read(), requirements, sets, []);
        return check.Best is null ? check : check with { Limits = FindLimits(check.Best) };
    }

    private static void TryOut(ProbeSet set) => AttachedProbes.Attach(new ProbeOptions { ProbeSet = set.Name }).Dispose();

    private static IReadOnlyList<string> FindLimits(string probeSet)
    {
        using var session = LiveSession.Start(new ProbeOptions { ProbeSet = probeSet });
        return session.Limits;
    }

    private static string? ProblemOf(Action attempt)
    {
        try
        {
            attempt();
            return null;
        }
        catch (ProbeSetException refusal)
        {
            return refusal.Reason;
        }
        catch (ProbeException problem)
        {
            return problem.Message;
        }
    }
}
