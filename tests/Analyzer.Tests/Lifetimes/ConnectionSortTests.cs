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
            Sort("lifetime", limit, connections)));

    [Fact]
    public void The_earliest_come_first() => Gen.Select(any, Gen.ULong[1, 60]).Sample((connections, limit) =>
        Assert.Equal(
            connections.OrderBy(connection => connection.Opened).Take((int)limit).Select(connection => connection.PeerPort),
            Sort("opened", limit, connections)));

    [Theory]
    [InlineData("lifetime", "3 1 2")]
    [InlineData("-lifetime", "2 1 3")]
    [InlineData("opened", "1 3 2")]
    [InlineData("-opened", "2 3 1")]
    [InlineData("rport", "1 2 3")]
    [InlineData("process", "2 1 3")]
    [InlineData("-comm", "3 1 2")]
    [InlineData("peer", "3 2 1")]
    [InlineData("service", "3 2 1")]
    [InlineData("rtt", "1 3 2")]
    [InlineData("-rtt", "3 1 2")]
    [InlineData("container", "1 2 3")]
    [InlineData("ending", "1 3 2")]
    public void Any_field_makes_an_order_and_a_dash_turns_it_round(string field, string ports) => Assert.Equal(ports, string.Join(' ', Sort(
        field,
        10,
        [
            Ends.Client("b", "10.0.0.10", 1, 10, 20) with { SmoothedRtt = 9 },
            Ends.Client("a", "10.0.0.9", 2, 30, 10).StillOpen() with { Ended = 40 },
            Ends.Client("c", "9.0.0.10", 3, 20, 30) with { SmoothedRtt = 5 },
        ])));

    [Fact]
    public void What_is_no_field_is_told() => Assert.Equal(
        "there is no field 'lifetme'; did you mean lifetime?", Assert.Throws<FormatException>(() => ConnectionOrders.Parse("-lifetme")).Message);

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

    private static IEnumerable<ushort> Sort(string order, ulong limit, Connection[] connections) =>
        Sort(sink => new ConnectionSort(ConnectionOrders.Parse(order), limit, sink), connections);

    private static IEnumerable<ushort> Sort(Func<IConnectionSink, ConnectionSort> create, Connection[] connections)
    {
        var sink = new ConnectionList();
        var sort = create(sink);
        sort.Take(connections, Ends.Recording);
        sort.End();
        return sink.Connections.Select(connection => connection.PeerPort);
    }
}
