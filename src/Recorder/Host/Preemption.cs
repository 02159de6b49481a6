using System.Text.RegularExpressions;

namespace TraceCap.Recorder.Host;

/// <summary>Whether the kernel may take the processor from its own code. There it skips programs that it calls from its
/// functions (fentry) while another one was interrupted in the same program, and an event is lost.</summary>
internal static partial class Preemption
{
    /// <summary>Whether this kernel may, as far as can be told: if it can be set at boot and nobody says how, it may.</summary>
    internal static bool IsPossible() => IsPossible(
        HostFacts.ReadKernelText("version"), HostFacts.TryRead("/proc/cmdline"), HostFacts.TryRead("/sys/kernel/debug/sched/preempt"));

    /// <param name="version">As <c>uname -v</c> prints it.</param>
    /// <param name="commandLine">What the kernel was booted with.</param>
    /// <param name="modes">The scheduler's modes, the one in use in parentheses; null if they cannot be read.</param>
    internal static bool IsPossible(string version, string? commandLine, string? modes)
    {
        var kind = Kind().Match(version).Value;
        if (kind != "PREEMPT_DYNAMIC")
        {
            return kind.Length > 0;
        }

        var mode = modes is not null ? InUse().Match(modes).Groups[1].Value : Chosen().Matches(commandLine ?? "").LastOrDefault()?.Groups[1].Value;
        return mode is not ("none" or "voluntary");
    }

    [GeneratedRegex(@"\bPREEMPT\w*")]
    private static partial Regex Kind();

    [GeneratedRegex(@"\((\w+)\)")]
    private static partial Regex InUse();

    [GeneratedRegex(@"(?:^|\s)preempt=(\w+)")]
    private static partial Regex Chosen();
}
