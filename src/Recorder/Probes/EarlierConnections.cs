using System.Runtime.InteropServices;
using TraceCap.Format.Events;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Probes;

/// <summary>Tells the probes of connections and connects from before them, so that what happens to these is recorded too.</summary>
internal sealed unsafe class EarlierConnections : IDisposable
{
    private readonly Descriptor kept;
    private readonly Descriptor attempts;
    private readonly Descriptor cgroups;
    private readonly bool judgesOpenings;

    internal EarlierConnections(ProbeObject loaded, ProbeOptions options)
    {
        kept = loaded.OpenMap("kept");
        attempts = loaded.OpenMap("attempts");
        cgroups = loaded.OpenMap("wanted_cgroups");
        judgesOpenings = options.JudgesOpenings;
    }

    /// <summary>A connection passed the filters on tasks: so will its close.</summary>
    /// <returns>False if there is no room for so many.</returns>
    internal bool Keep(ulong connection)
    {
        var yes = (byte)1;
        return !judgesOpenings || Libbpf.Update(kept, &connection, &yes, Libbpf.Any) == 0;
    }

    /// <summary>A connection did not pass after all.</summary>
    internal void Drop(ulong connection) => _ = Libbpf.Delete(kept, &connection);

    /// <summary>A connect is under way that passed the filters: its end is to be recorded.</summary>
    /// <param name="open">The event for it.</param>
    /// <returns>False if there is no room for so many.</returns>
    internal bool Await(in TcpEvent open)
    {
        var connection = open.Connection;
        var attempt = new Attempt(in open);
        return Libbpf.Update(attempts, &connection, &attempt, Libbpf.NoExist) is 0 or -AlreadyThere;
    }

    /// <summary>A connect that was awaited ended before the probes knew of it.</summary>
    internal void Forget(ulong connection) => _ = Libbpf.Delete(attempts, &connection);

    /// <summary>Has the tasks of a cgroup pass, or not, that was made anew. Takes no privileges.</summary>
    /// <param name="before">The id of the one that it takes the place of.</param>
    /// <param name="now">Its id.</param>
    /// <param name="passes">Whether they pass.</param>
    /// <exception cref="ProbeException">The kernel refuses.</exception>
    internal void MoveCgroup(ulong before, ulong now, bool passes)
    {
        _ = Libbpf.Delete(cgroups, &before);
        WantedMaps.Add(cgroups, now, passes);
    }

    public void Dispose()
    {
        kept.Dispose();
        attempts.Dispose();
        cgroups.Dispose();
    }

    private const int AlreadyThere = 17;

    /// <summary>struct attempt of bpf/connection.bpf.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly struct Attempt(in TcpEvent open)
    {
        private readonly ulong cgroup = open.Cgroup;
        private readonly uint pid = open.Pid;
        private readonly uint tid = open.Tid;
        private readonly uint uid = open.Uid;
        private readonly uint mntns = open.Mntns;
        private readonly uint containerPid = open.ContainerPid;
        private readonly uint pidns = open.Pidns;
        private readonly ThreadName comm = open.Comm;

        /// <summary>Before the recording, nobody knows when.</summary>
        private readonly ulong started = 0;
    }
}
