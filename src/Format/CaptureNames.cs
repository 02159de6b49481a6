using System.Collections.Concurrent;

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

/// <summary>The last of many names, by number. What was added long ago is forgotten, half of it at a time.</summary>
/// <typeparam name="T">What a name is kept as.</typeparam>
internal sealed class NameTable<T>
    where T : class
{
    /// <summary>As many names are kept at least, and twice as many at most.</summary>
    internal const int Kept = 1 << 16;

    private const int KeptCharacters = 1 << 22;

    private volatile ConcurrentDictionary<(ushort Host, ulong Id), T> newer = NewTable();
    private volatile ConcurrentDictionary<(ushort Host, ulong Id), T> older = NewTable();
    private int count;
    private long characters;

    internal IEnumerable<(ushort Host, ulong Id, T Name)> All => newer.Concat(older.Where(entry => !newer.ContainsKey(entry.Key)))
        .Select(entry => (entry.Key.Host, entry.Key.Id, entry.Value));

    internal T? Find(ushort host, ulong id) =>
        newer.TryGetValue((host, id), out var name) || older.TryGetValue((host, id), out name) ? name : null;

    internal void Add(in NamedId id, T name)
    {
        if (count == Kept || characters + id.Name.Length > KeptCharacters)
        {
            older = newer;
            newer = NewTable();
            (count, characters) = (0, 0);
        }

        newer[(id.Host, id.Id)] = name;
        count++;
        characters += id.Name.Length;
    }

    /// <summary>What another table has counts as older than all that this one has.</summary>
    internal void Continue(NameTable<T> before)
    {
        var all = NewTable();
        var length = 0L;
        foreach (var (host, id, name) in before.All)
        {
            all[(host, id)] = name;
            length += name.ToString()!.Length;
        }

        older = !older.IsEmpty ? older : all.Count <= Kept && length <= KeptCharacters ? all : before.newer;
    }

    private static ConcurrentDictionary<(ushort Host, ulong Id), T> NewTable() => new(concurrencyLevel: 1, capacity: 31);
}
