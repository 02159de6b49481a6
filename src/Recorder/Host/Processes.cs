using System.Globalization;
using TraceCap.Format.Events;

namespace TraceCap.Recorder.Host;

/// <summary>A process, as events describe it.</summary>
/// <param name="Number">Its number in the <see cref="ProcFolder"/>.</param>
/// <param name="Pid">Its number in the host's PID namespace; 0 if that cannot be seen from here.</param>
/// <param name="ContainerPid">Its number in the innermost PID namespace that it is in; 0 if that is the host's.</param>
/// <param name="Pidns">The inode number of that namespace; 0 if it is the host's.</param>
/// <param name="Uid">Its user.</param>
/// <param name="Mntns">The inode number of its mount namespace.</param>
/// <param name="Cgroup">The id of its cgroup; 0 if that is not known.</param>
/// <param name="CgroupPath">The path of it in the hierarchy; null if it is not known.</param>
/// <param name="Comm">The name of its first thread.</param>
internal readonly record struct ProcessFacts(
    uint Number, uint Pid, uint ContainerPid, uint Pidns, uint Uid, uint Mntns, ulong Cgroup, string? CgroupPath, ThreadName Comm);

/// <summary>A descriptor that refers to a socket.</summary>
/// <param name="Process">The number of the process in the <see cref="ProcFolder"/>.</param>
/// <param name="Descriptor">The number of the descriptor there.</param>
internal readonly record struct SocketHolder(uint Process, int Descriptor);

/// <summary>
/// The processes of the host at one time: their network namespaces, and the sockets that they hold. A process that ends
/// meanwhile, or may not be looked at, is passed over.
/// </summary>
internal sealed class Processes
{
    private const string SocketLink = "socket:[";

    private readonly Dictionary<uint, SocketHolder> holders = [];
    private readonly Dictionary<uint, List<SocketHolder>> others = [];
    private readonly Dictionary<uint, ProcessFacts> known = [];
    private readonly HashSet<uint> mountNamespaces = [];
    private readonly ProcFolder proc;
    private readonly string cgroupRoot = Cgroups.FindRoot();
    private readonly string? cgroupNamespace = Cgroups.NamespaceRoot();

    private Processes(ProcFolder proc) => this.proc = proc;

    /// <summary>The network namespaces that they are in, or have a way to.</summary>
    internal NetworkNamespaces NetworkNamespaces { get; } = new();

    /// <summary>The inode numbers of all sockets that are held, those of other protocols too.</summary>
    internal IReadOnlyCollection<uint> Sockets => holders.Keys;

    /// <summary>Whether the cgroups of processes can be told.</summary>
    internal bool KnowsCgroups => cgroupNamespace is not null;

    internal static Processes Scan(ProcFolder proc)
    {
        var processes = new Processes(proc);
        foreach (var pid in proc.Processes())
        {
            processes.Look(pid);
        }

        return processes;
    }

    /// <summary>The descriptors that refer to a socket, that of the process with the lowest number first.</summary>
    internal IEnumerable<SocketHolder> HoldersOf(uint inode)
    {
        if (holders.TryGetValue(inode, out var first))
        {
            yield return first;
            foreach (var other in others.GetValueOrDefault(inode) ?? [])
            {
                yield return other;
            }
        }
    }

    /// <summary>Describes a process.</summary>
    internal ProcessFacts Describe(uint number)
    {
        if (!known.TryGetValue(number, out var facts))
        {
            known.Add(number, facts = Read(number));
        }

        return facts;
    }

    /// <summary>A thread may be in another network namespace than its process, and leave sockets there.</summary>
    private void Look(uint pid)
    {
        var folder = proc.Of(pid);
        try
        {
            NetworkNamespaces.Add(NamespaceLinks.InodeOf(folder + "/ns/net"), folder + "/ns/net");
            if (mountNamespaces.Add(NamespaceLinks.InodeOf(folder + "/ns/mnt")))
            {
                NetworkNamespaces.AddMounted(folder);
            }

            foreach (var thread in Directory.EnumerateDirectories(folder + "/task"))
            {
                if (NamespaceLinks.TryInodeOf(thread + "/ns/net") is var space and not 0)
                {
                    NetworkNamespaces.Add(space, thread + "/ns/net");
                }
            }

            foreach (var descriptor in Directory.EnumerateFiles(folder + "/fd"))
            {
                Look(pid, descriptor);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It has ended, which the kernel may also call a refusal.
        }
    }

    private void Look(uint pid, string descriptor)
    {
        var link = new FileInfo(descriptor).LinkTarget;
        if (link is null)
        {
            return;
        }

        if (link.StartsWith(NetworkNamespaces.Link, StringComparison.Ordinal))
        {
            NetworkNamespaces.Add(NamespaceLinks.NumberIn(link), descriptor);
        }
        else if (link.StartsWith(SocketLink, StringComparison.Ordinal))
        {
            Hold(NamespaceLinks.NumberIn(link), new SocketHolder(pid, int.Parse(Path.GetFileName(descriptor), CultureInfo.InvariantCulture)));
        }
    }

    private void Hold(uint inode, SocketHolder holder)
    {
        if (holders.TryAdd(inode, holder) || holders[inode].Process == holder.Process)
        {
            return;
        }

        if (!others.TryGetValue(inode, out var more))
        {
            others.Add(inode, more = []);
        }

        // A process may have any number of descriptors for one socket.
        if (more is [.., var last] && last.Process == holder.Process)
        {
            return;
        }

        if (holder.Process < holders[inode].Process)
        {
            (holder, holders[inode]) = (holders[inode], holder);
        }

        more.Add(holder);
    }

    private ProcessFacts Read(uint number)
    {
        var folder = proc.Of(number);
        try
        {
            var status = ProcessStatus.Parse(File.ReadAllText(folder + "/status"));
            var isInside = !proc.IsHosts || status.Pids.Count > 1;
            var cgroup = cgroupNamespace is null ? null : Cgroups.InHierarchy(PathText.Of(Cgroups.OwnLine(File.ReadAllBytes(folder + "/cgroup"))), cgroupNamespace);
            return new ProcessFacts(
                number,
                proc.IsHosts ? number : 0,
                isInside ? status.Pids[^1] : 0,
                isInside ? NamespaceLinks.InodeOf(folder + "/ns/pid") : 0,
                status.Uid,
                NamespaceLinks.InodeOf(folder + "/ns/mnt"),
                cgroup is null ? 0 : Cgroups.InodeOf(cgroupRoot + cgroup),
                cgroup,
                new ThreadName(File.ReadAllBytes(folder + "/comm").AsSpan()[..^1]));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new ProcessFacts { Number = number, Pid = proc.IsHosts ? number : 0 };
        }
    }
}
