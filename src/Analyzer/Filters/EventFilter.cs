using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using TraceCap.Analyzer.Fields;
using TraceCap.Format.Chunks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Filters;

/// <summary>
/// Which events of a capture are wanted. An event must meet every condition that is set; where a condition
/// has several values, one of them is enough. The default lets all events through.
/// </summary>
public sealed record EventFilter : IParsable<EventFilter>
{
    /// <summary>The options that <see cref="Parse"/> reads.</summary>
    internal const string OptionNames =
        "-p --pid, -u --uid, -N --netns, -4 --ipv4, -6 --ipv6, --comm, --port, --addr, --type, --container, --unit, --cgroup, --where, --compat";

    private static readonly EventContext none = new();

    /// <summary>Types of events; null: any, also those that this version does not know.</summary>
    public EventTypeSet? Types { get; init; }

    /// <summary>Leaves out what tcptracer would not have shown: what it has no events for, and what it misses.</summary>
    public bool Compat { get; init; }

    /// <summary>Leaves out what the plain table does not show: all but the opening, the accept and the close of connections.</summary>
    internal bool Plain { get; init; }

    /// <summary>Process ids; empty: any.</summary>
    public ImmutableArray<uint> Pids
    {
        get;
        init => field = value.OrEmpty();
    } = [];

    /// <summary>User ids; empty: any.</summary>
    public ImmutableArray<uint> Uids
    {
        get;
        init => field = value.OrEmpty();
    } = [];

    /// <summary>Inode numbers of network namespaces; empty: any.</summary>
    public ImmutableArray<uint> NetworkNamespaces
    {
        get;
        init => field = value.OrEmpty();
    } = [];

    /// <summary>4 or 6: the family of the socket, as tcptracer's <c>-4</c> and <c>-6</c>.</summary>
    public int? IpVersion { get; init; }

    /// <summary>The first timestamp that is wanted, CLOCK_MONOTONIC ns.</summary>
    internal ulong? From { get; init; }

    /// <summary>The first timestamp that is no longer wanted, CLOCK_MONOTONIC ns.</summary>
    internal ulong? To { get; init; }

    /// <summary>A thread's name, byte by byte.</summary>
    public ThreadName? Comm { get; init; }

    /// <summary>Ports, of either end; empty: any.</summary>
    public ImmutableArray<ushort> Ports
    {
        get;
        init => field = value.OrEmpty();
    } = [];

    /// <summary>Ranges of addresses, of either end; empty: any.</summary>
    public ImmutableArray<AddressPrefix> Addresses
    {
        get;
        init => field = value.OrEmpty();
    } = [];

    /// <summary>Cgroups of the task.</summary>
    public CgroupFilter? Cgroup { get; init; }

    /// <summary>Any condition; null: none.</summary>
    public EventCondition? Where { get; init; }

    /// <summary>Knows the cgroups of the capture; only <see cref="Cgroup"/> needs it.</summary>
    internal INames? Names { get; init; }

    /// <summary>What holds for the events; only <see cref="Where"/> needs it.</summary>
    internal EventContext Context { get; init; } = none;

    /// <summary>The time that is wanted, from <see cref="From"/> to <see cref="To"/>.</summary>
    internal RecordedPeriod Window => new(From ?? 0, To ?? ulong.MaxValue);

    /// <summary>Whether all events meet it. To compare with the default would not do: two lists that are empty are not
    /// always equal.</summary>
    public bool IsAll => Types is null && !Compat && !Plain && IsByKindAlone;

    /// <summary>Whether <see cref="MatchesKind"/> says all, as for a table that shows all events of some types.</summary>
    internal bool IsByKindAlone =>
        Pids.IsEmpty && Uids.IsEmpty && NetworkNamespaces.IsEmpty && IpVersion is null
        && From is null && To is null && Comm is null && Ports.IsEmpty && Addresses.IsEmpty && Cgroup is null && Where is null;

    /// <summary>What it needs of events that others look at as well.</summary>
    /// <param name="others">The parts that these look at.</param>
    internal WantedEvents Wanted(EventParts others) => new()
    {
        Parts = Where is null ? others | EventParts.Time | EventParts.Kind | EventParts.Socket | EventParts.Task : EventParts.All,
        Ports = Ports,
        Addresses = Addresses.IsEmpty ? null : MayBeWanted,
    };

    /// <summary>Whether ends may meet it, and it asks for a task, of which they have none: see <see cref="EndTasks"/>.</summary>
    internal bool AsksForTasksOfEnds =>
        !Plain && !Compat && Types?.Contains(TcpEventType.Ended) != false
        && (!Pids.IsEmpty || !Uids.IsEmpty || Comm is not null || Cgroup is not null || Where is not null);

    /// <summary>Reads the options of the command line, such as <c>--comm wrk --port 80,443</c>; a value with blanks stands in
    /// double quotes.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static EventFilter Parse(string s, IFormatProvider? provider = null)
    {
        var reader = new FilterReader(s);
        var filter = new EventFilter();
        while (reader.Next() is { } option)
        {
            filter = filter.With(option, reader) ?? throw reader.Unknown(OptionNames);
        }

        return filter;
    }

    /// <inheritdoc cref="IParsable{TSelf}.TryParse" />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out EventFilter result) =>
        Parsing.TryParse(s, provider, Parse, out result);

    /// <summary>The filter with one more option; null if it has no such option.</summary>
    internal EventFilter? With(string option, FilterReader reader) => option switch
    {
        "-p" or "--pid" => this with { Pids = [.. Pids, .. reader.Numbers(least: 1)] },
        "-u" or "--uid" => this with { Uids = [.. Uids, .. reader.Numbers(least: 0)] },
        "-N" or "--netns" => this with { NetworkNamespaces = [.. NetworkNamespaces, .. reader.Numbers(least: 1)] },
        "-4" or "--ipv4" when IpVersion != 6 => this with { IpVersion = 4 },
        "-6" or "--ipv6" when IpVersion != 4 => this with { IpVersion = 6 },
        "-4" or "--ipv4" or "-6" or "--ipv6" => throw new FormatException("-4 and -6 exclude each other; without either, both are meant"),
        "--comm" => this with { Comm = ThreadName.Parse(reader.Value()) },
        "--port" => this with { Ports = [.. Ports, .. reader.Ports()] },
        "--addr" => this with { Addresses = Addresses.Add(AddressPrefix.Parse(reader.Value())) },
        "--type" => this with { Types = EventTypeSet.Parse(reader.Value()) },
        "--container" => this with { Cgroup = (Cgroup ?? CgroupFilter.Any).WithContainer(reader.Value()) },
        "--unit" => this with { Cgroup = (Cgroup ?? CgroupFilter.Any).WithUnit(reader.Value()) },
        "--cgroup" => this with { Cgroup = (Cgroup ?? CgroupFilter.Any).WithPath(reader.Value()) },
        "--where" when reader.Value() is var value => this with { Where = EventCondition.Parse(Where is null ? value : $"({Where}) and ({value})") },
        "--compat" => this with { Compat = true },
        _ => null,
    };

    /// <summary>The filter as <see cref="Parse"/> reads it; empty if it lets all events through.</summary>
    public override string ToString() => new FilterText()
        .Options("--pid", Pids)
        .Options("--uid", Uids)
        .Options("--netns", NetworkNamespaces)
        .Flag($"-{IpVersion}", IpVersion is not null)
        .Option("--comm", Comm)
        .Options("--port", Ports)
        .Options("--addr", Addresses)
        .Option("--type", Types)
        .Append(Cgroup?.ToString() ?? "")
        .Option("--where", Where)
        .Flag("--compat", Compat)
        .ToString();

    /// <summary>Whether an event meets all conditions.</summary>
    public bool Matches(in TcpEvent e) =>
        MatchesKind(in e)
        && (Pids.IsEmpty || Pids.Contains(e.Pid))
        && (Uids.IsEmpty || Uids.Contains(e.Uid))
        && (NetworkNamespaces.IsEmpty || NetworkNamespaces.Contains(e.Netns))
        && (IpVersion is not { } ipVersion || e.IpVersion == ipVersion)
        && (From is not { } from || e.Timestamp >= from)
        && (To is not { } to || e.Timestamp < to)
        && (Comm is not { } comm || e.Comm == comm)
        && (Ports.IsEmpty || Ports.Contains(e.LocalPort) || Ports.Contains(e.PeerPort))
        && (Addresses.IsEmpty || MatchesAddress(in e))
        && (Cgroup is not { } cgroup || cgroup.Matches(Names?.CgroupOf(in e)))
        && (Where is not { } where || where.Holds(in e, Context));

    /// <summary>Whether it is of a kind that passes the filter.</summary>
    internal bool MatchesKind(in TcpEvent e) =>
        (Types is not { } types || types.Contains(e.Type))
        && (!Compat || EventRows.IsTcptracers(in e))
        && (!Plain || EventRows.IsPlain(in e));

    // Of a dictionary it is not known of which version an address is.
    private bool MayBeWanted(Address address) => IsWanted(in address, 4) || IsWanted(in address, 6);

    private bool MatchesAddress(in TcpEvent e) => IsWanted(in e.LocalAddress, e.IpVersion) || IsWanted(in e.PeerAddress, e.IpVersion);

    private bool IsWanted(in Address address, int ipVersion)
    {
        foreach (var prefix in Addresses)
        {
            if (prefix.Contains(in address, ipVersion))
            {
                return true;
            }
        }

        return false;
    }
}
