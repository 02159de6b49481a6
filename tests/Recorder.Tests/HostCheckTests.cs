using TraceCap.Recorder.Host;
using TraceCap.Recorder.Kernel;
using TraceCap.Recorder.Probes;
using TraceCap.Recorder.Session;

namespace TraceCap.Recorder.Tests;

/// <summary>What a host can do, told without recording.</summary>
[Collection(Live.Name)]
public class HostCheckTests
{
    [Fact]
    public void A_refusal_does_not_speak_of_a_limit_that_BPF_no_longer_has()
    {
        Live.SkipUnlessAllowed();
        foreach (var set in ProbeOptions.ProbeSets)
        {
            try
            {
                AttachedProbes.Attach(new ProbeOptions { ProbeSet = set }).Dispose();
            }
            catch (ProbeException refusal)
            {
                Assert.DoesNotContain("ulimit", refusal.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void The_best_set_is_the_one_that_records()
    {
        Live.SkipUnlessAllowed();
        var check = HostCheck.Run();
        using var probes = AttachedProbes.Attach(new ProbeOptions());

        Assert.Equal(probes.ProbeSet, check.Best);
        Assert.Equal(ProbeSet.ByPreference(Preemption.IsPossible()).Select(set => set.Name), check.ProbeSets.Select(set => set.Name));
        Assert.All(check.Requirements, need => Assert.Null(need.Problem));
        Assert.Equal(
            probes.NotUsed,
            check.ProbeSets.TakeWhile(set => set.Problem is not null).ToDictionary(set => set.Name, set => set.Problem!));
    }

    [Fact]
    public void A_set_that_is_asked_for_records_or_says_why_not()
    {
        Live.SkipUnlessAllowed();
        Assert.All(HostCheck.Run().ProbeSets, set =>
        {
            var options = new ProbeOptions { ProbeSet = set.Name };
            if (set.Problem is null)
            {
                using var probes = AttachedProbes.Attach(options);
                Assert.Equal(set.Name, probes.ProbeSet);
                Assert.Empty(probes.NotUsed);
            }
            else
            {
                Assert.Contains(set.Problem, Assert.ThrowsAny<ProbeException>(() => AttachedProbes.Attach(options)).Message, StringComparison.Ordinal);
            }
        });
    }

    [Fact]
    public void A_set_that_does_not_exist_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProbeOptions { ProbeSet = "uprobe" });
}
