using System.Globalization;
using TraceCap.Format.Events;
using TraceCap.Recorder.Host;
using TraceCap.Recorder.Kernel;
using TraceCap.Recorder.Probes;

namespace TraceCap.Recorder.Session;

/// <summary>
/// The connections that are open when recording begins, asked for while the probes are in place already: so each
/// connection is either here, or in an event of its own. The asking also gives each of them its id, which programs that can
/// only read it need. It takes a thread of its own, which enters one network namespace after the other.
/// </summary>
internal sealed class OpenConnections
{
    private const string Unknown = "connections from before the recording";

    private readonly ProbeOptions options;
    private readonly ulong time;
    private readonly List<TcpEvent> events = [];
    private readonly List<ulong> unheld = [];
    private readonly List<string> limits = [];
    private readonly HashSet<uint> seen = [];
    private readonly HashSet<uint> found = [];
    private readonly Thread asking;
    private Processes processes = null!;
    private int refused;
    private Exception? failure;

    private OpenConnections(ProbeOptions options, ulong time)
    {
        (this.options, this.time) = (options, time);
        asking = new Thread(Ask) { IsBackground = true, Name = "open" };
    }

    /// <summary>What could not be found out, one sentence each. To be read when it is done.</summary>
    internal IReadOnlyList<string> Limits => limits;

    /// <summary>Begins to ask.</summary>
    /// <param name="options">The filters.</param>
    /// <param name="time">When recording began, CLOCK_MONOTONIC ns: what is found was there then.</param>
    internal static OpenConnections Begin(ProbeOptions options, ulong time)
    {
        var open = new OpenConnections(options, time);
        open.asking.Start();
        return open;
    }

    /// <summary>Gives each connection its id, those included that nobody has accepted yet: to be done when what gives one to
    /// later connections is in place, and before anything is recorded.</summary>
    internal static void GiveIds(ProbeOptions options) => Begin(options, 0).asking.Join();

    /// <summary>Waits for the answer.</summary>
    /// <returns>Whether it is there.</returns>
    internal bool IsDone(TimeSpan wait) => asking.Join(wait);

    /// <summary>The connections, and the connects that are under way. To be read when it is done.</summary>
    /// <exception cref="ProbeException">They could not be asked for.</exception>
    internal List<TcpEvent> Found => failure is null ? events : throw new ProbeException(failure.Message, failure);

    /// <summary>The ids of those that no descriptor refers to: still to be accepted, or closed already. To be read when it is done; none where
    /// a filter asks for the task.</summary>
    internal IReadOnlyList<ulong> Unheld => unheld;

    private void Ask()
    {
        try
        {
            var proc = ProcFolder.Find();
            processes = Processes.Scan(proc);
            FindLimits(proc);
            using var wanted = new WantedTasks(options, proc);
            // This one needs not be entered, and cannot be left and entered again by everybody.
            var own = NamespaceLinks.InodeOf("/proc/self/ns/net");
            AddAll(own, wanted);
            foreach (var netns in processes.NetworkNamespaces.All.Where(netns => netns != own))
            {
                using var space = processes.NetworkNamespaces.Open(netns);
                AddAllOf(space, netns, wanted);
            }

            AddDeserted(proc, wanted);
            if (refused > 0)
            {
                limits.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{Unknown} in {refused} of the network namespaces are not shown: entering another one takes CAP_SYS_ADMIN"));
            }
        }
        catch (ProbeException error)
        {
            limits.Add($"{Unknown} are not shown: {error.Message}");
        }
#pragma warning disable CA1031 // It belongs to the thread that waits for this one.
        catch (Exception error)
#pragma warning restore CA1031
        {
            failure = error;
        }
    }

    private void FindLimits(ProcFolder proc)
    {
        if (!HostRequirements.MayLookAtProcesses(File.ReadAllText("/proc/self/status")))
        {
            limits.Add($"{Unknown} may lack their process: looking at other users' processes takes CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH");
        }

        if (!proc.IsHosts)
        {
            limits.Add($"{Unknown} lack the host's process ids, and all of processes outside of this PID namespace, which also hides their "
                + "network namespaces: use the host's PID namespace, or mount the host's /proc anywhere here");
        }

        if (processes.NetworkNamespaces.HasTooManyMounts)
        {
            limits.Add($"{Unknown} in network namespaces that are only mounted on files may not be shown: there are too many mounts to look through");
        }

        if (!processes.KnowsCgroups)
        {
            limits.Add($"{Unknown} lack their cgroup: in this cgroup namespace it cannot be told; use the host's");
        }
    }

    private void AddAllOf(Descriptor? space, uint netns, WantedTasks wanted)
    {
        if (space is null || !options.Netns.Passes(netns))
        {
            return; // It is gone; or not wanted.
        }

        if (Libc.EnterNamespace(space, Libc.NewNetworkNamespace) == 0)
        {
            AddAll(netns, wanted);
        }
        else
        {
            refused++;
            seen.Add(netns);
        }
    }

    private void AddAll(uint netns, WantedTasks wanted)
    {
        seen.Add(netns);
        if (!options.Netns.Passes(netns))
        {
            return;
        }

        var id = NetworkNamespaces.OwnId();
        foreach (var socket in SocketDump.Read())
        {
            if (socket.Inode == 0)
            {
                if (!options.HasTaskFilter)
                {
                    unheld.Add(socket.Cookie);
                }

                continue;
            }

            found.Add(socket.Inode);
            if (!TryFindHolder(socket, wanted, out var holder))
            {
                continue;
            }

            var open = Describe(socket, holder, netns, id);
            if (WantedEnds.Contains(options, in open))
            {
                events.Add(open);
            }
        }
    }

    /// <summary>Of several processes that hold a socket, the first that is wanted.</summary>
    private bool TryFindHolder(in DumpedSocket socket, WantedTasks wanted, out ProcessFacts holder)
    {
        var isHeld = false;
        foreach (var (process, _) in processes.HoldersOf(socket.Inode))
        {
            isHeld = true;
            holder = processes.Describe(process);
            if (wanted.Contains(holder))
            {
                return true;
            }
        }

        holder = default;
        return !isHeld && wanted.Contains(null);
    }

    /// <summary>A network namespace may have sockets and nothing else that leads to it. Which protocol a socket is of, its
    /// descriptor tells; most of those that were not found are no TCP sockets, or have no peer.</summary>
    private void AddDeserted(ProcFolder proc, WantedTasks wanted)
    {
        foreach (var inode in processes.Sockets.Where(inode => !found.Contains(inode)).ToList())
        {
            var (process, descriptor) = processes.HoldersOf(inode).First();
            if (!NetworkNamespaces.IsTcp(proc.Of(process), descriptor))
            {
                continue;
            }

            try
            {
                // System calls know processes by their numbers here.
                using var space = proc.HasOwnNumbers ? NetworkNamespaces.OpenOf(process, descriptor, out var netns) : throw new UnauthorizedAccessException();
                if (!seen.Contains(netns))
                {
                    AddAllOf(space, netns, wanted);
                }
            }
            catch (UnauthorizedAccessException)
            {
                limits.Add($"{Unknown} in network namespaces in which no process lives may not be shown: "
                    + "finding them takes CAP_SYS_PTRACE, and a /proc of the recorder's own PID namespace");
                return;
            }
        }
    }

    private TcpEvent Describe(in DumpedSocket socket, in ProcessFacts holder, uint netns, ulong netnsId) => new()
    {
        Timestamp = time,
        Type = TcpEventType.Open,
        Connection = socket.Cookie,
        IpVersion = socket.IpVersion,
        LocalAddress = socket.LocalAddress,
        PeerAddress = socket.PeerAddress,
        LocalPort = socket.LocalPort,
        PeerPort = socket.PeerPort,
        State = socket.State,
        Flags = socket.IpVersion == 6 && socket.PeerAddress.ToIPAddress(6).IsIPv4MappedToIPv6
            ? TcpEventFlags.V4Mapped
            : TcpEventFlags.None,
        Netns = netns,
        NetnsId = netnsId,
        Pid = holder.Pid,
        Tid = holder.Pid,
        ContainerPid = holder.ContainerPid,
        Pidns = holder.Pidns,
        Uid = holder.Uid,
        Mntns = holder.Mntns,
        Cgroup = holder.Cgroup,
        Comm = holder.Comm,
    };
}
