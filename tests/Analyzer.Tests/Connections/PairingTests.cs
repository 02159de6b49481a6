using System.Net;
using CsCheck;
using TraceCap.Analyzer.Connections;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Tests.Connections;

public sealed class PairingTests
{
    private const ulong Start = 1_000;

    private static readonly IPAddress[] addresses =
        [IPAddress.Parse("127.0.0.1"), IPAddress.Parse("10.0.0.1"), IPAddress.Parse("::ffff:10.0.0.1")];

    private static readonly TcpEventType[] types =
    [
        TcpEventType.Connect, TcpEventType.Accept, TcpEventType.Close, TcpEventType.Close, TcpEventType.ConnectFailed, TcpEventType.Open,
    ];

    /// <summary>Few sockets on few ends, so that all of them meet.</summary>
    private static readonly Gen<TcpEvent> anyEvent =
        from type in Gen.OneOf(types)
        from id in Gen.Int[0, 5]
        from local in Gen.Int[0, 2]
        from peer in Gen.Int[0, 2]
        from localPort in Gen.Int[1, 2]
        from peerPort in Gen.Int[1, 2]
        from netns in Gen.Int[1, 2]
        from duration in Gen.Int[0, 3]
        select Event(type, (ulong)id, addresses[local], (ushort)localPort, addresses[peer], (ushort)peerPort, (uint)netns) with
        {
            Duration = type == TcpEventType.Connect ? (ulong)duration : 0,
        };

    [Fact]
    public void Any_events_in_any_order_are_paired_as_by_the_plain_rules() => anyEvent.Array[0, 200].Sample(events =>
    {
        Number(events);
        Assert.Equal(NaiveTracker.Pair(Start, events, Start + 1000), NaiveTracker.InOrder(Track(events, 7)));
    }, iter: 5_000);

    /// <summary>The same with ends, and what comes before and after them.</summary>
    private static readonly Gen<TcpEvent> anyEventOrEnd =
        from e in anyEvent
        from isEnd in Gen.Int[0, 2]
        from state in Gen.OneOf<byte>(1, 2, 4, 5, 7, 8, 9, 11)
        from error in Gen.OneOf<ushort>(0, 0, 0, 104, 110)
        from flags in Gen.OneOf(TcpEventFlags.None, TcpEventFlags.None, TcpEventFlags.FinReceived, TcpEventFlags.NotAccepted, TcpEventFlags.ConnectFailed)
        from sent in Gen.ULong[0, 1000]
        select isEnd == 0
            ? e with { Type = TcpEventType.Ended, State = state, Error = error, Flags = flags, BytesSent = sent, BytesAcked = sent + 2, Duration = 0 }
            : e with { State = state, Flags = flags, Duration = e.Type == TcpEventType.Accept ? error : e.Duration, BytesAcked = 2 };

    [Fact]
    public void Any_events_and_ends_in_any_order_are_paired_as_by_the_plain_rules() =>
        Gen.Select(anyEventOrEnd.Array[0, 200], Gen.OneOf(1ul, 40_000_000_000ul), Gen.Bool).Sample((events, apart, awaitsEnds) =>
        {
            Number(events);
            for (var i = 0; i < events.Length; i++)
            {
                events[i].Timestamp = Start + 1_000 + ((ulong)i * apart);
                // No task brings an end about, and a late connect may not tell of its.
                events[i].Pid = events[i].Type == TcpEventType.Ended || (i % 3 == 0 && events[i].Type is TcpEventType.Connect or TcpEventType.ConnectFailed) ? 0 : events[i].Pid;
            }

            var end = Start + 2_000 + ((ulong)events.Length * apart);
            Assert.Equal(NaiveTracker.Pair(Start, events, end, awaitsEnds), NaiveTracker.InOrder(Track(events, 7, end, awaitsEnds)));
        }, iter: 5_000);

    [Fact]
    public void More_connections_than_the_table_began_with_are_paired_as_by_the_plain_rules() =>
        Gen.Select(Gen.Int[1100, 2500], Gen.Int[0, int.MaxValue]).Sample((count, seed) =>
        {
            var random = new Random(seed);
            var events = Histories(random, count, lost: 0.1);
            Assert.Equal(NaiveTracker.Pair(Start, events, Start + 1_000_000), NaiveTracker.InOrder(Track(events, 500, Start + 1_000_000)));
        }, iter: 6, threads: 2);

    [Fact]
    public void Without_loss_every_connection_is_told_once_and_as_it_was() => Gen.Int.Sample(seed =>
    {
        var random = new Random(seed);
        var count = random.Next(1, 200);
        var events = Histories(random, count, lost: 0);
        var connections = Track(events, 64, Start + 1_000_000);

        Assert.Equal(2 * count, connections.Count);
        Assert.All(connections, connection => Assert.Equal(ConnectionEnding.Closed, connection.Ending));
        // Process n opens what process 1,000,000 + n closes; both ends of a connection have neighbouring numbers.
        Assert.All(connections, connection => Assert.Equal(connection.Opener + 1_000_000, connection.Closer));
        Assert.All(connections.Where(connection => connection.Role == ConnectionRole.Server), connection => Assert.Equal(connection.Opener - 1, connection.Peer));
        Assert.Equal(connections.Count, connections.DistinctBy(connection => connection.Opener).Count());
    }, iter: 200);

    [Fact]
    public void Whatever_is_lost_no_close_is_given_to_another_socket_and_no_event_is_told_twice() => Gen.Int.Sample(seed =>
    {
        var random = new Random(seed);
        var events = Histories(random, random.Next(1, 200), lost: random.NextDouble());
        var connections = Track(events, 64, Start + 1_000_000);

        Assert.All(connections, connection => Assert.True(
            connection.Opener == 0 || connection.Closer == 0 || connection.Opener + 1_000_000 == connection.Closer, $"{connection}"));
        Assert.Equal(
            events.Where(e => e.Type == TcpEventType.Close).Select(e => e.Pid).Order(),
            connections.Select(connection => connection.Closer).Where(pid => pid != 0).Order());
        Assert.Equal(
            events.Where(e => e.Type != TcpEventType.Close).Select(e => e.Pid).Order(),
            connections.Select(connection => connection.Opener).Where(pid => pid != 0).Order());
    }, iter: 500);

    [Fact]
    public void A_client_that_has_closed_is_joined_with_a_late_accept_but_not_for_ever()
    {
        TcpEvent[] Late(int between)
        {
            var events = new List<TcpEvent>
            {
                Event(TcpEventType.Connect, 1, addresses[1], 1, addresses[1], 2, 1),
                Event(TcpEventType.Close, 1, addresses[1], 1, addresses[1], 2, 1),
            };
            for (var i = 0; i < between; i++)
            {
                events.Add(Event(TcpEventType.Connect, 10 + (ulong)i, addresses[0], 3, addresses[1], 4, 1));
                events.Add(Event(TcpEventType.Close, 10 + (ulong)i, addresses[0], 3, addresses[1], 4, 1));
            }

            events.Add(Event(TcpEventType.Accept, 2, addresses[1], 2, addresses[1], 1, 1));
            var all = events.ToArray();
            Number(all);
            return all;
        }

        Assert.Equal(1u, Track(Late(4095), 64)[^1].Peer);
        Assert.Equal(0u, Track(Late(4096), 64)[^1].Peer);
    }

    [Theory]
    [InlineData(1, "127.0.0.1", 1, true)]
    [InlineData(2, "127.0.0.1", 1, false)] // another namespace has another loopback
    [InlineData(2, "10.0.0.1", 1, true)] // but can be connected to
    [InlineData(1, "127.0.0.1", 2, false)] // as can another host
    [InlineData(1, "10.0.0.1", 2, true)]
    public void Ends_are_joined_where_they_can_be_connected(uint netns, string address, int host, bool isJoined)
    {
        var (ip, otherId) = (IPAddress.Parse(address), 2UL | ((ulong)(host - 1) << MergedHost.ConnectionShift));
        TcpEvent[] events = [Event(TcpEventType.Connect, 1, ip, 5, ip, 80, 1), Event(TcpEventType.Accept, otherId, ip, 80, ip, 5, netns)];
        Number(events);
        Assert.Equal(isJoined ? [2u, 1u] : [0u, 0u], Track(events, 2).Select(pairing => pairing.Peer));
    }

    [Fact]
    public void However_many_connects_fail_before_their_sockets_are_closed_none_becomes_a_connection()
    {
        var tracker = new ConnectionTracker(Start);
        Assert.All(tracker.Add(Sockets(TcpEventType.ConnectFailed, 100_000)).ToArray(), connection => Assert.Equal(ConnectionEnding.Failed, connection.Ending));
        Assert.Equal(0, tracker.Add(Sockets(TcpEventType.Close, 100_000)).Length);
        Assert.Equal((0, 0L), (tracker.OpenCount, tracker.ClosesLeftOut));
    }

    [Fact]
    public void More_failures_than_are_remembered_leave_closes_that_are_counted_and_no_connections()
    {
        var failed = new FailedSockets(most: 64);
        var tracker = new ConnectionTracker(Start, failed);
        tracker.Add(Sockets(TcpEventType.ConnectFailed, 100));
        Assert.InRange(failed.Count, 32, 64);
        Assert.Equal(100, failed.Count + failed.Forgotten);

        // One that was connected has had its SYN acknowledged, so it is not taken for one of them.
        var older = Event(TcpEventType.Close, 1000, addresses[1], 7, addresses[1], 9, 1) with { State = Connection.StateClose, BytesAcked = 1 };
        Assert.Equal(1000ul, Assert.Single(tracker.Add([.. Sockets(TcpEventType.Close, 100), older]).ToArray()).Id);
        Assert.Equal((failed.Forgotten, 0), (tracker.ClosesLeftOut, failed.Count));
    }

    [Fact]
    public void Failed_sockets_are_remembered_as_by_a_list() => Gen.Select(Gen.Int[1, 300], Gen.Int[0, 2]).Array[1, 3000].Sample(steps =>
    {
        var failed = new FailedSockets();
        var list = new List<ulong>();
        foreach (var (number, step) in steps)
        {
            var id = (ulong)number << 40;
            Assert.Equal(list.Contains(id), failed.Contains(id));
            if (step == 0)
            {
                Assert.Equal(list.Remove(id), failed.Remove(id));
            }
            else
            {
                list.Remove(id);
                list.Add(id);
                failed.Add(id);
            }

            Assert.Equal((list.Count, 0L), (failed.Count, failed.Forgotten));
        }
    }, iter: 100);

    [Fact]
    public void A_socket_that_is_disconnected_and_connected_again_holds_two_connections()
    {
        TcpEvent[] events =
        [
            Event(TcpEventType.Connect, 1, addresses[1], 1, addresses[1], 9, 1),
            Event(TcpEventType.Connect, 1, addresses[1], 2, addresses[0], 8, 1),
            Event(TcpEventType.Close, 1, addresses[1], 2, addresses[0], 8, 1),
        ];
        Number(events);
        var ended = new ConnectionTracker(Start).Add(events).ToArray();

        Assert.Equal([ConnectionEnding.Unseen, ConnectionEnding.Closed], ended.Select(connection => connection.Ending));
        Assert.Equal([events[1].Timestamp, events[2].Timestamp], ended.Select(connection => connection.Ended));
        Assert.Equal([events[0].Timestamp, events[1].Timestamp], ended.Select(connection => connection.Opened));
        Assert.Equal([(1, 9), (2, 8)], ended.Select(connection => ((int)connection.LocalPort, (int)connection.PeerPort)));
    }

    [Fact]
    public void Losses_make_uncertain_what_they_may_have_hidden_and_nothing_else()
    {
        TcpEvent[] events =
        [
            Event(TcpEventType.Close, 1, addresses[1], 1, addresses[1], 9, 1),
            Event(TcpEventType.Connect, 2, addresses[1], 2, addresses[1], 9, 1),
            Event(TcpEventType.Close, 3, addresses[1], 3, addresses[1], 9, 1),
            Event(TcpEventType.Connect, 4, addresses[1], 4, addresses[1], 9, 1),
        ];
        Number(events);
        var tracker = new ConnectionTracker(Start);
        var first = tracker.Add(events.AsSpan(0, 2)).ToArray();
        tracker.NoteLoss(events[1].Timestamp, events[2].Timestamp);
        var second = tracker.Add(events.AsSpan(2)).ToArray();
        var open = tracker.TakeOpen(Start + 1000, 10).ToArray();

        Assert.Equal([false, true, true, false], ((Connection[])[.. first, .. second, .. open]).Select(connection => connection.IsUncertain));
        Assert.Equal([true, true, false, false], ((Connection[])[.. first, .. second, .. open]).Select(connection => connection.IsPreexisting));
    }

    [Theory]
    [InlineData(1, 0, 6, 5, ConnectionEnding.Closed)] // from ESTABLISHED
    [InlineData(8, 0, 0, 0, ConnectionEnding.Closed)] // from CLOSE_WAIT
    [InlineData(7, 0, 7, 5, ConnectionEnding.Closed)] // SYN, 5 bytes and FIN acknowledged
    [InlineData(7, 0, 6, 5, ConnectionEnding.Reset)] // no FIN
    [InlineData(7, 0, 1, 5, ConnectionEnding.Reset)] // nothing but the SYN
    [InlineData(7, 0, 2, 0, ConnectionEnding.Closed)] // SYN and FIN
    [InlineData(7, 0, 1, 0, ConnectionEnding.Reset)] // nothing was sent
    // With retransmissions: what is acknowledged beyond all that was sent, again or not, can only be the FIN.
    [InlineData(7, 3, 7, 5, ConnectionEnding.Closed)] // the SYN, or the FIN, was sent again
    [InlineData(7, 3, 2, 0, ConnectionEnding.Closed)]
    [InlineData(7, 3, 1, 0, ConnectionEnding.Reset)] // the SYN, then given up
    [InlineData(7, 3, 1, 5, ConnectionEnding.Reset)] // nothing of what was sent
    [InlineData(7, 3, 2, 5, ConnectionEnding.Reset)] // some of it: with the FIN all would be, and that is a byte at least
    [InlineData(7, 3, 800_000, 1_000_000, ConnectionEnding.Reset)] // more is missing than three segments can hold
    [InlineData(7, 3, 3, 5, ConnectionEnding.Reset, true)] // one byte, sent five times, and the FIN; or two of five
    [InlineData(7, 1, 1_000_000, 1_000_000, ConnectionEnding.Reset, true)]
    public void A_reset_is_told_from_an_orderly_end(byte state, uint retransmits, ulong acked, ulong sent, ConnectionEnding ending, bool isAssumed = false)
    {
        TcpEvent[] events =
        [
            Event(TcpEventType.Connect, 1, addresses[1], 1, addresses[1], 9, 1),
            Event(TcpEventType.Close, 1, addresses[1], 1, addresses[1], 9, 1) with
            {
                State = state,
                Retransmits = retransmits,
                BytesAcked = acked,
                BytesSent = sent,
            },
        ];
        var connection = new ConnectionTracker(Start).Add(events)[0];
        Assert.Equal((ending, isAssumed), (connection.Ending, connection.IsEndingAssumed));
    }

    [Fact]
    public void Whatever_is_sent_again_what_is_proven_is_true() => Gen.Select(
        Gen.Int[0, 200_000], Gen.Int[0, 100_000].Array[0, 4], Gen.Int[0, 2], Gen.Bool, Gen.Bool, Gen.Enum<ConnectionRole>(), Gen.Int[0, 200_000])
        .Sample((payload, again, empty, isOrderly, isClient, role, acked) =>
        {
            // Segments that were sent again, each no longer than the payload; and SYN or FIN, which have none.
            again = payload == 0 ? [] : [.. again.Select(bytes => Math.Clamp(bytes, 1, Math.Min(payload, 65_483)))];
            var close = new TcpEvent
            {
                State = Connection.StateClose,
                PeerPort = 9,
                Retransmits = (uint)(again.Length + empty),
                BytesSent = (ulong)(payload + again.Sum()),
                BytesAcked = (ulong)((isOrderly ? payload + 1 : Math.Min(acked, payload)) + (isClient ? 1 : 0)),
            };
            role = role == ConnectionRole.Unknown ? role : isClient ? ConnectionRole.Client : ConnectionRole.Server;
            var (ending, isAssumed) = CloseProof.Of(in close, role);
            Assert.True(isAssumed || ending == (isOrderly ? ConnectionEnding.Closed : ConnectionEnding.Reset), $"{ending}");
            Assert.True(!isAssumed || close.Retransmits > 0 || role == ConnectionRole.Unknown);
        }, iter: 20_000);

    [Fact]
    public void A_socket_that_is_disconnected_and_closed_does_not_stay_open()
    {
        // connect(AF_UNSPEC) took its ends away before the close.
        TcpEvent[] events =
        [
            Event(TcpEventType.Connect, 1, addresses[1], 1, addresses[1], 9, 1),
            Event(TcpEventType.Close, 1, IPAddress.Any, 0, IPAddress.Any, 0, 1) with { State = Connection.StateClose },
            Event(TcpEventType.Close, 2, IPAddress.Any, 0, IPAddress.Any, 0, 1),
        ];
        Number(events);
        var tracker = new ConnectionTracker(Start);
        var ended = Assert.Single(tracker.Add(events).ToArray());
        Assert.Equal((ConnectionEnding.Closed, 9, events[1].Timestamp), (ended.Ending, (int)ended.PeerPort, ended.Ended));
        Assert.Equal(0, tracker.OpenCount);
    }

    [Theory]
    [InlineData(10, true)] // its SYN was under way when the other was established
    [InlineData(0, true)] // it is not known when it was sent, and the other is still open
    [InlineData(4, false)] // it was sent later: the other's close was lost
    public void Two_clients_that_open_a_connection_at_once_are_joined(ulong duration, bool isJoined)
    {
        TcpEvent[] events =
        [
            Event(TcpEventType.Connect, 1, addresses[1], 1, addresses[1], 9, 1) with { Timestamp = 2_000, Duration = 7 },
            Event(TcpEventType.Connect, 2, addresses[1], 9, addresses[1], 1, 1) with { Timestamp = 2_005, Duration = duration },
            Event(TcpEventType.Close, 1, addresses[1], 1, addresses[1], 9, 1) with { Timestamp = 3_000 },
            Event(TcpEventType.Close, 2, addresses[1], 9, addresses[1], 1, 1) with { Timestamp = 3_001 },
        ];
        var ended = new ConnectionTracker(Start).Add(events).ToArray();
        Assert.Equal([isJoined, isJoined], ended.Select(connection => connection.IsJoined));
        Assert.Equal([false, isJoined], ended.Select(connection => connection.IsSecondEnd));
    }

    private static TcpEvent[] Sockets(TcpEventType type, int count) => [.. Enumerable.Range(1, count).Select(id =>
        Event(type, (ulong)id, addresses[1], (ushort)id, addresses[1], 9, 1) with { State = type == TcpEventType.Close ? Connection.StateClose : (byte)0 })];

    private static TcpEvent Event(TcpEventType type, ulong id, IPAddress local, ushort localPort, IPAddress peer, ushort peerPort, uint netns)
    {
        var isIPv6 = local.IsIPv4MappedToIPv6 || peer.IsIPv4MappedToIPv6;
        return new TcpEvent
        {
            Type = type,
            Connection = id,
            LocalAddress = new Address(isIPv6 ? local.MapToIPv6() : local),
            LocalPort = localPort,
            PeerAddress = new Address(isIPv6 ? peer.MapToIPv6() : peer),
            PeerPort = peerPort,
            IpVersion = (byte)(isIPv6 ? 6 : 4),
            Netns = netns,
            Duration = type == TcpEventType.ConnectFailed ? 1u : 0,
        };
    }

    private static void Number(TcpEvent[] events)
    {
        for (var i = 0; i < events.Length; i++)
        {
            events[i].Pid = (uint)i + 1;
            events[i].Timestamp = Start + (ulong)i + 1;
        }
    }

    /// <summary>The events of connections within a host, interleaved at random: C before A, and each before its X.</summary>
    private static TcpEvent[] Histories(Random random, int count, double lost)
    {
        var timed = new List<(double At, TcpEvent Event)>();
        for (var i = 0; i < count; i++)
        {
            var (id, port) = (1 + (2 * (ulong)i), (ushort)(1000 + i));
            var client = (uint)(1 + (2 * i));
            var connected = random.NextDouble();
            var accepted = connected + random.NextDouble();
            timed.Add((connected, Event(TcpEventType.Connect, id, addresses[0], port, addresses[0], 80, 1) with { Pid = client }));
            timed.Add((accepted, Event(TcpEventType.Accept, id + 1, addresses[0], 80, addresses[0], port, 1) with { Pid = client + 1 }));
            timed.Add((connected + random.NextDouble(), Event(TcpEventType.Close, id, addresses[0], port, addresses[0], 80, 1) with { Pid = client + 1_000_000 }));
            timed.Add((accepted + random.NextDouble(), Event(TcpEventType.Close, id + 1, addresses[0], 80, addresses[0], port, 1) with { Pid = client + 1_000_001 }));
        }

        var events = timed.OrderBy(one => one.At).Where(_ => random.NextDouble() >= lost).Select(one => one.Event).ToArray();
        for (var i = 0; i < events.Length; i++)
        {
            events[i].Timestamp = Start + (ulong)i + 1;
        }

        return events;
    }

    private static List<Pairing> Track(TcpEvent[] events, int batch, ulong end = Start + 1000, bool awaitsEnds = false)
    {
        var tracker = new ConnectionTracker(Start) { AwaitsEnds = awaitsEnds };
        var pairings = new List<Pairing>();
        for (var at = 0; at < events.Length; at += batch)
        {
            Append(tracker.Add(events.AsSpan(at, Math.Min(batch, events.Length - at))));
        }

        while (Append(tracker.TakeOpen(end, batch)))
        {
        }

        Append(tracker.ShowConnecting(end));

        return pairings;

        bool Append(ReadOnlySpan<Connection> connections)
        {
            foreach (ref readonly var connection in connections)
            {
                // A reset is another test's.
                var pairing = Pairing.Of(in connection);
                pairings.Add(pairing is { Ending: ConnectionEnding.Reset, HasEnd: false } ? pairing with { Ending = ConnectionEnding.Closed } : pairing);
            }

            return !connections.IsEmpty;
        }
    }
}
