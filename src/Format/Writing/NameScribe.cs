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
    private readonly ToldNames cgroups = new();
    private readonly ToldNames namespaces = new();
    private int version;
    private ushort lastHost;
    private ulong lastCgroup;
    private (uint Inode, ulong Id) lastNetns;
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
            if (!hasLast || one.Cgroup != lastCgroup || (one.Netns, one.NetnsId) != lastNetns || host != lastHost)
            {
                (lastHost, lastCgroup, lastNetns, hasLast) = (host, one.Cgroup, (one.Netns, one.NetnsId), true);
                Name(host, in one);
            }
        }
    }

    private void Name(ushort host, in TcpEvent one)
    {
        if (!cgroups.IsTold(new NameKey(host, one.Cgroup), version) && Names.CgroupOf(in one) is { } cgroup)
        {
            var name = new NamedId(one.Cgroup, cgroup.Path, host);
            if (cgroups.Remember(name, version))
            {
                writer.NameCgroup(name);
            }
        }

        if (!namespaces.IsTold(new NameKey(host, one.Netns, one.NetnsId), version) && Names.NetnsOf(in one) is { } netns)
        {
            var name = new NamedId(one.Netns, netns, host, one.NetnsId);
            if (namespaces.Remember(name, version))
            {
                writer.NameNetns(name);
            }
        }
    }

    /// <summary>The names of one kind that were told and that no reader may have forgotten yet.</summary>
    private sealed class ToldNames
    {
        private readonly Dictionary<NameKey, (string Name, int Version)> told = [];
        private int names;
        private long characters;

        /// <summary>Whether a name was told since any name has last become another.</summary>
        internal bool IsTold(in NameKey key, int version) => told.TryGetValue(key, out var last) && last.Version == version;

        /// <returns>Whether it has to be told.</returns>
        internal bool Remember(in NamedId name, int version)
        {
            var isTold = told.TryGetValue(name.Key, out var last) && last.Name == name.Name;
            if (!isTold && (names == NameTable<string>.Kept || characters + name.Name.Length > NameTable<string>.KeptCharacters))
            {
                told.Clear();
                (names, characters) = (0, 0);
            }

            if (!isTold)
            {
                names++;
                characters += name.Name.Length;
            }

            told[name.Key] = (name.Name, version);
            return !isTold;
        }
    }
}
