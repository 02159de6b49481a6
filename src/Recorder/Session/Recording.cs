using TraceCap.Format.Metadata;
using TraceCap.Format.Units;
using TraceCap.Recorder.Host;
using TraceCap.Recorder.Probes;

namespace TraceCap.Recorder.Session;

/// <summary>What a capture's header says of the recording that begins.</summary>
internal static class Recording
{
    /// <summary>Describes this host, the probes in use, and what was asked for.</summary>
    /// <param name="session">Already attached.</param>
    /// <param name="options">What it was asked to record.</param>
    /// <param name="start">The clocks before it was attached.</param>
    /// <param name="tool">The program and version that writes the capture.</param>
    /// <param name="comment">What the user says about it.</param>
    public static CaptureHeader Describe(
        LiveSession session, ProbeOptions options, ClockAnchor start, string tool, string comment)
    {
        var host = HostFacts.Read();
        return new CaptureHeader
        {
            Tool = tool,
            Host = host.HostName,
            Kernel = host.KernelRelease,
            Architecture = host.Architecture,
            BootId = host.BootId.ToString(),
            Cpus = host.PossibleCpus,
            Probes = session.ProbeSet,
            ProbesNotUsed = session.NotUsed,
            Limits = session.Limits,
            Filters = Filters(options),
            Options = new Dictionary<string, string> { ["buffer"] = Sizes.Format((ulong)options.RingBytes) },
            Comment = comment,
            Start = start,
        };
    }

    private static Dictionary<string, string> Filters(ProbeOptions options)
    {
        var filters = new Dictionary<string, string>();
        Add("pid", options.Pid);
        Add("uid", options.Uid);
        Add("netns", options.Netns);
        Add("ip version", options.IpVersion);
        Add("cgroup", options.Cgroup);
        Add("cgroupmap", options.CgroupMap);
        Add("mntnsmap", options.MountNamespaceMap);
        return filters;

        void Add(string name, object? value)
        {
            if (value is not null)
            {
                filters.Add(name, FormattableString.Invariant($"{value}"));
            }
        }
    }
}
