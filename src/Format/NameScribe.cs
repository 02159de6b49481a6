namespace TraceCap.Format;

/// <summary>
/// Has a section name what its events refer to before the chunk with the first event that does. What it said long ago it
/// says again, before a reader whose memory is bounded may have forgotten it.
/// </summary>
/// <param name="writer">Writes the section.</param>
/// <param name="names">Knows the names.</param>
public sealed class NameScribe(CaptureWriter writer, INames names)
{
    private readonly HashSet<(ushort Host, ulong Id)> cgroups = [];
    private readonly HashSet<(ushort Host, ulong Id)> namespaces = [];
    private int version;
    private ushort lastHost;
    private ulong lastCgroup;
    private uint lastNetns;
    private bool hasLast;

    /// <summary>Looks at events that are about to be appended.</summary>
    public void Note(ReadOnlySpan<TcpEvent> events)
    {
        var ofSeveralHosts = names.OfSeveralHosts;
        if (version != names.Version)
        {
            version = names.Version;
            namespaces.Clear();
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
        if (!cgroups.Contains((host, one.Cgroup)) && names.CgroupOf(in one) is { } cgroup)
        {
            writer.NameCgroup(new NamedId(one.Cgroup, cgroup.Path, host));
            Remember(cgroups, host, one.Cgroup);
        }

        if (!namespaces.Contains((host, one.Netns)) && names.NetnsOf(in one) is { } netns)
        {
            writer.NameNetns(new NamedId(one.Netns, netns, host));
            Remember(namespaces, host, one.Netns);
        }
    }

    private static void Remember(HashSet<(ushort Host, ulong Id)> told, ushort host, ulong id)
    {
        if (told.Count == NameTable<string>.Kept)
        {
            told.Clear();
        }

        told.Add((host, id));
    }
}
