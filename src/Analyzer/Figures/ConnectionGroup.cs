using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Figures;

/// <summary>By what connections are told apart.</summary>
public enum GroupBy
{
    /// <summary>The name of the owner's thread, so that many short processes of one program are one.</summary>
    Process,

    /// <summary>The peer's address.</summary>
    Peer,

    /// <summary>The address and port that was connected to.</summary>
    Service,

    /// <summary>The port that was connected to.</summary>
    Port,

    /// <summary>Why it failed; of those that did.</summary>
    Errno,

    /// <summary>The owner's container.</summary>
    Container,

    /// <summary>The owner's systemd unit.</summary>
    Unit,

    /// <summary>The owner's cgroup.</summary>
    Cgroup,

    /// <summary>The owner's name and the service: who does what.</summary>
    ProcessAndService,

    /// <summary>The local address and the service: what shares a range of ephemeral ports.</summary>
    LocalAddressAndService,
}

/// <summary>What the connections of a group have in common; the rest is its default.</summary>
/// <param name="Comm">The owner's name.</param>
/// <param name="Local">The local address, IPv4-mapped ones as IPv4.</param>
/// <param name="Address">The peer's address, or the service's, IPv4-mapped ones as IPv4.</param>
/// <param name="Port">The service's port.</param>
/// <param name="Error">The errno.</param>
/// <param name="IpVersion">Of the addresses.</param>
/// <param name="Name">Of the owner's container, unit or cgroup; null if there is none, or the cgroup is not known.</param>
/// <param name="IsKnown">Whether its cgroup is.</param>
public readonly record struct GroupKey(
    ThreadName Comm, Address Local, Address Address, ushort Port, ushort Error, byte IpVersion, string? Name, bool IsKnown)
{
    /// <summary>The key of a connection.</summary>
    public static GroupKey Of(in Connection connection, RecordedSpan recording, GroupBy by)
    {
        if (by is GroupBy.Container or GroupBy.Unit or GroupBy.Cgroup)
        {
            return OfCgroup(connection.CgroupIn(recording), by);
        }

        var isMapped = connection.IpVersion == 6 && connection.PeerAddress.Bytes[..12].SequenceEqual(MappedPrefix);
        var version = isMapped ? (byte)4 : connection.IpVersion;
        // The service is what was connected to; if that is not known, the end with the lower port.
        var isHere = connection.Role == ConnectionRole.Server
            || (connection.Role == ConnectionRole.Unknown && connection.LocalPort < connection.PeerPort);
        var local = Plain(in connection.LocalAddress, isMapped);
        var peer = Plain(in connection.PeerAddress, isMapped);
        var service = isHere ? local : peer;
        var port = isHere ? connection.LocalPort : connection.PeerPort;
        return by switch
        {
            GroupBy.Process => new GroupKey { Comm = connection.Owner.Comm },
            GroupBy.Peer => new GroupKey { Address = peer, IpVersion = version },
            GroupBy.Service => new GroupKey { Address = service, Port = port, IpVersion = version },
            GroupBy.Port => new GroupKey { Port = port },
            GroupBy.Errno => new GroupKey { Error = connection.Error },
            GroupBy.ProcessAndService => new GroupKey { Comm = connection.Owner.Comm, Address = service, Port = port, IpVersion = version },
            _ => new GroupKey { Local = local, Address = service, Port = port, IpVersion = version },
        };
    }

    private static GroupKey OfCgroup(CgroupName? cgroup, GroupBy by) => cgroup is not { Path.Length: > 0 } ? default : new GroupKey
    {
        IsKnown = true,
        Name = by switch
        {
            GroupBy.Container => cgroup.Container,
            GroupBy.Unit => cgroup.Unit,
            _ => cgroup.Path,
        },
    };

    /// <summary>Whether there is a container, unit or cgroup.</summary>
    internal bool IsNamed => Name is not null;

    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    /// <summary>A hash of all fields: by words, as most keys are looked up once for each connection.</summary>
    public override int GetHashCode()
    {
        var comm = Unsafe.BitCast<ThreadName, Words>(Comm);
        var local = Unsafe.BitCast<Address, Words>(Local);
        var address = Unsafe.BitCast<Address, Words>(Address);
        return HashCode.Combine(
            comm.Low, comm.High, local.Low, local.High, address.Low, address.High, (Port << 16) | Error, Name is null ? IpVersion : Name.GetHashCode(StringComparison.Ordinal));
    }

    private readonly record struct Words(ulong Low, ulong High);

    /// <summary>The owner's name, control characters escaped.</summary>
    public string ProcessText
    {
        get
        {
            Span<byte> text = stackalloc byte[128];
            var comm = Comm;
            return Encoding.UTF8.GetString(text[..CommText.WriteWhole(text, in comm, raw: false)]);
        }
    }

    /// <summary>The address, and the port if there is one; IPv6 in brackets then.</summary>
    public string EndText => Port == 0 ? TextOf(Address) : IpVersion == 4 ? $"{TextOf(Address)}:{Port}" : $"[{TextOf(Address)}]:{Port}";

    /// <summary>The local address.</summary>
    public string LocalText => TextOf(Local);

    /// <summary>The key as people read it.</summary>
    public string Text(GroupBy by) => by switch
    {
        GroupBy.Process => ProcessText,
        GroupBy.Port => Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
        GroupBy.Errno => Errno.NameOf(Error),
        GroupBy.Container or GroupBy.Unit or GroupBy.Cgroup =>
            Name is { } name ? PrintableText.Of(name) : IsKnown ? $"(no {by.ToString().ToLowerInvariant()})" : "(not known)",
        GroupBy.ProcessAndService => $"{ProcessText} to {EndText}",
        GroupBy.LocalAddressAndService => $"{LocalText} to {EndText}",
        _ => EndText,
    };

    private static Address Plain(in Address address, bool isMapped) => isMapped ? new Address(address.Bytes[12..]) : address;

    private string TextOf(Address address)
    {
        Span<byte> text = stackalloc byte[InetText.MaxLength + Utf8Text.Slack];
        return Encoding.ASCII.GetString(text[..InetText.Write(text, in address, IpVersion)]);
    }
}

/// <summary>
/// Statistics by group, of a bounded number of groups: when there are too many, the smaller half of them is put together as
/// <see cref="Others"/>. A group that is large enough stays, or comes back without what was put there.
/// </summary>
/// <param name="by">By what connections are told apart.</param>
public sealed class ConnectionGroups(GroupBy by)
{
    /// <summary>As many groups are kept.</summary>
    public const int MaxGroups = 2048;

    private readonly Dictionary<GroupKey, ConnectionStatistics> groups = [];

    /// <summary>By what connections are told apart.</summary>
    public GroupBy By => by;

    /// <summary>The groups, the largest first.</summary>
    public IEnumerable<(GroupKey Key, ConnectionStatistics Statistics)> InOrder => groups
        .OrderByDescending(group => group.Value.Ends).ThenBy(group => group.Key.Text(by), StringComparer.Ordinal)
        .Select(group => (group.Key, group.Value));

    /// <summary>The groups in no order.</summary>
    internal IReadOnlyDictionary<GroupKey, ConnectionStatistics> ByKey => groups;

    /// <summary>All connections of groups that were too many; null if none were.</summary>
    public ConnectionStatistics? Others { get; private set; }

    /// <summary>How many groups are kept.</summary>
    public int Count => groups.Count;

    /// <summary>Counts a connection.</summary>
    public void Add(in Connection connection, RecordedSpan recording)
    {
        if (by == GroupBy.Errno && connection.Ending != ConnectionEnding.Failed)
        {
            return;
        }

        ref var statistics = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, GroupKey.Of(in connection, recording, by), out _);
        statistics ??= new ConnectionStatistics();
        statistics.Add(in connection, recording);
        if (groups.Count > MaxGroups)
        {
            PutSmallOnesTogether();
        }
    }

    /// <summary>The figures of all groups together, but for those of ports.</summary>
    public ConnectionStatistics Sum()
    {
        var sum = new ConnectionStatistics();
        foreach (var statistics in groups.Values.Append(Others).OfType<ConnectionStatistics>())
        {
            sum.Add(statistics);
        }

        return sum;
    }

    private void PutSmallOnesTogether()
    {
        Others ??= new ConnectionStatistics();
        foreach (var (key, statistics) in groups.OrderBy(group => group.Value.Ends).Take(MaxGroups / 2).ToArray())
        {
            Others.Add(statistics);
            groups.Remove(key);
        }
    }
}
