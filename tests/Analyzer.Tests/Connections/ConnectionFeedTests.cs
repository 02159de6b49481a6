using System.Net;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Filters;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

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
        Assert.Equal((150ul, 250ul, ConnectionEnding.Closed, false), (one.Opened, one.Ended, one.Ending, one.IsPreexisting));
        Assert.Equal((100ul, 300ul, 0), (Assert.Single(recordings).Start, recordings[0].End, recordings[0].Losses.Count));
    }

    [Fact]
    public void What_lies_between_two_captures_is_not_known()
    {
        var (connections, recordings) = Read(
            Capture("boot", 100, 200, default, Event(TcpEventType.Connect, 1, 150)),
            Capture("boot", 210, 300, default, Event(TcpEventType.Close, 2, 250), Event(TcpEventType.Connect, 3, 260)));

        var recording = Assert.Single(recordings);
        Assert.Empty(recording.Losses);
        Assert.Equal([new RecordedPeriod(200, 210)], recording.Pauses);
        Assert.Equal((100ul, 300ul, 190ul), (recording.Start, recording.End, recording.Length));
        // One is known up to the gap, the other from its end.
        Assert.Equal([(2ul, 210ul, 250ul, true), (1ul, 150ul, 200ul, true), (3ul, 260ul, 300ul, false)], connections.Select(connection => (connection.Id, connection.Opened, connection.Ended, connection.IsUncertain)));
    }

    [Fact]
    public void A_connection_that_is_seen_on_both_sides_of_a_gap_lived_in_it()
    {
        var (connections, _) = Read(
            Capture("boot", 100, 200, default, Event(TcpEventType.Connect, 1, 150), Event(TcpEventType.Connect, 2, 151), Event(TcpEventType.Connect, 3, 152)),
            Capture("boot", 500, 600, default, Event(TcpEventType.Open, 1, 500), Event(TcpEventType.Open, 4, 501), Event(TcpEventType.Close, 2, 550)),
            Capture("boot", 700, 800, default, Event(TcpEventType.Close, 4, 750)));

        Assert.Equal(
            [(2ul, 151ul, 550ul, ConnectionEnding.Closed), (4ul, 500ul, 750ul, ConnectionEnding.Closed), (1ul, 150ul, 600ul, ConnectionEnding.Open), (3ul, 152ul, 200ul, ConnectionEnding.Open)],
            connections.Select(connection => (connection.Id, connection.Opened, connection.Ended, connection.Ending)));
    }

    [Fact]
    public void A_capture_without_events_has_its_time_and_its_losses()
    {
        var (connections, recordings) = Read(Capture("boot", 100, 900, new LossCounters(7, 7, 0, 0, 0)));
        Assert.Empty(connections);
        var recording = Assert.Single(recordings);
        Assert.Equal((100ul, 900ul, 7ul, 7ul), (recording.Start, recording.End, recording.LossCounters.Emitted, recording.LossCounters.Lost));
        Assert.Equal([new LossPeriod(100, 900) { LossCounters = new LossCounters(0, 7, 0, 0, 0) }], recording.Losses);
    }

    [Fact]
    public void What_was_there_before_the_recording_lives_from_its_first_event_if_that_is_earlier_than_its_header_says()
    {
        var (connections, recordings) = Read(Capture("boot", 100, 900, default, Event(TcpEventType.Open, 1, 80), Event(TcpEventType.Close, 3, 90), Event(TcpEventType.Close, 2, 200)));
        Assert.Equal((90ul, 90ul), (recordings[0].Start, recordings[0].Origin));
        Assert.Equal([(3ul, 90ul, 90ul), (2ul, 90ul, 200ul), (1ul, 90ul, 900ul)], connections.Select(connection => (connection.Id, connection.Opened, connection.Ended)));
    }

    [Fact]
    public void What_was_open_makes_a_recording_no_longer_than_its_header_says()
    {
        var (connections, recordings) = Read(Capture("boot", 100, 900, default, Event(TcpEventType.Open, 1, 80), Event(TcpEventType.Close, 2, 200)));
        Assert.Equal((100ul, 100ul, 800ul), (recordings[0].Start, recordings[0].Origin, recordings[0].Length));
        Assert.Equal([(2ul, 100ul, 200ul), (1ul, 100ul, 900ul)], connections.Select(connection => (connection.Id, connection.Opened, connection.Ended)));
    }

    [Fact]
    public void A_quiet_capture_of_a_series_is_no_gap()
    {
        var (connections, recordings) = Read(
            Capture("boot", 100, 200, default, Event(TcpEventType.Connect, 1, 150)),
            Capture("boot", 200, 300, default),
            Capture("boot", 300, 400, default, Event(TcpEventType.Close, 2, 350)));
        Assert.Equal((100ul, 400ul, 300ul, 0, 0), (Assert.Single(recordings).Start, recordings[0].End, recordings[0].Length, recordings[0].Losses.Count, recordings[0].Pauses.Count));
        Assert.Equal([(2ul, false), (1ul, false)], connections.Select(connection => (connection.Id, connection.IsUncertain)));
    }

    [Fact]
    public void A_merged_or_cut_capture_was_recorded_when_it_says()
    {
        var (connections, recordings) = Read(Capture(
            new CaptureHeader { BootId = "boot", Start = new ClockAnchor(100, 100, 100), Recorded = [new(150, 200), new(300, ulong.MaxValue)] },
            400, default, Event(TcpEventType.Connect, 1, 160), Event(TcpEventType.Connect, 2, 170), Event(TcpEventType.Close, 3, 180), Event(TcpEventType.Close, 2, 310), Event(TcpEventType.Close, 4, 320)));
        var recording = Assert.Single(recordings);
        Assert.Equal((100ul, 150ul, 400ul, 150ul), (recording.Origin, recording.Start, recording.End, recording.Length));
        Assert.Equal([new RecordedPeriod(200, 300)], recording.Pauses);
        Assert.Equal(
            [(3ul, 150ul, 180ul, false), (2ul, 170ul, 310ul, false), (4ul, 300ul, 320ul, true), (1ul, 160ul, 200ul, true)],
            connections.Select(connection => (connection.Id, connection.Opened, connection.Ended, connection.IsUncertain)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_time_asked_for_is_the_time_recorded(bool isCut)
    {
        TcpEvent[] events = [Event(TcpEventType.Connect, 1, 2_000_000_100), Event(TcpEventType.Connect, 2, 2_000_000_200), Event(TcpEventType.Close, 2, 2_000_000_250), Event(TcpEventType.Connect, 3, 2_500_000_000), Event(TcpEventType.Close, 1, 4_000_000_000)];
        var capture = Capture("boot", 100, 9_000_000_000, new LossCounters(5, 0, 0, 0, 0), events);
        // Seconds since the recording began, which was long before the first event.
        var window = new CaptureFilter(new EventFilter(), TimePoint.Parse("2"), TimePoint.Parse("2.3"));
        if (isCut)
        {
            var cut = new MemoryStream();
            new CaptureCut(new CaptureReader(capture), cut, window, "--from 2 --to 2.3").Run();
            (capture, window) = (new MemoryStream(cut.ToArray()), new CaptureFilter(new EventFilter()));
        }

        var sink = new ConnectionList();
        var recording = Assert.Single(ConnectionFeed.ReadAll(capture, sink, new ConnectionFilter { Opening = window }));
        Assert.Equal((100ul, 2_000_000_100ul, 2_300_000_100ul, 300_000_000ul), (recording.Origin, recording.Start, recording.End, recording.Length));
        Assert.Equal(3ul, recording.LossCounters.Emitted);
        Assert.Equal(
            [(2ul, ConnectionEnding.Closed, 50ul, 2_000_000_250ul), (1ul, ConnectionEnding.Open, 300_000_000ul, 2_300_000_100ul)],
            sink.Connections.Select(connection => (connection.Id, connection.Ending, connection.Lifetime, connection.Ended)));
    }

    [Fact]
    public void What_several_captures_have_counts_once()
    {
        TcpEvent[] events = [.. Enumerable.Range(0, 100).Select(i => Event(i % 2 == 0 ? TcpEventType.Connect : TcpEventType.Close, (ulong)(i / 2) + 1, 1000 + ((ulong)i * 10)) with { Cpu = (ushort)(i % 3), Sequence = (ulong)i + 1 })];
        var whole = Capture("boot", 1000, 2000, new LossCounters(110, 10, 0, 0, 0), events);
        var (once, recorded) = Read(whole);
        foreach (var captures in new[]
        {
            new[] { whole, whole },
            [Capture("boot", 1000, 1605, new LossCounters(70, 10, 0, 0, 0), events[..60]), Capture("boot", 1400, 2000, new LossCounters(60, 0, 0, 0, 0), events[40..])],
            [Capture("boot", 1000, 2000, new LossCounters(110, 10, 0, 0, 0), events), Capture("boot", 1200, 1700, new LossCounters(50, 0, 0, 0, 0), events[20..70])],
        })
        {
            var sink = new ConnectionList();
            var feed = ReadAhead(sink, captures);
            Assert.Equal(once.Select(one => (one.Id, one.Opened, one.Ended)), sink.Connections.Select(one => (one.Id, one.Opened, one.Ended)));
            Assert.Equal((1000ul, 2000ul, 1000ul), (Assert.Single(feed.Recordings).Start, feed.Recordings[0].End, feed.Recordings[0].Length));
            Assert.Equal((recorded[0].LossCounters.Emitted, recorded[0].LossCounters.Lost), (feed.Recordings[0].LossCounters.Emitted, feed.Recordings[0].LossCounters.Lost));
            Assert.InRange(feed.Repeated, 20, 100);
            Assert.Equal(0, feed.Overlapping);
        }
    }

    [Fact]
    public void What_two_recorders_saw_of_one_time_are_two_recordings_and_that_is_told()
    {
        var feed = new ConnectionFeed(new ConnectionList(), new ConnectionFilter());
        feed.Read(new EventStream(new CaptureReader(Capture("boot", 100, 300, default, Event(TcpEventType.Connect, 1, 150), Event(TcpEventType.Close, 1, 250)))));
        feed.Read(new EventStream(new CaptureReader(Capture("boot", 140, 280, default, Event(TcpEventType.Connect, 1, 151), Event(TcpEventType.Close, 1, 251)))));
        feed.End();
        Assert.Equal((2, 2L), (feed.Recordings.Count, feed.Overlapping));
    }

    [Fact]
    public void What_a_flight_recorder_claims_without_saying_when_counts_from_its_first_event()
    {
        const ulong Day = 86_400_000_000_000;
        var header = new CaptureHeader { BootId = "boot", Start = new ClockAnchor(100, 100, 100), Options = new Dictionary<string, string> { ["flight"] = "10s" } };
        TcpEvent[] events = [.. Enumerable.Range(0, 10).Select(i => Event(i % 2 == 0 ? TcpEventType.Connect : TcpEventType.Close, (ulong)(i / 2) + 1, (30 * Day) + ((ulong)i * 10)) with { Sequence = (ulong)i + 1 })];
        MemoryStream Kept(int from, int to) => Capture(header, (30 * Day) + ((ulong)to * 10) - 5, default, events[from..to]);

        var churn = new ConnectionChurn(1_000_000_000);
        var one = Assert.Single(ConnectionFeed.ReadAll(Kept(4, 8), churn));
        Assert.Equal(((30 * Day) + 40, 35ul, 1L), (one.Start, one.Length, churn.IntervalCount));

        // What both files have leaves no gap; where a file is missing, nobody knows what happened.
        var whole = Assert.Single(ReadAhead(new ConnectionList(), Kept(0, 6), Kept(4, 10)).Recordings);
        Assert.Equal((0, 95ul), (whole.Pauses.Count, whole.Length));
        var gap = Assert.Single(ReadAhead(new ConnectionList(), Kept(0, 4), Kept(6, 10)).Recordings);
        Assert.Equal([new RecordedPeriod((30 * Day) + 35, (30 * Day) + 60)], gap.Pauses);
        Assert.Equal(70ul, gap.Length);
    }

    /// <summary>Sockets that were open already are found at one time, and no CPU numbers them.</summary>
    [Fact]
    public void Sockets_that_are_found_together_are_not_one_that_comes_again()
    {
        TcpEvent[] open = [Event(TcpEventType.Open, 1, 1000), Event(TcpEventType.Open, 2, 1000)];
        var whole = Capture("boot", 1000, 2000, default, open);
        var sink = new ConnectionList();
        var feed = ReadAhead(sink, whole, whole);
        Assert.Equal([1ul, 2ul], sink.Connections.Select(one => one.Id).Order());
        Assert.Equal(2, feed.Repeated);
    }

    [Fact]
    public void No_more_events_are_remembered_than_may_come_again()
    {
        // Ten sections of one file, each with events of which the next one has the last.
        TcpEvent[] events = [.. Enumerable.Range(0, 1000).Select(i => Event(TcpEventType.Connect, (ulong)i + 1, 1000 + (ulong)i) with { Sequence = (ulong)i + 1 })];
        var file = new MemoryStream();
        for (var section = 0; section < 10; section++)
        {
            var from = Math.Max(0, (section * 100) - 10);
            Capture("boot", 1000 + (ulong)from, 1100 + ((ulong)section * 100), default, events[from..((section + 1) * 100)]).CopyTo(file);
        }

        var sink = new ConnectionList();
        var feed = ReadAhead(sink, file);
        Assert.Equal((1000, 90L), (sink.Connections.Count, feed.Repeated));
        Assert.InRange(feed.RememberedAtMost, 10, 20);
    }

    [Fact]
    public void Captures_are_read_in_the_order_in_which_they_were_begun()
    {
        CaptureStarts? Of(string boot, ulong start) => CaptureStarts.Of(Capture(boot, start, start + 10, default));
        Assert.Equal([3, 0, 2, 1], CaptureStarts.Order([Of("b", 200), Of("a", 50), Of("b", 300), Of("b", 100)]));
        Assert.Equal([0, 1], CaptureStarts.Order([Of("b", 200), CaptureStarts.Of(new MemoryStream([1, 2, 3]))]));
    }

    [Fact]
    public void What_may_come_again_is_known_section_by_section_and_clock_by_clock()
    {
        CaptureStarts Of(params ulong[] starts) => new([.. starts.Select(start => new SectionStart(start < 1000 ? "b" : "c", start))]);
        var ahead = new SectionsAhead([Of(100, 200, 5000, 300), null, Of(150, 6000)]);
        Assert.Equal([150ul, 150ul, 6000ul, 150ul, 150ul], Enumerable.Range(1, 5).Select(section => ahead.MayComeAgainFrom(section, "b")));
        Assert.Equal([200ul, 300ul, ulong.MaxValue, ulong.MaxValue], Enumerable.Range(1, 4).Select(section => new SectionsAhead([Of(100, 200, 300)]).MayComeAgainFrom(section, "b")));
        Assert.Equal((5000ul, ulong.MaxValue), (new SectionsAhead([null, Of(5000)]).MayComeAgainFrom(1, "c"), new SectionsAhead([null, Of(5000)]).MayComeAgainFrom(1, "")));
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
        Assert.Equal([false, true], connections.Select(connection => connection.IsPreexisting));
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
        var (connections, recordings) = Read(Capture("boot", 100, 900, new LossCounters(3, 1, 0, 0, 0), Event(TcpEventType.Connect, 1, 150), Event(TcpEventType.Close, 2, 160)));
        Assert.All(connections, connection => Assert.True(connection.IsUncertain));
        Assert.Equal(1ul, recordings[0].LossCounters.Lost);
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
        Assert.False(new ConnectionFilter { Opening = new CaptureFilter(new EventFilter { Uids = [0] }) }.IsAny);
        Assert.False(new ConnectionFilter { PeerPorts = [80] }.IsAny);
    }

    private static ConnectionFeed ReadAhead(IConnectionSink sink, params MemoryStream[] captures)
    {
        var starts = Array.ConvertAll(captures, CaptureStarts.Of);
        var feed = new ConnectionFeed(sink, new ConnectionFilter());
        for (var at = 0; at < captures.Length; at++)
        {
            captures[at].Position = 0;
            feed.Ahead = starts[at..];
            feed.Read(new EventStream(new CaptureReader(captures[at])));
        }

        feed.End();
        return feed;
    }

    private static (IReadOnlyList<Connection> Connections, IReadOnlyList<RecordedSpan> Recordings) Read(params MemoryStream[] captures)
    {
        var sink = new ConnectionList();
        var feed = new ConnectionFeed(sink, new ConnectionFilter());
        foreach (var capture in captures)
        {
            capture.Position = 0;
            feed.Read(new EventStream(new CaptureReader(capture)));
        }

        feed.End();
        return (sink.Connections, feed.Recordings);
    }

    private static MemoryStream Capture(string boot, ulong start, ulong end, LossCounters ledger, params TcpEvent[] events) =>
        Capture(new CaptureHeader { BootId = boot, Start = new ClockAnchor(start, start, start) }, end, ledger, events);

    private static MemoryStream Capture(CaptureHeader header, ulong end, LossCounters ledger, params TcpEvent[] events)
    {
        var capture = new MemoryStream();
        var writer = new CaptureWriter(capture, header) { LossCounters = ledger };
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
