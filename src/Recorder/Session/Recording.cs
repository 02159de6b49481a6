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
    /// <param name="tool">The program and version that writes the capture.</param>
    /// <param name="comment">What the user says about it.</param>
    public static CaptureHeader Describe(
        LiveSession session, ProbeOptions options, string tool, string comment)
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
            Options = Options(options),
            Comment = comment,
            Start = session.Begun,
        };
    }

    private static Dictionary<string, string> Options(ProbeOptions options)
    {
        var settings = new Dictionary<string, string> { ["buffer"] = Sizes.Format((ulong)options.RingBytes) };
        if (options.BeyondTcptracer)
        {
            settings.Add(CaptureHeader.Ended, CaptureHeader.EndsRecorded);
        }

        if (options.JudgesOpenings)
        {
            settings.Add(CaptureHeader.FilterBy, CaptureHeader.ByConnection);
        }

        return settings;
    }

    private static Dictionary<string, string> Filters(ProbeOptions options)
    {
        var filters = new Dictionary<string, string>();
        Add("pid", options.Pids);
        Add("uid", options.Uids);
        Add("netns", options.Netns);
        Add("ip version", options.IpVersion);
        Add("port", options.Ports);
        Add("addr", options.Addresses);
        Add("comm", options.Comms);
        Add("cgroup", options.Cgroups);
        Add("process tree", options.Tree);
        Add("cgroupmap", options.CgroupMap);
        Add("mntnsmap", options.MountNamespaceMap);
        Add(CaptureHeader.CompatFilters, options is { HasTaskFilter: true, FilterEachEvent: true } ? "yes" : null);
        return filters;

        void Add(string name, object? value)
        {
            if (FormattableString.Invariant($"{value}") is { Length: > 0 } text)
            {
                filters.Add(name, text);
            }
        }
    }
}
