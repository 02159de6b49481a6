using TraceCap.Recorder.Host;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Tests;

public class RequirementTests
{
    [Theory]
    [InlineData("5.9.16-generic")]
    [InlineData("4.18.0-553.el8.x86_64")]
    public void An_old_kernel_is_refused_by_its_release(string release)
    {
        var error = Assert.Throws<ProbeException>(() => HostRequirements.CheckKernel(release));
        Assert.Contains(release, error.Message, StringComparison.Ordinal);
        Assert.Contains("5.10", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5.10.0")]
    [InlineData("6.1.0-56-cloud-amd64")]
    [InlineData("10.0-rc1")]
    public void A_kernel_that_has_what_it_takes_passes(string release) => HostRequirements.CheckKernel(release);

    [Theory]
    [InlineData("0000000000000000", "CAP_BPF and CAP_PERFMON and CAP_NET_ADMIN")]
    [InlineData("0000008000001000", "CAP_PERFMON")]
    [InlineData("000000c000000000", "CAP_NET_ADMIN")]
    public void Missing_capabilities_are_named(string effective, string missing)
    {
        var error = Assert.Throws<ProbeException>(() => HostRequirements.CheckCapabilities(Status(effective)));
        Assert.StartsWith($"recording needs {missing}:", error.Message, StringComparison.Ordinal);
        Assert.Contains("setcap", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("000000c000001000")]
    [InlineData("0000000000200000")]
    [InlineData("000001ffffffffff")]
    public void The_three_capabilities_or_the_old_one_for_all_suffice(string effective) =>
        HostRequirements.CheckCapabilities(Status(effective));

    [Theory]
    [InlineData("0000000000080002", true)]
    [InlineData("0000000000080004", true)]
    [InlineData("0000000000080000", false)]
    [InlineData("000001fffff7ffff", false)]
    [InlineData("000001fffffffff9", false)]
    public void It_takes_two_capabilities_to_look_at_processes(string effective, bool may) =>
        Assert.Equal(may, HostRequirements.MayLookAtProcesses(Status(effective)));

    /// <summary>The file as the kernel writes it; and the command line, where securityfs is not mounted.</summary>
    [Theory]
    [InlineData("none integrity [confidentiality]\n", "", false)]
    [InlineData("none [integrity] confidentiality\n", "lockdown=confidentiality", true)]
    [InlineData("[none] integrity confidentiality\n", "", true)]
    [InlineData("", "BOOT_IMAGE=/vmlinuz quiet lockdown=confidentiality\n", false)]
    [InlineData("", "BOOT_IMAGE=/vmlinuz quiet\n", true)]
    public void Lockdown_is_called_by_its_name(string mode, string commandLine, bool passes)
    {
        var error = Record.Exception(() => HostRequirements.CheckLockdown(mode, commandLine));
        Assert.Equal(passes, error is null);
        Assert.True(passes || error!.Message.Contains("lockdown mode \"confidentiality\"", StringComparison.Ordinal));
    }

    [Fact]
    public void A_status_has_the_numbers_of_all_namespaces_and_an_old_kernels_has_one()
    {
        var status = ProcessStatus.Parse("Name:\tx\nUmask:\t0022\nTgid:\t70\nPid:\t70\nUid:\t33\t0\t0\t0\nNStgid:\t70\t5\nNSpid:\t70\t5\n");
        Assert.Equal([70u, 5u], status.Pids);
        Assert.Equal(33u, status.Uid);
        Assert.Equal([70u], ProcessStatus.Parse("Name:\tx\nPid:\t70\nUid:\t33\t0\t0\t0\n").Pids);
    }

    [Fact]
    public void The_root_of_a_user_namespace_is_none() =>
        Assert.Throws<ProbeException>(() => HostRequirements.CheckUserNamespace("user:[4026532500]"));

    [Fact]
    public void Cgroup2_mounts_are_found_among_others()
    {
        const string mounts = """
            proc /proc proc rw 0 0
            cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0
            cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0
            none /mnt/a\040b cgroup2 rw 0 0

            """;
        Assert.Equal(["/sys/fs/cgroup/unified", "/mnt/a b"], Mounts.OfType("cgroup2", mounts));
    }

    private static string Status(string effective) => $"Name:\tx\nCapPrm:\t{new string('f', 16)}\nCapEff:\t{effective}\n";
}
