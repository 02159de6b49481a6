using System.Collections.Immutable;
using TraceCap.Analyzer.Filters;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Connections;

/// <summary>Which connections of a capture somebody wants to see. They are paired from all events first, so that a filter
/// never separates an opening from its close.</summary>
public sealed record ConnectionFilter
{
    /// <summary>What the opening must meet, with the owner as its task; if that was not seen, one when the capture began.
    /// </summary>
    public CaptureFilter Opening { get; init; } = new(new EventFilter());

    /// <summary>Ports of the recorded host; empty: any.</summary>
    public ImmutableArray<ushort> LocalPorts
    {
        get;
        init => field = value.OrEmpty();
    } = [];

    /// <summary>Ports of the other end; empty: any.</summary>
    public ImmutableArray<ushort> PeerPorts
    {
        get;
        init => field = value.OrEmpty();
    } = [];

    /// <summary>The least lifetime in nanoseconds, as far as it is known.</summary>
    public ulong MinLifetime { get; init; }

    /// <summary>Whether all connections match.</summary>
    public bool IsAny => Opening.IsAll && LocalPorts.IsEmpty && PeerPorts.IsEmpty && MinLifetime == 0;

    /// <summary>Whether a connection meets all conditions.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="opening">The <see cref="Opening"/> in terms of its recording's clock.</param>
    public bool Matches(in Connection connection, EventFilter opening)
    {
        if (connection.Lifetime < MinLifetime
            || (!LocalPorts.IsEmpty && !LocalPorts.Contains(connection.LocalPort))
            || (!PeerPorts.IsEmpty && !PeerPorts.Contains(connection.PeerPort)))
        {
            return false;
        }

        var e = ToOpening(in connection);
        return opening.Matches(in e);
    }

    private static TcpEvent ToOpening(in Connection connection)
    {
        var owner = connection.Owner;
        return new TcpEvent
        {
            // One that failed has no other event.
            Timestamp = connection.Ending == ConnectionEnding.Failed ? connection.Ended : connection.Opened,
            Connection = connection.Id,
            Type = connection.Ending == ConnectionEnding.Failed ? TcpEventType.ConnectFailed : connection.Role switch
            {
                ConnectionRole.Client => TcpEventType.Connect,
                ConnectionRole.Server => TcpEventType.Accept,
                _ => TcpEventType.Open,
            },
            LocalAddress = connection.LocalAddress,
            PeerAddress = connection.PeerAddress,
            LocalPort = connection.LocalPort,
            PeerPort = connection.PeerPort,
            IpVersion = connection.IpVersion,
            Flags = connection.Flags,
            Error = connection.Error,
            Netns = connection.Netns,
            Duration = connection.ConnectTime,
            Pid = owner.Pid,
            Tid = owner.Tid,
            Uid = owner.Uid,
            Mntns = owner.Mntns,
            Cgroup = owner.Cgroup,
            Comm = owner.Comm,
        };
    }
}
