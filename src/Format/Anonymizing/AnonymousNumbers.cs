using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Anonymizing;

/// <summary>The numbers that identify what events are of: each kind has a permutation of its own.</summary>
internal sealed class AnonymousNumbers : IDisposable
{
    // Kernels on 64 bits give process ids below 2^22, and count cookies and cgroups from 1.
    private const ulong PidLimit = 1 << 22;
    private const ulong Counted = 1ul << MergedHost.ConnectionShift;

    private readonly NumberPermutation pids;
    private readonly NumberPermutation containerPids;
    private readonly NumberPermutation uids;
    private readonly NumberPermutation ports;
    private readonly NumberPermutation inodes;
    private readonly NumberPermutation cgroups;
    private readonly NumberPermutation namespaces;
    private readonly NumberPermutation connections;
    private readonly bool keepPorts;
    private ulong[] ids = [];

    public AnonymousNumbers(AnonymizationKey key, bool keepPorts)
    {
        this.keepPorts = keepPorts;
        pids = Permutation("pid", uint.MaxValue, 0, 1, PidLimit);
        containerPids = Permutation("container pid", uint.MaxValue, 0, 1, PidLimit);
        // Root, the system's users, those of people, nobody, containers' users, and what says that there is none.
        uids = Permutation("uid", uint.MaxValue, 0, 1, 1000, 65534, 65535, uint.MaxValue);
        // System ports, registered ones, and those that Linux gives to clients.
        ports = Permutation("port", ushort.MaxValue, 0, 1, 1024, 32768);
        inodes = Permutation("namespace inode", uint.MaxValue, 0, 1);
        cgroups = Permutation("cgroup", ulong.MaxValue, 0, 1, Counted);
        namespaces = Permutation("netns", ulong.MaxValue, 0, 1, Counted);
        connections = Permutation("connection", ulong.MaxValue, 0, 1, Counted);

        NumberPermutation Permutation(string purpose, ulong largest, params ReadOnlySpan<ulong> starts) =>
            new(key.Derive(purpose, BlockCipher.BlockSize), largest, starts);
    }

    public uint Uid(uint uid) => (uint)uids.Of(uid);

    public ulong Cgroup(ulong cgroup) => cgroups.Of(cgroup);

    /// <summary>The inode number of a namespace of any kind.</summary>
    public ulong Inode(ulong inode) => inode <= uint.MaxValue ? inodes.Of(inode) : cgroups.Of(inode);

    public ulong Netns(ulong id) => namespaces.Of(id);

    /// <summary>Replaces all numbers of events but their connections.</summary>
    public void Replace(ref TcpEvent one)
    {
        one.Pid = (uint)pids.Of(one.Pid);
        one.Tid = (uint)pids.Of(one.Tid);
        one.ContainerPid = (uint)containerPids.Of(one.ContainerPid);
        one.Uid = Uid(one.Uid);
        one.Netns = (uint)inodes.Of(one.Netns);
        one.Mntns = (uint)inodes.Of(one.Mntns);
        one.Pidns = (uint)inodes.Of(one.Pidns);
        one.NetnsId = Netns(one.NetnsId);
        one.Cgroup = Cgroup(one.Cgroup);
        if (!keepPorts)
        {
            one.LocalPort = (ushort)ports.Of(one.LocalPort);
            one.PeerPort = (ushort)ports.Of(one.PeerPort);
        }
    }

    /// <summary>Replaces the connection ids of events: every connection has another, so they are done together.</summary>
    /// <param name="events">Whose.</param>
    /// <param name="ofSeveralHosts">Whether the highest bits are the number of a host, which stays.</param>
    public void ReplaceConnections(Span<TcpEvent> events, bool ofSeveralHosts)
    {
        var host = ofSeveralHosts ? ~(Counted - 1) : 0;
        if (ids.Length < events.Length)
        {
            ids = new ulong[events.Length];
        }

        var own = ids.AsSpan(0, events.Length);
        for (var i = 0; i < own.Length; i++)
        {
            own[i] = events[i].Connection & ~host;
        }

        connections.Replace(own);
        for (var i = 0; i < own.Length; i++)
        {
            events[i].Connection = (events[i].Connection & host) | own[i];
        }
    }

    public void Dispose()
    {
        foreach (var permutation in new[] { pids, containerPids, uids, ports, inodes, cgroups, namespaces, connections })
        {
            permutation.Dispose();
        }
    }
}
