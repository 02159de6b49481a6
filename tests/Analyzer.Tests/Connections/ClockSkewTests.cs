using System.Net;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Metrics;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Tests.Connections;

/// <summary>Two hosts that were recorded at the same time, the clock of the second ahead or behind.</summary>
public sealed class ClockSkewTests
{
    private const ulong Start = 10_000_000_000;
    private const long Us = 1_000;
    private const long Ms = 1_000_000;
    private const int Count = 1_000;

    [Theory]
    [InlineData(0)]
    [InlineData(1 * Ms)]
    [InlineData(-1 * Ms)]
    [InlineData(200 * Ms)]
    [InlineData(-200 * Ms)]
    [InlineData(30_000 * Ms)]
    [InlineData(-30_000 * Ms)]
    public void All_connections_are_joined_and_tell_how_far_clocks_are_apart(long ahead)
    {
        var skews = new ClockSkews();
        Assert.Equal(Count, Joined(Traffic(_ => ahead, i => i % 2 == 0, serverClosesFirst: _ => false), skews));
        var skew = Assert.Single(skews.Known);
        Assert.Equal((1, 0), (skew.Host, skew.Of));
        Assert.InRange(ahead, skew.AtLeast!.Value, skew.AtMost!.Value);
        // A client of the host is established 50 us before the accept at the least.
        Assert.Equal((-50 * Us, 50 * Us), (skew.AtLeast - ahead, skew.AtMost - ahead));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void All_are_joined_while_clocks_drift_and_that_is_said(int sign)
    {
        var skews = new ClockSkews();
        Assert.Equal(Count, Joined(Traffic(i => sign * i * 50 * Us, i => i % 2 == 0, serverClosesFirst: _ => false), skews));
        var skew = Assert.Single(skews.Known);
        Assert.True(skew.AtLeast > skew.AtMost);
        Assert.Contains("drifts", Line(skews), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "that of b is +1.05 ms or less beside a's (connections the other way would tell the least)")]
    [InlineData(false, "that of b is +950 us or more beside a's (connections the other way would tell the most)")]
    public void Connections_in_one_direction_tell_a_bound_only(bool isFromFirst, string words)
    {
        var skews = new ClockSkews();
        Assert.Equal(Count, Joined(Traffic(_ => Ms, _ => isFromFirst, serverClosesFirst: _ => false), skews));
        Assert.Equal(words, Line(skews));
    }

    [Fact]
    public void Servers_that_close_first_tell_the_other_bound()
    {
        var skews = new ClockSkews();
        Assert.Equal(Count, Joined(Traffic(_ => Ms, _ => true, serverClosesFirst: i => i % 2 == 0), skews));
        Assert.Equal("that of b is +1.00 ms beside a's (between +950 us and +1.05 ms)", Line(skews));
    }

    [Fact]
    public void What_is_older_than_clocks_are_apart_is_another_connection()
    {
        // The client of the first was lost, and its ends are used again.
        TcpEvent[] events =
        [
            Event(TcpEventType.Accept, 1, 0, Start),
            Event(TcpEventType.Close, 1, 0, Start + 1),
            Event(TcpEventType.Connect, 0, 0, Start + ConnectionTable.MaxSkew + 1),
            Event(TcpEventType.Accept, 1, 0, Start + ConnectionTable.MaxSkew + 2) with { Connection = IdOf(1, Count) },
        ];
        var tracker = new ConnectionTracker(Start, new ClockSkews());
        Assert.False(tracker.Add(events)[0].IsJoined);
        Assert.All(tracker.TakeOpen(Start * 9, 10).ToArray(), connection => Assert.True(connection.IsJoined));
    }

    /// <summary>Connections, one a millisecond, each of 3 ms, by the clocks of their hosts.</summary>
    private static TcpEvent[] Traffic(Func<int, long> ahead, Func<int, bool> isFromFirst, Func<int, bool> serverClosesFirst)
    {
        var events = new List<TcpEvent>();
        for (var i = 0; i < Count; i++)
        {
            var (client, server) = isFromFirst(i) ? (0, 1) : (1, 0);
            var (first, second) = serverClosesFirst(i) ? (server, client) : (client, server);
            var time = 60_000_000_000 + (i * Ms);
            // The longer it is under way the less it tells.
            var way = 50 * Us * (1 + (i % 7));
            Add(TcpEventType.Connect, client, time, 1);
            Add(TcpEventType.Accept, server, time + way, 1);
            Add(TcpEventType.Close, first, time + (3 * Ms), 1);
            Add(TcpEventType.Close, second, time + (3 * Ms) + way, 8);

            void Add(TcpEventType type, int host, long at, byte state) =>
                events.Add(Event(type, host, i, (ulong)(at + (host == 1 ? ahead(i) : 0)), isClient: host == client) with { State = state });
        }

        return [.. events.OrderBy(e => e.Timestamp)];
    }

    private static int Joined(TcpEvent[] events, ClockSkews skews)
    {
        var tracker = new ConnectionTracker(Start, skews);
        var joined = 0;
        foreach (var batch in events.Chunk(100))
        {
            foreach (ref readonly var connection in tracker.Add(batch))
            {
                Assert.Equal(ConnectionEnding.Closed, connection.Ending);
                // Each by its own clock.
                joined += connection.IsSecondEnd ? 1 : 0;
            }
        }

        Assert.Equal(0, tracker.OpenCount);
        return joined;
    }

    private static string Line(ClockSkews skews) => string.Join(";", skews.Known.Select(skew => SummaryPhrases.Describe(in skew, [HostOf("a"), HostOf("b")])));

    private static MergedHost HostOf(string name) => new(name, "", "", "", 0);

    private static ulong IdOf(int host, int socket) => ((ulong)host << MergedHost.ConnectionShift) + (ulong)(1 + socket);

    private static TcpEvent Event(TcpEventType type, int host, int socket, ulong at, bool? isClient = null)
    {
        var (here, there) = (IPAddress.Parse($"10.0.0.{1 + host}"), IPAddress.Parse($"10.0.0.{2 - host}"));
        var (port, service) = ((ushort)(10_000 + socket), (ushort)80);
        var opens = isClient ?? type == TcpEventType.Connect;
        return new TcpEvent
        {
            Type = type,
            Timestamp = at,
            Connection = IdOf(host, socket),
            IpVersion = 4,
            LocalAddress = new Address(here),
            PeerAddress = new Address(there),
            LocalPort = opens ? port : service,
            PeerPort = opens ? service : port,
            Netns = 1,
            BytesAcked = 9,
        };
    }
}
