using TraceCap.Format.Events;

namespace TraceCap.Format.Metadata;

/// <summary>Tells what events refer to.</summary>
internal interface INames
{
    /// <summary>Grows whenever a name is no longer what it was, or is known that was asked for before.</summary>
    int Version { get; }

    /// <summary>Whether the events are of several hosts, so that their connection ids have to tell which number is
    /// whose.</summary>
    bool OfSeveralHosts => false;

    /// <summary>The cgroup of an event's task; <see cref="CgroupName.Gone"/> if it is known not to be known, null if there
    /// is nothing to tell.</summary>
    CgroupName? CgroupOf(in TcpEvent e);

    /// <summary>The name of an event's network namespace; empty if it has none any more, null if there is nothing to
    /// tell.</summary>
    string? NetnsOf(in TcpEvent e);
}

/// <summary>
/// The names that a section of a capture had given to what its events refer to, up to one place in it. Never changes:
/// names that the section gives later are in a later value. Memory is bounded: of each kind, at least the last
/// <see cref="NameTable{T}.Kept"/> are known, unless they are very long.
/// </summary>
internal sealed class CaptureNames : INames
{
    private readonly NameView<CgroupName> cgroups;
    private readonly NameView<string> namespaces;
    private CaptureNames? earlier;

    private CaptureNames(in NameView<CgroupName> cgroups, in NameView<string> namespaces, int version, bool ofSeveralHosts)
    {
        (this.cgroups, this.namespaces) = (cgroups, namespaces);
        (Version, OfSeveralHosts) = (version, ofSeveralHosts);
    }

    /// <summary>No names at all.</summary>
    public static CaptureNames None { get; } = new Builder().Names;

    /// <inheritdoc />
    public int Version { get; }

    /// <inheritdoc />
    public bool OfSeveralHosts { get; }

    /// <summary>All cgroups that are known, in no order.</summary>
    public IEnumerable<NamedId> Cgroups => cgroups.All.Select(entry => new NamedId(entry.Key.Id, entry.Name.Path, entry.Key.Host));

    /// <summary>All network namespaces that have names, in no order.</summary>
    public IEnumerable<NamedId> NetworkNamespaces => namespaces.All
        .Where(entry => entry.Name.Length > 0).Select(entry => new NamedId(entry.Key.Id, entry.Name, entry.Key.Host, entry.Key.NetnsId));

    /// <inheritdoc />
    public CgroupName? CgroupOf(in TcpEvent e) => HostOf(in e) is { } host ? cgroups.Find(new NameKey(host, e.Cgroup)) : null;

    /// <inheritdoc />
    public string? NetnsOf(in TcpEvent e) => NetnsNameOf(in e)?.Name;

    /// <summary>The same, and what an earlier section of the same recording has said of what this one has not named.</summary>
    public CaptureNames Continuing(CaptureNames before)
    {
        // Made once, for it takes a copy of them all.
        var all = before.earlier ??= new CaptureNames(before.cgroups.Joined(), before.namespaces.Joined(), 0, before.OfSeveralHosts);
        return new CaptureNames(cgroups.Continuing(all.cgroups), namespaces.Continuing(all.namespaces), Version, OfSeveralHosts);
    }

    /// <summary>The name of an event's network namespace as it was said: with its id, or for the inode number of whichever has
    /// it; null if there is none.</summary>
    internal NamedId? NetnsNameOf(in TcpEvent e)
    {
        if (HostOf(in e) is not { } host)
        {
            return null;
        }

        var own = e.NetnsId == 0 ? null : namespaces.Find(new NameKey(host, e.Netns, e.NetnsId));
        return own is not null ? new NamedId(e.Netns, own, host, e.NetnsId)
            : namespaces.Find(new NameKey(host, e.Netns)) is { } name ? new NamedId(e.Netns, name, host)
            : null;
    }

    /// <summary>Whether so many names were said between this and a later value of the same section that a reader need not
    /// know these any more.</summary>
    internal bool IsLongBefore(CaptureNames later) =>
        later.cgroups.Forgotten - cgroups.Forgotten > 1 || later.namespaces.Forgotten - namespaces.Forgotten > 1;

    /// <summary>Whether a number has another name than in an earlier value that had one for it.</summary>
    internal bool Renames(CaptureNames earlier) => cgroups.Renames(earlier.cgroups) || namespaces.Renames(earlier.namespaces);

    /// <summary>Whether both keep their names in the same memory.</summary>
    internal bool IsOfSameLog(CaptureNames other) => cgroups.IsOfSameLog(other.cgroups) && namespaces.IsOfSameLog(other.namespaces);

    /// <summary>The host that an event's numbers are of; null if it is not known: of a connection without an id.</summary>
    private ushort? HostOf(in TcpEvent e) =>
        !OfSeveralHosts ? 0 : e.Connection == 0 ? null : (ushort)(e.Connection >> MergedHost.ConnectionShift);

    /// <summary>Takes down names as a section gives them. For one thread; what it has given out stays as it is.</summary>
    public sealed class Builder : INames
    {
        private readonly NameTable<CgroupName> cgroups = new();
        private readonly NameTable<string> namespaces = new();
        private CaptureNames? names;
        private bool ofSeveralHosts;

        /// <summary>The names so far, for ever as they are now. Takes no time.</summary>
        public CaptureNames Names => names ??= new CaptureNames(cgroups.View(), namespaces.View(), Version, OfSeveralHosts);

        /// <inheritdoc />
        public int Version { get; private set; }

        /// <inheritdoc cref="INames.OfSeveralHosts" />
        public bool OfSeveralHosts
        {
            get => ofSeveralHosts;
            set
            {
                names = value == ofSeveralHosts ? names : null;
                ofSeveralHosts = value;
            }
        }

        /// <inheritdoc />
        public CgroupName? CgroupOf(in TcpEvent e) => Names.CgroupOf(in e);

        /// <inheritdoc />
        public string? NetnsOf(in TcpEvent e) => Names.NetnsOf(in e);

        /// <summary>Takes the names of a context block.</summary>
        public void Add(CaptureContext context)
        {
            // What was said before is kept once, however often it is said again.
            foreach (var name in context.Cgroups)
            {
                var known = cgroups.Find(name.Key);
                var isSame = known?.Path == name.Name;
                Version += isSame ? 0 : 1;
                cgroups.Add(name, isSame ? known! : name.Name.Length == 0 ? CgroupName.Gone : new CgroupName(name.Name));
            }

            foreach (var name in context.NetworkNamespaces)
            {
                var known = namespaces.Find(name.Key);
                var isSame = known == name.Name;
                Version += isSame ? 0 : 1;
                namespaces.Add(name, isSame ? known! : name.Name);
            }

            names = context.Cgroups.Count + context.NetworkNamespaces.Count > 0 ? null : names;
        }
    }
}
