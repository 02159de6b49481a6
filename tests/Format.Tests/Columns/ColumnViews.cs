using TraceCap.Format.Chunks;
using TraceCap.Format.Events;
using TraceCap.Format.Tests.Traffic;

namespace TraceCap.Format.Tests.Columns;

public class ColumnViews
{
    private static readonly TcpEvent[] Events =
        TrafficGenerator.Generate(5_000, new() { ConnectionsPerSecond = 20_000, HasEnds = true });

    private static readonly byte[] Raw = Chunks.Encode(Events);

    private readonly ChunkDecoder decoder = new();

    [Fact]
    public void Columns_hold_what_the_events_hold()
    {
        var columns = decoder.Open(Raw, Events.Length);
        Assert.Equal(Events.Select(one => one.Timestamp), columns.Timestamps.ToArray());
        Assert.Equal(Events.Select(one => one.Type), columns.Types.ToArray());
        for (var i = 0; i < Events.Length; i++)
        {
            var socket = columns.Sockets[columns.SocketOf[i]];
            var task = columns.Tasks[columns.TaskOf[i]];
            var one = Events[i];
            Assert.Equal(
                (one.Connection, one.LocalAddress, one.PeerAddress, one.LocalPort, one.PeerPort, one.Netns, one.NetnsId),
                (socket.Connection, socket.LocalAddress, socket.PeerAddress, socket.LocalPort, socket.PeerPort,
                    socket.Netns, socket.NetnsId));
            Assert.Equal(
                (one.Pid, one.Tid, one.Uid, one.Mntns, one.Cgroup, one.Comm, one.ContainerPid, one.Pidns),
                (task.Pid, task.Tid, task.Uid, task.Mntns, task.Cgroup, task.Comm, task.ContainerPid, task.Pidns));
        }
    }

    [Fact]
    public void Columns_may_be_read_after_the_rows()
    {
        decoder.Decode(Raw, new TcpEvent[Events.Length]);
        Assert.Equal(Events.Select(one => one.Timestamp), decoder.Open(Raw, Events.Length).Timestamps.ToArray());
    }

    /// <summary>Any part of any stretch; what is of other parts stays as it was.</summary>
    [Fact]
    public void Events_are_assembled_part_by_part()
    {
        const int Stretch = 700;
        var left = new ChunkDecoder();
        left.Open(Raw, Events.Length);
        var assembled = new TcpEvent[Events.Length];
        foreach (var part in Enum.GetValues<EventParts>().Where(part => int.IsPow2((int)part)))
        {
            for (var first = 0; first < Events.Length; first += Stretch)
            {
                left.Assemble(Raw, first, assembled.AsSpan(first, Math.Min(Stretch, Events.Length - first)), part);
            }
        }

        Chunks.AssertSame(Events, assembled);
        Array.Clear(assembled);
        left.Assemble(Raw, 0, assembled, EventParts.Time | EventParts.Counters);
        Assert.Equal(Events.Select(one => (one.Timestamp, one.BytesSent, one.SmoothedRtt)), assembled.Select(one => (one.Timestamp, one.BytesSent, one.SmoothedRtt)));
        Assert.All(assembled, one => Assert.Equal((0u, 0ul, default(TcpEventType), (ushort)0), (one.Pid, one.Connection, one.Type, one.LocalPort)));
        left.Assemble(Raw, 0, assembled, EventParts.All);
        Chunks.AssertSame(Events, assembled);
    }

    [Fact]
    public void Parts_that_are_not_wanted_may_be_malformed()
    {
        var broken = Payloads.WithColumn(Payloads.WithoutColumn(Raw, (byte)ColumnId.BytesAcked), (byte)ColumnId.BytesAcked, encoding: 77, [1, 2, 3]);
        var expected = Events.ToArray();
        foreach (ref var one in expected.AsSpan())
        {
            one.Sequence = one.Duration = one.BytesSent = one.BytesAcked = one.BytesReceived = 0;
            one.SegmentsSent = one.SegmentsReceived = one.Retransmits = one.SmoothedRtt = 0;
        }

        Assert.Throws<CaptureFormatException>(() => Chunks.Decode(broken, Events.Length));
        Chunks.AssertSame(expected, DecodeOver(Events[^1], broken, EventParts.Namespaces));
        foreach (ref var one in expected.AsSpan())
        {
            new EventTask(in one) { ContainerPid = 7, Pidns = 7 }.WriteTo(ref one);
            one.NetnsId = one.BytesSent = 7;
        }

        // Of counters and namespaces those of another event are left, to write fewer lines of the cache.
        var before = new TcpEvent { ContainerPid = 7, Pidns = 7, NetnsId = 7, BytesSent = 7, Sequence = 7, Duration = 7 };
        Chunks.AssertSame(expected, DecodeOver(before, broken, EventParts.Time));
    }

    /// <summary>Decodes into memory that has had another event.</summary>
    private static TcpEvent[] DecodeOver(TcpEvent before, byte[] raw, EventParts wanted)
    {
        var decoded = new TcpEvent[Events.Length];
        Array.Fill(decoded, before);
        new ChunkDecoder { Wanted = new WantedEvents { Parts = wanted } }.Decode(raw, decoded);
        return decoded;
    }

    [Fact]
    public void A_column_that_this_version_does_not_know_is_skipped()
    {
        var extended = Payloads.WithColumn(Raw, id: 200, encoding: 77, [1, 2, 3]);
        Chunks.AssertSame(Events, Chunks.Decode(extended, Events.Length));
    }

    [Fact]
    public void A_table_that_this_version_does_not_know_is_skipped()
    {
        var extended = Payloads.WithTable(Raw, rows: 12);
        Chunks.AssertSame(Events, Chunks.Decode(extended, Events.Length));
    }

    [Fact]
    public void Where_a_column_is_missing_its_values_are_zero()
    {
        var reduced = Payloads.WithoutColumn(Raw, (byte)ColumnId.SmoothedRtt);
        var expected = Events.ToArray();
        foreach (ref var one in expected.AsSpan())
        {
            one.SmoothedRtt = 0;
        }

        Chunks.AssertSame(expected, Chunks.Decode(reduced, Events.Length));
    }
}
