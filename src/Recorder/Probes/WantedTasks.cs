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
    private readonly Wanted<uint> pids;

    /// <param name="options">What is wanted.</param>
    /// <param name="proc">Whose numbers the processes have that it is asked for.</param>
    internal WantedTasks(ProbeOptions options, ProcFolder proc)
    {
        this.options = options;
        pids = new Wanted<uint> { Only = Numbers(options.Pids.Only, proc), Not = Numbers(options.Pids.Not, proc) };
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
        options.Tree is null // It has opened nothing yet.
        && pids.Passes(process.Number)
        && options.Uids.Passes(process.Uid)
        && options.Comms.Passes(process.Comm)
        && (cgroups is null || Has(cgroups, process.Cgroup))
        && (places.Count == 0 || IsInWantedCgroup(process.CgroupPath))
        && (mounts is null || Has(mounts, process.Mntns));

    /// <summary>What the user calls a process may be another number there; one that is not there has none.</summary>
    private static IReadOnlyList<uint> Numbers(IReadOnlyList<uint> own, ProcFolder proc) => [.. own.Select(pid => proc.NumberOf(pid) ?? uint.MaxValue)];

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
