using System.Collections.Immutable;
using TraceCap.Format;

namespace TraceCap.Analyzer.Connections;

/// <summary>Which connections of a capture somebody wants to see. They are paired from all events first, so that a filter
/// never separates an opening from its close.</summary>
public sealed record ConnectionFilter
{
    private static readonly EventFilter anyEvent = new();

    /// <summary>What the opening must meet, with the owner as its task; if that was not seen, an opening as it would have
    /// been.</summary>
    public EventFilter Opening { get; init; } = anyEvent;

    /// <summary>Ports of the recorded host; empty: any.</summary>
    public ImmutableArray<ushort> LocalPorts { get; init; } = [];

    /// <summary>Ports of the other end; empty: any.</summary>
    public ImmutableArray<ushort> PeerPorts { get; init; } = [];

    /// <summary>The least lifetime in nanoseconds, as far as it is known.</summary>
    public ulong MinLifetime { get; init; }

    /// <summary>Whether all connections match.</summary>
    public bool IsAny => Opening == anyEvent && LocalPorts.IsEmpty && PeerPorts.IsEmpty && MinLifetime == 0;

    /// <summary>Whether a connection meets all conditions.</summary>
    public bool Matches(in Connection connection)
    {
        if (connection.Lifetime < MinLifetime
            || (!LocalPorts.IsEmpty && !LocalPorts.Contains(connection.LocalPort))
            || (!PeerPorts.IsEmpty && !PeerPorts.Contains(connection.PeerPort)))
        {
            return false;
        }

        var opening = ToOpening(in connection);
        return Opening.Matches(in opening);
    }

    private static TcpEvent ToOpening(in Connection connection)
    {
        var owner = connection.Owner;
        return new TcpEvent
        {
            Timestamp = connection.Opened,
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
