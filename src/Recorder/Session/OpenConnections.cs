using System.Runtime.InteropServices;
using TraceCap.Format.Events;
using TraceCap.Recorder.Host;
using TraceCap.Recorder.Kernel;
using TraceCap.Recorder.Probes;

namespace TraceCap.Recorder.Session;

/// <summary>
/// The connections that are open when recording begins, asked for while the probes are in place already: so each
/// connection is either here, or tells of itself. The asking also gives each of them its id, which programs that can
/// only read it need. It takes a thread of its own, which enters one network namespace after the other.
/// </summary>
internal sealed class OpenConnections
{
    private const string Unknown = "connections from before the recording";

    private readonly ProbeOptions options;
    private readonly ulong time;
    private readonly List<TcpEvent> events = [];
    private readonly List<string> limits = [];
    private readonly Thread asking;
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

    private void Ask()
    {
        try
        {
            var processes = Processes.Scan();
            if (!HostRequirements.MayLookAtProcesses(File.ReadAllText("/proc/self/status")))
            {
                limits.Add($"{Unknown} may lack their process: looking at other users' processes takes CAP_SYS_PTRACE");
            }

            using var wanted = new WantedTasks(options);
            // This one needs not be entered, and cannot be left and entered again by everybody.
            var own = Processes.InodeOf("/proc/self/ns/net");
            foreach (var (netns, pid) in processes.NetworkNamespaces.OrderByDescending(entry => entry.Key == own))
            {
                if (options.Netns.Passes(netns) && (netns == own || Enter(netns, pid)))
                {
                    AddAll(netns, processes, wanted);
                }
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

    private bool Enter(uint netns, uint pid)
    {
        using var descriptor = Libc.Open(FormattableString.Invariant($"/proc/{pid}/ns/net"), Libc.ReadOnly | Libc.CloseOnExec);
        if (descriptor.IsInvalid)
        {
            return false; // The process has ended; if it was the last one, so has the namespace.
        }

        var entered = Libc.EnterNamespace(descriptor, Libc.NewNetworkNamespace) == 0;
        if (!entered)
        {
            var reason = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
            limits.Add(FormattableString.Invariant(
                $"{Unknown} in the network namespace {netns} are not shown: entering it takes CAP_SYS_ADMIN ({reason})"));
        }

        return entered;
    }

    private void AddAll(uint netns, Processes processes, WantedTasks wanted)
    {
        foreach (var socket in SocketDump.Read())
        {
            var holder = processes.HolderOf(socket.Inode);
            var open = Describe(socket, holder ?? default, netns);
            if (wanted.Contains(holder) && WantedEnds.Contains(options, in open))
            {
                events.Add(open);
            }
        }
    }

    private TcpEvent Describe(in HeldSocket socket, in ProcessFacts holder, uint netns) => new()
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
        Pid = holder.Pid,
        Tid = holder.Pid,
        Uid = holder.Uid,
        Mntns = holder.Mntns,
        Cgroup = holder.Cgroup,
        Comm = holder.Comm,
    };
}
