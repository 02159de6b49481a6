using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Recorder.Host;

/// <summary>
/// The names of what events of this host refer to. It is opened before privileges are given up, and needs none to go on.
/// Any thread may ask.
/// </summary>
internal sealed class HostNames : INames, IDisposable
{
    private readonly CgroupTree cgroups;
    private readonly NamespaceNames namespaces;

    private HostNames(CgroupTree cgroups, NamespaceNames namespaces)
    {
        this.cgroups = cgroups;
        this.namespaces = namespaces;
    }

    /// <inheritdoc />
    public int Version => namespaces.Version;

    internal static HostNames Open() => new(new CgroupTree(Cgroups.FindRoot()), new NamespaceNames("/run/netns", "/run/docker/netns"));

    /// <inheritdoc />
    public CgroupName? CgroupOf(in TcpEvent e) => e.Cgroup == 0 ? null : cgroups.Find(e.Cgroup);

    /// <inheritdoc />
    public string? NetnsOf(in TcpEvent e) => namespaces.Find(e.Netns, e.NetnsId);

    public void Dispose()
    {
        cgroups.Dispose();
        namespaces.Dispose();
    }
}
