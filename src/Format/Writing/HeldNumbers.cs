using TraceCap.Format.Chunks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Writing;

/// <summary>What the events of an open chunk refer to: a name that is given to one of these numbers now is not theirs.</summary>
/// <param name="ofSeveralHosts">Whether connection ids tell whose numbers they are.</param>
internal sealed class HeldNumbers(bool ofSeveralHosts)
{
    private readonly HashSet<NameKey> cgroups = [];
    private readonly HashSet<NameKey> namespaces = [];
    private readonly HashSet<ushort> hosts = [];
    private int seen;

    /// <summary>Whether an event that was seen refers to a cgroup.</summary>
    internal bool HasCgroup(in NamedId name) => cgroups.Contains(name.Key);

    /// <summary>The same for a network namespace.</summary>
    internal bool HasNetns(in NamedId name) => namespaces.Contains(name.Key);

    /// <summary>The same for all that a context names.</summary>
    internal bool HasAnyOf(CaptureContext context) =>
        context.Cgroups.Any(name => cgroups.Contains(name.Key)) || context.NetworkNamespaces.Any(name => namespaces.Contains(name.Key));

    /// <summary>The chunk is closed.</summary>
    internal void Clear()
    {
        seen = 0;
        cgroups.Clear();
        namespaces.Clear();
        hosts.Clear();
    }

    /// <summary>Looks at the events of the open chunk; at each once, however often.</summary>
    internal void See(ReadOnlySpan<TcpEvent> held)
    {
        foreach (ref readonly var one in held[seen..])
        {
            var host = HostOf(one.Connection);
            cgroups.Add(new NameKey(host, one.Cgroup));
            AddNamespace(host, one.Netns, one.NetnsId);
        }

        seen = held.Length;
    }

    /// <summary>The same of events in columns. Of several hosts each may have any of the cgroups, as which has which is not kept: a chunk is then closed
    /// earlier than it need be.</summary>
    internal void See(EventColumns held)
    {
        if (seen == held.Count)
        {
            return;
        }

        foreach (ref readonly var key in held.Sockets)
        {
            var host = HostOf(key.Socket.Connection);
            hosts.Add(host);
            AddNamespace(host, key.Socket.Netns, key.Socket.NetnsId);
        }

        foreach (ref readonly var key in held.Tasks)
        {
            foreach (var host in hosts)
            {
                cgroups.Add(new NameKey(host, key.Task.Cgroup));
            }
        }

        seen = held.Count;
    }

    private ushort HostOf(ulong connection) => ofSeveralHosts ? (ushort)(connection >> MergedHost.ConnectionShift) : (ushort)0;

    /// <summary>A name without an id is that of each with the number.</summary>
    private void AddNamespace(ushort host, uint netns, ulong id)
    {
        namespaces.Add(new NameKey(host, netns));
        namespaces.Add(new NameKey(host, netns, id));
    }
}
