using TraceCap.Recorder.Host;
using TraceCap.Recorder.Probes;

namespace TraceCap.Recorder.Tests;

public class PreemptionTests
{
    [Theory]
    [InlineData("#1 SMP Debian 5.10.223-1 (2024-08-10)", null, null, false)]
    [InlineData("#1 SMP PREEMPT_DYNAMIC Debian 6.1.1-1", "quiet", "none (voluntary) full \n", false)]
    [InlineData("#1 SMP PREEMPT_DYNAMIC Debian 6.12.1-1", "quiet", "none voluntary (full) lazy \n", true)]
    [InlineData("#1 SMP PREEMPT_DYNAMIC", "quiet", "none voluntary full (lazy) \n", true)]
    [InlineData("#1 SMP PREEMPT_DYNAMIC", "preempt=full preempt=none quiet", null, false)]
    [InlineData("#1 SMP PREEMPT_DYNAMIC", "preempt=voluntary", null, false)]
    [InlineData("#1 SMP PREEMPT_DYNAMIC", "preempt=full", null, true)]
    [InlineData("#1 SMP PREEMPT_DYNAMIC", "quiet", null, true)]
    [InlineData("#1 SMP PREEMPT_DYNAMIC", null, null, true)]
    [InlineData("#1 SMP PREEMPT_RT", "preempt=none", null, true)]
    [InlineData("#1 SMP PREEMPT", null, null, true)]
    public void A_kernel_that_may_be_preempted_is_known(string version, string? commandLine, string? modes, bool expected) =>
        Assert.Equal(expected, Preemption.IsPossible(version, commandLine, modes));

    [Fact]
    public void The_set_that_is_never_skipped_is_preferred_there()
    {
        Assert.Equal(["fentry", "kprobe", "tracepoint"], ProbeSet.ByPreference(isPreemptible: false).Select(set => set.Name));
        Assert.Equal(["kprobe", "fentry", "tracepoint"], ProbeSet.ByPreference(isPreemptible: true).Select(set => set.Name));
    }
}
