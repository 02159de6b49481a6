using System.Net;
using TraceCap.Analyzer.Connections;
using TraceCap.Format;

namespace TraceCap.Analyzer.Tests.Connections;

public sealed class ConnectionFeedTests
{
    [Fact]
    public void A_connection_is_followed_from_one_capture_of_a_boot_to_the_next()
    {
        var (connections, recordings) = Read(
            Capture("boot", 100, 200, default, Event(TcpEventType.Connect, 1, 150)),
            Capture("boot", 200, 300, default, Event(TcpEventType.Close, 1, 250)));

        var one = Assert.Single(connections);
        Assert.Equal((150ul, 250ul, ConnectionEnding.Closed, false), (one.Opened, one.Ended, one.Ending, one.IsOlder));
        Assert.Equal((100ul, 300ul, 0), (Assert.Single(recordings).Start, recordings[0].End, recordings[0].Losses.Count));
    }

    [Fact]
    public void What_lies_between_two_captures_counts_as_lost()
    {
        var (connections, recordings) = Read(
            Capture("boot", 100, 200, default, Event(TcpEventType.Connect, 1, 150)),
            Capture("boot", 210, 300, default, Event(TcpEventType.Close, 2, 250), Event(TcpEventType.Connect, 3, 260)));

        Assert.Equal([new LossPeriod(200, 210)], Assert.Single(recordings).Losses);
        Assert.Equal([(2ul, true), (1ul, true), (3ul, false)], connections.Select(connection => (connection.Id, connection.IsUncertain)));
    }

    [Theory]
    [InlineData("boot", "other")]
    [InlineData("", "")]
    public void Captures_that_are_not_known_to_be_of_one_boot_have_nothing_in_common(string boot, string other)
    {
        var (connections, recordings) = Read(
            Capture(boot, 100, 200, default, Event(TcpEventType.Connect, 1, 150)),
            Capture(other, 200, 300, default, Event(TcpEventType.Close, 1, 250)));

        Assert.Equal([(ConnectionEnding.Open, 200ul), (ConnectionEnding.Closed, 250ul)], connections.Select(connection => (connection.Ending, connection.Ended)));
        Assert.Equal([false, true], connections.Select(connection => connection.IsOlder));
        Assert.Equal(2, recordings.Count);
    }

    [Fact]
    public void A_connection_that_is_open_at_the_end_is_so_up_to_the_end_of_the_recording()
    {
        var (connections, _) = Read(Capture("boot", 100, 900, default, Event(TcpEventType.Connect, 1, 150)));
        Assert.Equal((900ul, 750ul, false), (connections[0].Ended, connections[0].Lifetime, connections[0].IsUncertain));
    }

    [Fact]
    public void Losses_in_the_ledger_make_uncertain_what_they_may_have_hidden()
    {
        var (connections, recordings) = Read(Capture("boot", 100, 900, new Ledger(3, 1, 0, 0, 0), Event(TcpEventType.Connect, 1, 150), Event(TcpEventType.Close, 2, 160)));
        Assert.All(connections, connection => Assert.True(connection.IsUncertain));
        Assert.Equal(1ul, recordings[0].Ledger.Lost);
        Assert.Single(recordings[0].Losses);
    }

    [Fact]
    public void A_filter_sees_connections_not_events()
    {
        var capture = Capture("boot", 100, 900, default, Event(TcpEventType.Connect, 1, 150), Event(TcpEventType.Close, 1, 160) with { Pid = 99 });
        var sink = new ConnectionList();
        foreach (var pid in new[] { 5u, 99u })
        {
            var feed = new ConnectionFeed(sink, new ConnectionFilter { Opening = new CaptureFilter(new EventFilter { Pids = [pid] }) });
            capture.Position = 0;
            feed.Read(new EventStream(new CaptureReader(capture)));
            feed.End();
        }

        // The opener owns it, whoever closed it.
        Assert.Equal([(5u, 99u)], sink.Connections.Select(connection => (connection.Owner.Pid, connection.Closer.Pid)));
    }

    [Fact]
    public void A_filter_without_conditions_is_known_to_be_none()
    {
        ushort[] none = [];
        Assert.True(new ConnectionFilter { Opening = new CaptureFilter(new EventFilter { Ports = [.. none], Pids = [] }) }.IsAny);
        Assert.False(new ConnectionFilter { Opening = new CaptureFilter(new EventFilter { Uid = 0 }) }.IsAny);
        Assert.False(new ConnectionFilter { PeerPorts = [80] }.IsAny);
    }

    private static (IReadOnlyList<Connection> Connections, IReadOnlyList<RecordedSpan> Recordings) Read(params MemoryStream[] captures)
    {
        var sink = new ConnectionList();
        var feed = new ConnectionFeed(sink, new ConnectionFilter());
        foreach (var capture in captures)
        {
            feed.Read(new EventStream(new CaptureReader(capture)));
        }

        feed.End();
        return (sink.Connections, feed.Recordings);
    }

    private static MemoryStream Capture(string boot, ulong start, ulong end, Ledger ledger, params TcpEvent[] events)
    {
        var capture = new MemoryStream();
        var writer = new CaptureWriter(capture, new CaptureHeader { BootId = boot, Start = new ClockAnchor(start, start, start) }) { Ledger = ledger };
        writer.Append(events);
        writer.Complete("the test wanted no more", new ClockAnchor(end, end, end));
        capture.Position = 0;
        return capture;
    }

    private static TcpEvent Event(TcpEventType type, ulong id, ulong time) => new()
    {
        Type = type,
        Connection = id,
        Timestamp = time,
        Pid = 5,
        IpVersion = 4,
        LocalAddress = new Address(IPAddress.Parse("10.0.0.1")),
        PeerAddress = new Address(IPAddress.Parse("10.0.0.2")),
        LocalPort = (ushort)(1000 + id),
        PeerPort = 80,
    };
}
