namespace TraceCap.Packaging.Tests;

/// <summary>The recorder as a service: a Debian with the package, booted with systemd on a stock kernel in a virtual machine.</summary>
public sealed class SystemdTests
{
    [Fact]
    public void The_service_records_once_it_is_asked_to_and_its_captures_outlive_the_package()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("TRACECAP_TEST_SYSTEMD") is { Length: > 0 }, "an emulated system takes minutes: ./build.sh package-vm");
        var kernels = Repository.File("tests/vm/kernels");
        var kernel = Directory.Exists(kernels) ? Directory.GetDirectories(kernels, "6.1.*-cloud-amd64").Order(StringComparer.Ordinal).LastOrDefault() : null;
        Assert.SkipWhen(kernel is null, $"there is no 6.1 kernel in {kernels}: tests/vm/vmkernel fetches it");
        Assert.SkipUnless(File.Exists("/usr/bin/qemu-system-x86_64"), "qemu-system-x86 is not installed");
        using var system = DebianSystem.Fresh();
        system.Bring(Packages.Deb, "package");
        // Not in /tmp, which systemd empties when it boots.
        File.Copy(Repository.File("tests/Packaging.Tests/service.sh"), Path.Combine(system.Root, "captures/service.sh"));
        system.Type("cd /tmp/package && apt-get install -y ./*.deb");

        var (code, output, error) = Shell.Try(
            Repository.File("tests/vm/vmrun"), "--kernel", kernel!, "--root", system.Root, "--systemd", "--timeout", "900", "--", "bash", "/captures/service.sh");
        Assert.True(code == 0, output + error);
        Assert.Equal(
            [
                "not running before it is asked to", "active", "its user has no capability left", "confined by tracecap-record (enforce)",
                "connections: 20", "reloaded: 2 files", "ships: waits for its server", "confined by tracecap-ship (enforce)", "enabled", "stopped: complete",
                "nothing was denied", "without the profile: the same 23 events", "/root: root may not create files there", "by hand: x.tcap",
                "profiles: 2", "removed: 5 files, 0 profiles",
            ],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
