namespace TraceCap.Format;

/// <summary>Tells what events refer to.</summary>
public interface INames
{
    /// <summary>Grows whenever a name is no longer what it was.</summary>
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
/// The names that a section of a capture gives to what its events refer to, as far as it has been read. Memory is
/// bounded: of each kind, at least the last <see cref="NameTable{T}.Kept"/> are known, unless they are very long. One
/// thread adds, others may look up meanwhile.
/// </summary>
public sealed class CaptureNames : INames
{
    private readonly NameTable<CgroupName> cgroups = new();
    private readonly NameTable<string> namespaces = new();

    /// <summary>Always the same: a reader takes what a name was last said to be.</summary>
    public int Version => 0;

    /// <inheritdoc />
    public bool OfSeveralHosts { get; internal set; }

    /// <summary>All cgroups that are known, in no order.</summary>
    public IEnumerable<NamedId> Cgroups => cgroups.All.Select(entry => new NamedId(entry.Id, entry.Name.Path, entry.Host));

    /// <summary>All network namespaces that have names, in no order.</summary>
    public IEnumerable<NamedId> NetworkNamespaces => namespaces.All
        .Where(entry => entry.Name.Length > 0).Select(entry => new NamedId(entry.Id, entry.Name, entry.Host));

    /// <inheritdoc />
    public CgroupName? CgroupOf(in TcpEvent e) => HostOf(in e) is { } host ? cgroups.Find(host, e.Cgroup) : null;

    /// <inheritdoc />
    public string? NetnsOf(in TcpEvent e) => HostOf(in e) is { } host ? namespaces.Find(host, e.Netns) : null;

    /// <summary>Takes the names of a context block.</summary>
    public void Add(CaptureContext context)
    {
        foreach (var name in context.Cgroups)
        {
            cgroups.Add(name, name.Name.Length == 0 ? CgroupName.Gone : new CgroupName(name.Name));
        }

        foreach (var name in context.NetworkNamespaces)
        {
            namespaces.Add(name, name.Name);
        }
    }

    /// <summary>Knows what an earlier section of the same recording has said, too.</summary>
    public void Continue(CaptureNames before)
    {
        cgroups.Continue(before.cgroups);
        namespaces.Continue(before.namespaces);
    }

    /// <summary>The host that an event's numbers are of; null if nobody knows: a connection without an id.</summary>
    private ushort? HostOf(in TcpEvent e) =>
        !OfSeveralHosts ? 0 : e.Connection == 0 ? null : (ushort)(e.Connection >> MergedHost.ConnectionShift);
}
