using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Host;

/// <summary>What a capture says about the host that it was recorded on.</summary>
/// <param name="HostName">The host's name.</param>
/// <param name="KernelRelease">As <c>uname -r</c> prints it.</param>
/// <param name="Architecture">As <c>uname -m</c> prints it: x86_64 or aarch64.</param>
/// <param name="BootId">The kernel's id of this boot; timestamps of one boot can be compared.</param>
/// <param name="PossibleCpus">How many CPUs the host may have, whether they are there now or not.</param>
internal sealed partial record HostFacts(
    string HostName, string KernelRelease, string Architecture, Guid BootId, int PossibleCpus)
{
    /// <summary>Asks the running kernel.</summary>
    internal static HostFacts Read() => new(
        ReadKernelText("hostname"),
        ReadKernelText("osrelease"),
        RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "aarch64" : "x86_64",
        Guid.Parse(ReadKernelText("random/boot_id")),
        Libbpf.PossibleCpus());

    /// <summary>The two numbers that the release of the running kernel begins with; null if it does not.</summary>
    internal static Version? ReadKernelVersion() => KernelVersion(ReadKernelText("osrelease"));

    /// <summary>The two numbers that a release begins with; null if it does not.</summary>
    internal static Version? KernelVersion(string release) =>
        Version.TryParse(KernelNumber().Match(release).Value, out var version) ? version : null;

    /// <summary>The text of a file of the kernel's that not every kernel has, or not every user may read; null then.</summary>
    internal static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    internal static string ReadKernelText(string name) => File.ReadAllText("/proc/sys/kernel/" + name).TrimEnd('\n');

    [GeneratedRegex(@"^\d+\.\d+")]
    private static partial Regex KernelNumber();
}
