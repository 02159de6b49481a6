using TraceCap.Recorder.Host;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Probes;

/// <summary>The filters on tasks, as the programs have them (wanted_task of bpf/tracecap.bpf.h).</summary>
internal sealed unsafe class WantedTasks : IDisposable
{
    private readonly ProbeOptions options;
    private readonly Descriptor? cgroups;
    private readonly Descriptor? mounts;
    private readonly CgroupPlace? cgroup;
    private readonly uint? pid;

    /// <param name="options">What is wanted.</param>
    /// <param name="proc">Whose numbers the processes have that it is asked for.</param>
    internal WantedTasks(ProbeOptions options, ProcFolder proc)
    {
        this.options = options;
        pid = options.Pid is { } own ? proc.NumberOf(own) : null;
        cgroup = options.Cgroup is { } path ? Cgroups.Find(path) : null;
        cgroups = options.CgroupMap is { } cgroupMap ? PinnedMap.OpenCgroups(cgroupMap) : null;
        mounts = options.MountNamespaceMap is { } mountMap ? PinnedMap.OpenMountNamespaces(mountMap) : null;
    }

    public void Dispose()
    {
        cgroups?.Dispose();
        mounts?.Dispose();
    }

    /// <param name="process">Null if it is not known: then only those who want all want it.</param>
    internal bool Contains(ProcessFacts? process) =>
        (options.Pid is null || (pid is not null && pid == process?.Number))
        && (options.Uid is null || options.Uid == process?.Uid)
        && (cgroups is null || (process is { } inCgroup && Has(cgroups, inCgroup.Cgroup)))
        && (cgroup is null || (process is { CgroupPath: { } path } && cgroup.Contains(path)))
        && (mounts is null || (process is { } inNamespace && Has(mounts, inNamespace.Mntns)));

    private static bool Has(Descriptor set, ulong key)
    {
        ulong value;
        return Libbpf.LookUp(set, &key, &value) == 0;
    }
}
