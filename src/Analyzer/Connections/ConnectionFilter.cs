using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;
using TraceCap.Format.Events;
using TraceCap.Format.Reading;
using TraceCap.Format.Units;

namespace TraceCap.Analyzer.Connections;

/// <summary>Which connections of a capture are wanted. They are paired from all events first, so that a filter
/// never separates an opening from its close.</summary>
public sealed record ConnectionFilter : IParsable<ConnectionFilter>
{
    private const string OptionNames = CaptureFilter.OptionNames + ", -L --local-port, -D --peer-port, --min";

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

    /// <summary>Any condition; null: none.</summary>
    public ConnectionCondition? Where { get; init; }

    /// <summary>Whether all connections match.</summary>
    public bool IsAny => Opening.IsAll && Where is null && LocalPorts.IsEmpty && PeerPorts.IsEmpty && MinLifetime == 0;

    /// <summary>Whether only the end of a capture tells what is wanted.</summary>
    internal bool NeedsEnd => Opening.NeedsEnd || Where is { NeedsEnd: true };

    /// <summary>The filter for captures whose end is known.</summary>
    internal ConnectionFilter EndingAt(CaptureEnd end) => this with { Opening = Opening.EndingAt(end), Where = Where?.With(point => point.EndingAt(end)) };

    /// <summary>The filter where times that tell no time zone are meant in this one.</summary>
    public ConnectionFilter In(TimeZoneInfo zone) => this with { Opening = Opening.In(zone), Where = Where?.With(point => point.In(zone)) };

    /// <summary>Reads the options of the command line, such as <c>--comm wrk --peer-port 443 --min 10ms</c>; a value with blanks
    /// stands in double quotes.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static ConnectionFilter Parse(string s, IFormatProvider? provider = null)
    {
        var reader = new FilterReader(s);
        var filter = new ConnectionFilter();
        while (reader.Next() is { } option)
        {
            filter = filter.With(option, reader) ?? throw reader.Unknown(OptionNames);
        }

        return filter with { Opening = filter.Opening.Checked(s) };
    }

    /// <inheritdoc cref="IParsable{TSelf}.TryParse" />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out ConnectionFilter result) =>
        Parsing.TryParse(s, provider, Parse, out result);

    /// <summary>The filter as <see cref="Parse"/> reads it; empty if all connections match.</summary>
    public override string ToString() => new FilterText()
        .Append(Opening.ToString())
        .Options("--local-port", LocalPorts)
        .Options("--peer-port", PeerPorts)
        .Option("--min", MinLifetime > 0 ? Durations.Format(MinLifetime) : null)
        .Option("--where", Where)
        .ToString();

    private ConnectionFilter? With(string option, FilterReader reader) => option switch
    {
        "-L" or "--local-port" => this with { LocalPorts = [.. LocalPorts, .. reader.Ports()] },
        "-D" or "--peer-port" => this with { PeerPorts = [.. PeerPorts, .. reader.Ports()] },
        "--min" => this with { MinLifetime = reader.Duration() },
        "--where" when reader.Value() is var value => this with { Where = ConnectionCondition.Parse(Where is null ? value : $"({Where}) and ({value})") },
        _ => Opening.With(option, reader) is { } opening ? this with { Opening = opening } : null,
    };

    /// <summary>Whether a connection meets all conditions.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="opening">The <see cref="Opening"/> in terms of its recording's clock.</param>
    /// <param name="context">What holds for it; only <see cref="Where"/> needs it.</param>
    internal bool Matches(in Connection connection, EventFilter opening, ConnectionContext? context = null)
    {
        if (connection.Lifetime < MinLifetime
            || (!LocalPorts.IsEmpty && !LocalPorts.Contains(connection.LocalPort))
            || (!PeerPorts.IsEmpty && !PeerPorts.Contains(connection.PeerPort)))
        {
            return false;
        }

        var e = ToOpening(in connection);
        return opening.Matches(in e) && (Where is null || Where.Holds(in connection, context!));
    }

    private static TcpEvent ToOpening(in Connection connection)
    {
        ref readonly var owner = ref connection.Owner;
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
            NetnsId = connection.NetnsId,
            Duration = connection.Duration,
            Pid = owner.Pid,
            Tid = owner.Tid,
            Uid = owner.Uid,
            Mntns = owner.Mntns,
            Cgroup = owner.Cgroup,
            ContainerPid = owner.ContainerPid,
            Pidns = owner.Pidns,
            Comm = owner.Comm,
        };
    }
}
