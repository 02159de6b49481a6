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

    private static IEnumerable<ushort> Sort(ConnectionOrder order, ulong limit, Connection[] connections)
    {
        var sink = new ConnectionList();
        var sort = new ConnectionSort(order, limit, sink);
        sort.Take(connections, Ends.Recording);
        sort.End();
        return sink.Connections.Select(connection => connection.PeerPort);
    }
}
