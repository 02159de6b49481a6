using CsCheck;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Tests.Connections;

namespace TraceCap.Analyzer.Tests.Lifetimes;

public sealed class ConnectionSortTests
{
    private static readonly Gen<Connection[]> any = Gen.Select(Gen.ULong[0, 3], Gen.ULong[0, 3], Gen.UShort).Array[0, 50]
        .Select(values => values.Select(value => Ends.Client("a", "10.0.0.2", value.Item3, value.Item1, value.Item2)).ToArray());

    [Fact]
    public void The_longest_come_first_and_equal_ones_as_they_ended() => Gen.Select(any, Gen.ULong[1, 60]).Sample((connections, limit) =>
        Assert.Equal(
            connections.OrderByDescending(connection => connection.Lifetime).Take((int)limit).Select(connection => connection.PeerPort),
            Sort(ConnectionOrder.Lifetime, limit, connections)));

    [Fact]
    public void The_earliest_come_first() => Gen.Select(any, Gen.ULong[1, 60]).Sample((connections, limit) =>
        Assert.Equal(
            connections.OrderBy(connection => connection.Opened).Take((int)limit).Select(connection => connection.PeerPort),
            Sort(ConnectionOrder.Opened, limit, connections)));

    [Fact]
    public void What_waits_in_a_file_comes_in_the_same_order() => Gen.Select(any, Gen.ULong[1, 60], Gen.Int[1, 20]).Sample((connections, limit, most) =>
        Assert.Equal(
            connections.OrderBy(connection => connection.Lifetime).Take((int)limit).Select(connection => connection.PeerPort),
            Sort(sink => new ConnectionSort((in one, _, in other, _) => one.Lifetime.CompareTo(other.Lifetime), limit, sink, most), connections)));

    [Fact]
    public void Each_stays_with_what_it_was_recorded_in()
    {
        var sink = new ConnectionList();
        var other = new RecordedSpan { Start = 7 };
        var sort = new ConnectionSort((in one, _, in other, _) => one.Opened.CompareTo(other.Opened), ulong.MaxValue, sink, most: 2);
        sort.Take([Ends.Client("a", "10.0.0.2", 1, 4, 9), Ends.Client("a", "10.0.0.2", 2, 1, 9)], Ends.Recording);
        sort.Take([Ends.Client("a", "10.0.0.2", 3, 3, 9), Ends.Client("a", "10.0.0.2", 4, 2, 9)], other);
        sort.End();
        Assert.Equal([(2, Ends.Recording), (4, other), (3, other), (1, Ends.Recording)], sink.Items.Select(item => ((int)item.Connection.PeerPort, item.Recording)));
    }

    private static IEnumerable<ushort> Sort(ConnectionOrder order, ulong limit, Connection[] connections) =>
        Sort(sink => new ConnectionSort(order, limit, sink), connections);

    private static IEnumerable<ushort> Sort(Func<IConnectionSink, ConnectionSort> create, Connection[] connections)
    {
        var sink = new ConnectionList();
        var sort = create(sink);
        sort.Take(connections, Ends.Recording);
        sort.End();
        return sink.Connections.Select(connection => connection.PeerPort);
    }
}
