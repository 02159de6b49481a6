using System.Runtime.InteropServices;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Host;

/// <summary>What a capture says about the host that it was recorded on.</summary>
/// <param name="HostName">The host's name.</param>
/// <param name="KernelRelease">As <c>uname -r</c> prints it.</param>
/// <param name="Architecture">As <c>uname -m</c> prints it: x86_64 or aarch64.</param>
/// <param name="BootId">The kernel's id of this boot; timestamps of one boot can be compared.</param>
/// <param name="PossibleCpus">How many CPUs the host may have, whether they are there now or not.</param>
internal sealed record HostFacts(
    string HostName, string KernelRelease, string Architecture, Guid BootId, int PossibleCpus)
{
    /// <summary>Asks the running kernel.</summary>
    internal static HostFacts Read() => new(
        ReadKernelText("hostname"),
        ReadKernelText("osrelease"),
        RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "aarch64" : "x86_64",
        Guid.Parse(ReadKernelText("random/boot_id")),
        Libbpf.PossibleCpus());

    internal static string ReadKernelText(string name) => File.ReadAllText("/proc/sys/kernel/" + name).TrimEnd('\n');
}
