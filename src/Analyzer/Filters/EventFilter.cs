using System.Collections.Immutable;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Filters;

/// <summary>
/// Which events of a capture somebody wants to see. An event must meet every condition that is set; where a condition
/// has several values, one of them is enough. The default lets all events through.
/// </summary>
public sealed record EventFilter
{
    /// <summary>Types of events; null: any, also those that this version does not know.</summary>
    public EventTypeSet? Types { get; init; }

    /// <summary>Leaves out what tcptracer would not have shown, see <see cref="IsShownByTcptracer"/>.</summary>
    public bool Compat { get; init; }

    /// <summary>Process ids; empty: any.</summary>
    public ImmutableArray<uint> Pids
    {
        get;
        init => field = value.OrEmpty();
    } = [];

    /// <summary>A user id.</summary>
    public uint? Uid { get; init; }

    /// <summary>The inode number of a network namespace.</summary>
    public uint? Netns { get; init; }

    /// <summary>4 or 6: the family of the socket, as tcptracer's <c>-4</c> and <c>-6</c>.</summary>
    public int? IpVersion { get; init; }

    /// <summary>The first timestamp that is wanted, CLOCK_MONOTONIC ns.</summary>
    public ulong? From { get; init; }

    /// <summary>The first timestamp that is no longer wanted, CLOCK_MONOTONIC ns.</summary>
    public ulong? To { get; init; }

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

    /// <summary>Knows the cgroups of the capture; only <see cref="Cgroup"/> needs it.</summary>
    public INames? Names { get; init; }

    /// <summary>The time that is wanted, from <see cref="From"/> to <see cref="To"/>.</summary>
    public RecordedPeriod Window => new(From ?? 0, To ?? ulong.MaxValue);

    /// <summary>Whether all events meet it. To compare with the default would not do: two lists that are empty are not
    /// always equal.</summary>
    public bool IsAll =>
        Types is null && !Compat && Pids.IsEmpty && Uid is null && Netns is null && IpVersion is null
        && From is null && To is null && Comm is null && Ports.IsEmpty && Addresses.IsEmpty && Cgroup is null;

    /// <summary>Whether an event meets all conditions.</summary>
    public bool Matches(in TcpEvent e) =>
        (Types is not { } types || types.Contains(e.Type))
        && (!Compat || IsShownByTcptracer(in e))
        && (Pids.IsEmpty || Pids.Contains(e.Pid))
        && (Uid is not { } uid || e.Uid == uid)
        && (Netns is not { } netns || e.Netns == netns)
        && (IpVersion is not { } ipVersion || e.IpVersion == ipVersion)
        && (From is not { } from || e.Timestamp >= from)
        && (To is not { } to || e.Timestamp < to)
        && (Comm is not { } comm || e.Comm == comm)
        && (Ports.IsEmpty || Ports.Contains(e.LocalPort) || Ports.Contains(e.PeerPort))
        && (Addresses.IsEmpty || MatchesAddress(in e))
        && (Cgroup is not { } cgroup || cgroup.Matches(Names?.CgroupOf(in e)));

    /// <summary>
    /// Whether tcptracer itself prints an event: it has connects, accepts and closes only, and misses the connect of
    /// an IPv6 socket to an IPv4 peer (<c>::ffff:a.b.c.d</c>), which it notes under an IPv4 tuple and then looks up
    /// under an IPv6 one, and the close of an MPTCP connection, whose subflows the kernel closes by another function.
    /// </summary>
    public static bool IsShownByTcptracer(in TcpEvent e) =>
        EventTypeSet.Tcptracer.Contains(e.Type)
        && (e.Type != TcpEventType.Connect || (e.Flags & TcpEventFlags.V4Mapped) == 0)
        && (e.Type != TcpEventType.Close || (e.Flags & TcpEventFlags.Mptcp) == 0);

    private bool MatchesAddress(in TcpEvent e)
    {
        foreach (var prefix in Addresses)
        {
            if (prefix.Contains(in e.LocalAddress, e.IpVersion) || prefix.Contains(in e.PeerAddress, e.IpVersion))
            {
                return true;
            }
        }

        return false;
    }
}
