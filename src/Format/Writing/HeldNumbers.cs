using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Writing;

/// <summary>What the events of an open chunk refer to: a name that is given to one of these numbers now is not theirs.</summary>
/// <param name="ofSeveralHosts">Whether connection ids tell whose numbers they are.</param>
internal sealed class HeldNumbers(bool ofSeveralHosts)
{
    private readonly HashSet<(ushort Host, ulong Id)> cgroups = [];
    private readonly HashSet<(ushort Host, ulong Id)> namespaces = [];
    private int seen;

    /// <summary>Whether an event refers to a cgroup.</summary>
    /// <param name="held">The events of the open chunk. Each is looked at once, whatever is asked.</param>
    /// <param name="name">The cgroup.</param>
    internal bool HasCgroup(ReadOnlySpan<TcpEvent> held, in NamedId name)
    {
        See(held);
        return cgroups.Contains((name.Host, name.Id));
    }

    /// <summary>The same for a network namespace.</summary>
    internal bool HasNetns(ReadOnlySpan<TcpEvent> held, in NamedId name)
    {
        See(held);
        return namespaces.Contains((name.Host, name.Id));
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
            cgroups.Add((host, one.Cgroup));
            namespaces.Add((host, one.Netns));
        }

        seen = held.Length;
    }
}
