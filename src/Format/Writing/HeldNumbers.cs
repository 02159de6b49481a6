using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Writing;

/// <summary>What the events of an open chunk refer to: a name that is given to one of these numbers now is not theirs.</summary>
/// <param name="ofSeveralHosts">Whether connection ids tell whose numbers they are.</param>
internal sealed class HeldNumbers(bool ofSeveralHosts)
{
    private readonly HashSet<NameKey> cgroups = [];
    private readonly HashSet<NameKey> namespaces = [];
    private int seen;

    /// <summary>Whether an event refers to a cgroup.</summary>
    /// <param name="held">The events of the open chunk. Each is looked at once, whatever is asked.</param>
    /// <param name="name">The cgroup.</param>
    internal bool HasCgroup(ReadOnlySpan<TcpEvent> held, in NamedId name)
    {
        See(held);
        return cgroups.Contains(name.Key);
    }

    /// <summary>The same for a network namespace.</summary>
    internal bool HasNetns(ReadOnlySpan<TcpEvent> held, in NamedId name)
    {
        See(held);
        return namespaces.Contains(name.Key);
    }

    /// <summary>The same for all that a context names.</summary>
    internal bool HasAnyOf(ReadOnlySpan<TcpEvent> held, CaptureContext context)
    {
        See(held);
        return context.Cgroups.Any(name => cgroups.Contains(name.Key)) || context.NetworkNamespaces.Any(name => namespaces.Contains(name.Key));
    }

    /// <summary>The chunk is closed.</summary>
    internal void Clear()
    {
        seen = 0;
        cgroups.Clear();
        namespaces.Clear();
    }

    private void See(ReadOnlySpan<TcpEvent> held)
    {
        foreach (ref readonly var one in held[seen..])
        {
            var host = ofSeveralHosts ? (ushort)(one.Connection >> MergedHost.ConnectionShift) : (ushort)0;
            cgroups.Add(new NameKey(host, one.Cgroup));
            // A name without an id is that of each with the number.
            namespaces.Add(new NameKey(host, one.Netns));
            namespaces.Add(new NameKey(host, one.Netns, one.NetnsId));
        }

        seen = held.Length;
    }
}
