using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Writing;

/// <summary>
/// Has a section name what its events refer to before the chunk with the first event that does. What it said long ago it
/// says again, before a reader whose memory is bounded may have forgotten it.
/// </summary>
/// <param name="writer">Writes the section.</param>
/// <param name="names">Knows the names.</param>
internal sealed class NameScribe(CaptureWriter writer, INames names)
{
    private readonly Dictionary<(ushort Host, ulong Id), (string Name, int Version)> cgroups = [];
    private readonly Dictionary<(ushort Host, ulong Id), (string Name, int Version)> namespaces = [];
    private int version;
    private ushort lastHost;
    private ulong lastCgroup;
    private uint lastNetns;
    private bool hasLast;

    /// <summary>Knows the names of the events that are looked at next.</summary>
    public INames Names { get; set; } = names;

    /// <summary>Looks at events that are about to be appended.</summary>
    public void Note(ReadOnlySpan<TcpEvent> events)
    {
        var ofSeveralHosts = Names.OfSeveralHosts;
        if (version != Names.Version)
        {
            version = Names.Version;
            hasLast = false;
        }

        foreach (ref readonly var one in events)
        {
            var host = ofSeveralHosts ? (ushort)(one.Connection >> MergedHost.ConnectionShift) : (ushort)0;
            if (!hasLast || one.Cgroup != lastCgroup || one.Netns != lastNetns || host != lastHost)
            {
                (lastHost, lastCgroup, lastNetns, hasLast) = (host, one.Cgroup, one.Netns, true);
                Name(host, in one);
            }
        }
    }

    private void Name(ushort host, in TcpEvent one)
    {
        if (!IsTold(cgroups, host, one.Cgroup) && Names.CgroupOf(in one) is { } cgroup && Remember(cgroups, host, one.Cgroup, cgroup.Path))
        {
            writer.NameCgroup(new NamedId(one.Cgroup, cgroup.Path, host));
        }

        if (!IsTold(namespaces, host, one.Netns) && Names.NetnsOf(in one) is { } netns && Remember(namespaces, host, one.Netns, netns))
        {
            writer.NameNetns(new NamedId(one.Netns, netns, host));
        }
    }

    /// <summary>Whether a name was told since any name has last become another.</summary>
    private bool IsTold(Dictionary<(ushort Host, ulong Id), (string Name, int Version)> told, ushort host, ulong id) =>
        told.TryGetValue((host, id), out var last) && last.Version == version;

    /// <returns>Whether it has to be told.</returns>
    private bool Remember(Dictionary<(ushort Host, ulong Id), (string Name, int Version)> told, ushort host, ulong id, string name)
    {
        var isTold = told.TryGetValue((host, id), out var last) && last.Name == name;
        if (!isTold && told.Count == NameTable<string>.Kept)
        {
            told.Clear();
        }

        told[(host, id)] = (name, version);
        return !isTold;
    }
}
