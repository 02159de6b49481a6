using TraceCap.Analyzer.Connections;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Tests.Connections;

/// <summary>Connections of recorders that note when TCP has finished; any orders are in <see cref="PairingTests"/>.</summary>
public sealed class EndedTests
{
    private const ulong Second = 1_000_000_000;
    private const ulong Start = 1_000 * Second;

    [Fact]
    public void An_end_after_the_close_has_the_last_word()
    {
        var ended = Assert.Single(Track(
            Connect(1, 10),
            Event(TcpEventType.Close, 1, 20) with { Pid = 8, State = 1, BytesSent = 100, BytesAcked = 50, BytesReceived = 7 },
            Event(TcpEventType.Ended, 1, 25) with { State = 5, Flags = TcpEventFlags.FinReceived, BytesSent = 300, BytesAcked = 302, BytesReceived = 8 }));
        Assert.Equal((ConnectionEnding.Closed, TcpEnd.Closed, At(25), At(20)), (ended.Ending, ended.EndedBy, ended.Ended, ended.Closed));
        Assert.Equal((300ul, 7ul, 8u, 1, 0ul, false), (ended.PayloadSent, ended.PayloadReceived, ended.Closer.Pid, (int)ended.State, ended.Held, ended.IsUnfinished));
    }

    [Fact]
    public void What_was_reset_is_held_until_it_is_closed()
    {
        var reset = Event(TcpEventType.Ended, 1, 20) with { State = 1, Error = 104, BytesAcked = 1 };
        var closed = Assert.Single(Track(Connect(1, 10), reset, Event(TcpEventType.Close, 1, 50) with { State = 7 }));
        Assert.Equal((ConnectionEnding.Reset, TcpEnd.ResetReceived, At(20), 30 * Second, false), (closed.Ending, closed.EndedBy, closed.Ended, closed.Held, closed.IsHeld));

        var open = Assert.Single(Track(Connect(1, 10), reset));
        Assert.Equal((ConnectionEnding.Reset, At(20), 980 * Second, true), (open.Ending, open.Ended, open.Held, open.IsHeld));
        Assert.Equal((ConnectionEnding.Reset, false, 10 * Second), (closed.AsOf(At(30)).Ending, closed.AsOf(At(30)).HasCloser, closed.AsOf(At(30)).Held));
        Assert.Equal((ConnectionEnding.Open, false), (closed.AsOf(At(15)).Ending, closed.AsOf(At(15)).HasCounters));
    }

    [Theory]
    [InlineData(1, 119, false)]
    [InlineData(1, 121, true)] // TCP gives up before that
    [InlineData(7, 119, true)] // it had ended before
    public void An_end_is_waited_for_as_long_as_there_can_be_one(byte state, ulong after, bool isLate)
    {
        var ended = Track(
            Connect(1, 10),
            Event(TcpEventType.Close, 1, 20) with { State = state, BytesAcked = 2 },
            Event(TcpEventType.Ended, 1, 20 + after) with { State = 4, Error = 110 })[0];
        Assert.Equal((!isLate, isLate && state != 7), (ended.HasEnd, ended.IsUnfinished));
        Assert.Equal(At(isLate ? 20 : 20 + after), ended.Ended);
    }

    [Fact]
    public void What_TCP_had_not_finished_when_recording_ended_is_as_it_was_closed()
    {
        var unfinished = Assert.Single(Track(Connect(1, 10), Event(TcpEventType.Close, 1, 20) with { State = 1 }));
        Assert.Equal((ConnectionEnding.Closed, At(20), true), (unfinished.Ending, unfinished.Ended, unfinished.IsUnfinished));
    }

    [Fact]
    public void A_connection_that_was_reset_in_the_accept_queue_is_accepted_and_reset()
    {
        var ended = Assert.Single(Track(
            Event(TcpEventType.Ended, 1, 20) with { State = 1, Error = 104, Flags = TcpEventFlags.NotAccepted },
            Event(TcpEventType.Ended, 2, 21) with { State = 1, Error = 104, Flags = TcpEventFlags.NotAccepted }, // is never accepted
            Event(TcpEventType.Ended, 3, 22) with { State = 1, Error = 104 }, // was closed before
            Event(TcpEventType.Accept, 1, 30) with { Flags = TcpEventFlags.ResetBeforeAccept, Duration = 15 * Second },
            Event(TcpEventType.Close, 1, 40) with { State = 7 }));
        Assert.Equal((ConnectionRole.Server, ConnectionEnding.Reset, false), (ended.Role, ended.Ending, ended.IsPreexisting));
        Assert.Equal((At(15), At(20), 15 * Second, 20 * Second), (ended.Opened, ended.Ended, ended.AcceptTime, ended.Held));
    }

    [Fact]
    public void What_was_reset_before_its_accept_is_not_open_though_nobody_saw_its_end()
    {
        var ended = Assert.Single(Track(Event(TcpEventType.Accept, 1, 30) with { Flags = TcpEventFlags.ResetBeforeAccept, Duration = 15 * Second }));
        Assert.Equal((ConnectionEnding.Reset, At(15), At(30), false), (ended.Ending, ended.Opened, ended.Ended, ended.HasCounters));
    }

    [Fact]
    public void The_close_of_a_failed_connect_is_none()
    {
        var failed = Assert.Single(Track(
            Event(TcpEventType.ConnectFailed, 1, 10) with { Error = 111, Duration = 1 },
            Event(TcpEventType.Close, 1, 20) with { State = 7, Flags = TcpEventFlags.ConnectFailed },
            Event(TcpEventType.Close, 2, 30) with { State = 7, Flags = TcpEventFlags.ConnectFailed }));
        Assert.Equal(ConnectionEnding.Failed, failed.Ending);
    }

    [Fact]
    public void Connects_under_way_at_the_beginning_are_opened_failed_or_still_connecting()
    {
        TcpEvent Under(ulong id) => Event(TcpEventType.Open, id, 0) with { State = 2, Pid = 7 };
        var ended = Track(
            Under(1), Under(2), Under(3), Under(4),
            Connect(1, 10) with { Pid = 0 },
            Event(TcpEventType.ConnectFailed, 2, 20) with { Pid = 0, Error = 111 },
            Event(TcpEventType.Close, 4, 30));
        Assert.Equal(
            [(2ul, ConnectionEnding.Failed, At(0), At(20), false), (1, ConnectionEnding.Open, At(10), At(1000), false), (3, ConnectionEnding.Open, At(0), At(1000), true)],
            ended.Select(one => (one.Id, one.Ending, one.Opened, one.Ended, one.IsConnecting)));
        Assert.All(ended, one => Assert.Equal((7u, ConnectionRole.Client), (one.Owner.Pid, one.Role)));
        Assert.Equal([false, false, true], ended.Select(one => one.IsPreexisting));
    }

    [Fact]
    public void No_more_closes_wait_than_there_is_room_for()
    {
        const int Many = PendingEnds.Most + 10;
        var tracker = new ConnectionTracker(Start) { AwaitsEnds = true };
        var given = 0;
        for (var i = 0; i < Many; i++)
        {
            given += tracker.Add([Connect((ulong)i + 1, 1), Event(TcpEventType.Close, (ulong)i + 1, 2) with { State = 1 }]).Length;
        }

        Assert.Equal(10, given);
        // What is forgotten for want of room is forgotten by age; all others have their end.
        Assert.Equal(1, tracker.Add([Event(TcpEventType.Ended, Many, 3) with { State = 5 }]).Length);
        Assert.Equal(0, tracker.Add([Event(TcpEventType.Ended, 1, 3) with { State = 5 }]).Length);
        Assert.Equal(PendingEnds.Most - 1, tracker.Add([Event(TcpEventType.Open, 1_000_000, 200)]).Length);
    }

    [Fact]
    public void A_capture_whose_recorder_notes_no_ends_waits_for_none()
    {
        var tracker = new ConnectionTracker(Start);
        Assert.Equal(1, tracker.Add([Connect(1, 10), Event(TcpEventType.Close, 1, 20) with { State = 1 }]).Length);
        Assert.Equal(0, tracker.Add([Event(TcpEventType.Ended, 1, 21) with { State = 5 }]).Length);
    }

    private static ulong At(ulong second) => Start + (second * Second);

    private static TcpEvent Connect(ulong id, ulong second) => Event(TcpEventType.Connect, id, second);

    private static TcpEvent Event(TcpEventType type, ulong id, ulong second) => new()
    {
        Type = type,
        Connection = id,
        Timestamp = At(second),
        IpVersion = 4,
        LocalPort = (ushort)id,
        PeerPort = 80,
        Netns = 1,
        Pid = type == TcpEventType.Ended ? 0 : 7u,
    };

    private static List<Connection> Track(params TcpEvent[] events)
    {
        var tracker = new ConnectionTracker(Start) { AwaitsEnds = true };
        List<Connection> all = [.. tracker.Add(events)];
        while (tracker.TakeOpen(At(1000), 5) is { IsEmpty: false } open)
        {
            all.AddRange(open);
        }

        all.AddRange(tracker.ShowConnecting(At(1000)));
        return all;
    }
}
