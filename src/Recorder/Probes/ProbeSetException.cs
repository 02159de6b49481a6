using System.Runtime.InteropServices;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Probes;

/// <summary>The kernel does not take a set of probes; it may take another.</summary>
internal sealed class ProbeSetException : ProbeException
{
    /// <param name="set">The set's name.</param>
    /// <param name="reason">Why the kernel does not take it.</param>
    /// <param name="log">What libbpf and the verifier said, indented, with a line break before; or nothing.</param>
    internal ProbeSetException(string set, string reason, string log = "")
        : base($"the {set} probes cannot be used: {reason}{log}") => Reason = reason;

    /// <summary>Why, without the details.</summary>
    internal string Reason { get; }

    internal static ProbeSetException FromErrno(string set, string what, int errno, string log) =>
        new(set, $"{what}: {Marshal.GetPInvokeErrorMessage(Math.Abs(errno))}", log);
}
