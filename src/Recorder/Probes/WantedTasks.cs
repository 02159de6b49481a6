using TraceCap.Recorder.Host;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Probes;

/// <summary>The filters on tasks, as the programs have them (wanted_task of bpf/filter.bpf.h).</summary>
internal sealed unsafe class WantedTasks : IDisposable
{
    private readonly ProbeOptions options;
    private readonly Descriptor? cgroups;
    private readonly Descriptor? mounts;
    private readonly List<(CgroupPlace Place, bool Passes)> places;

    internal WantedTasks(ProbeOptions options)
    {
        this.options = options;
        // The deepest first: of two that hold a task, that one counts.
        places = [.. options.Cgroups.Listed.Select(entry => (Place: Cgroups.Find(entry.One), entry.Passes)).OrderByDescending(entry => entry.Place.Level)];
        cgroups = options.CgroupMap is { } cgroupMap ? PinnedMap.OpenCgroups(cgroupMap) : null;
        mounts = options.MountNamespaceMap is { } mountMap ? PinnedMap.OpenMountNamespaces(mountMap) : null;
    }

    public void Dispose()
    {
        cgroups?.Dispose();
        mounts?.Dispose();
    }

    /// <param name="process">Null if it is not known: then only those who want all want it.</param>
    internal bool Contains(ProcessFacts? process) => !options.HasTaskFilter || (process is { } known && Contains(known));

    private bool Contains(in ProcessFacts process) =>
        options.Pids.Passes(process.Pid)
        && options.Uids.Passes(process.Uid)
        && options.Comms.Passes(process.Comm)
        && (cgroups is null || Has(cgroups, process.Cgroup))
        && (places.Count == 0 || IsInWantedCgroup(process.CgroupPath))
        && (mounts is null || Has(mounts, process.Mntns));

    private bool IsInWantedCgroup(string? path)
    {
        foreach (var (place, passes) in places)
        {
            if (path is not null && place.Contains(path))
            {
                return passes;
            }
        }

        return options.Cgroups.Mode != FilterMode.Only;
    }

    private static bool Has(Descriptor set, ulong key)
    {
        ulong value;
        return Libbpf.LookUp(set, &key, &value) == 0;
    }
}
