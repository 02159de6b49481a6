using CsCheck;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Analyzer.Tests.Connections;

namespace TraceCap.Analyzer.Tests.Churn;

public sealed class ConnectionChurnTests
{
    private const ulong Every = 10;

    private static readonly Gen<Connection> any = Gen.Select(Gen.ULong[0, 99], Gen.ULong[0, 99], Gen.Int[0, 3], Gen.Bool).Select((one, other, kind, server) =>
    {
        var connection = Ends.Client("a", "10.0.0.2", 80, Math.Min(one, other), Math.Max(one, other) - Math.Min(one, other));
        connection.Role = server ? ConnectionRole.Server : ConnectionRole.Client;
        return kind switch
        {
            0 => connection.StillOpen() with { Ended = 99 },
            1 => connection.FailedWith(111),
            2 => connection with { IsPreexisting = true, Role = ConnectionRole.Unknown, Opened = 0 },
            _ => connection,
        };
    });

    [Fact]
    public void Intervals_count_what_happens_in_them_and_what_is_open_at_their_ends() => any.Array[1, 60].Sample(connections =>
    {
        var recording = new RecordedSpan { Start = 0, End = 99 };
        var churn = new ConnectionChurn(Every);
        churn.Take(connections, recording);
        churn.End([recording]);
        var intervals = churn.Intervals().ToArray();

        Assert.Equal(10, intervals.Length);
        foreach (var interval in intervals)
        {
            var (from, to) = ((ulong)interval.Number * Every, ((ulong)interval.Number + 1) * Every);
            bool Within(ulong time) => time >= from && time < to;
            var established = connections.Where(connection => connection.Ending != ConnectionEnding.Failed).ToArray();
            Assert.Equal(
                (established.Count(one => Within(one.Opened) && one.Role == ConnectionRole.Client),
                    established.Count(one => Within(one.Opened) && one.Role == ConnectionRole.Server),
                    established.Count(one => Within(one.Ended) && one.HasCloser),
                    connections.Count(one => Within(one.Ended) && one.Ending == ConnectionEnding.Failed),
                    established.Count(one => one.Opened < to && (one.Ended >= to || one.Ending == ConnectionEnding.Open))),
                (interval.Opened, interval.Accepted, interval.Closed, interval.Failed, interval.Active));
        }
    });

    [Fact]
    public void Recordings_of_several_hosts_are_on_one_line_of_time()
    {
        var one = new RecordedSpan { Start = 1_000, End = 1_019, WallOffset = 5_000 };
        var earlier = new RecordedSpan { Start = 100, End = 109, WallOffset = 5_880 };
        var churn = new ConnectionChurn(Every);
        churn.Take([Ends.Client("a", "10.0.0.2", 80, 1_015, 1)], one);
        churn.Take([Ends.Client("a", "10.0.0.2", 80, 100, 1)], earlier);
        churn.End([one, earlier]);

        Assert.Equal([(-2, 1), (-1, 0), (0, 0), (1, 1)], churn.Intervals().Select(interval => (interval.Number, interval.Opened)));
        Assert.Equal(4, churn.IntervalCount);
    }

    [Fact]
    public void A_bar_is_as_long_as_there_were_new_connections_and_only_where_there_is_room()
    {
        var recording = new RecordedSpan { Start = 0, End = 39 };
        var churn = new ConnectionChurn(Every);
        foreach (var count in new[] { 8, 4, 1 }.Index())
        {
            churn.Take([.. Enumerable.Repeat(Ends.Client("a", "10.0.0.2", 80, (ulong)count.Index * Every, 1), count.Item)], recording);
        }

        churn.End([recording]);
        string[] Lines(int width)
        {
            var output = new MemoryStream();
            ChurnText.Write(output, churn, width);
            return System.Text.Encoding.UTF8.GetString(output.ToArray()).Split('\n');
        }

        Assert.Equal(["0.00000000        8        0        8        0        0", "0.00000001        4        0        4        0        0"], Lines(0)[1..3]);
        Assert.Equal([new string('█', 16), new string('█', 8), "██", ""], Lines(79)[1..5].Select(line => line[55..].Trim()));
        Assert.Equal("TIME(s)      OPENED ACCEPTED   CLOSED   FAILED   ACTIVE", Lines(70)[0]);
        Assert.Equal("TIME(s)      OPENED   FAILED", Lines(40)[0]);
        Assert.All(new[] { 80, 79, 70, 60, 40 }, width => Assert.All(Lines(width), line => Assert.InRange(line.Length, 0, width)));
    }

    [Fact]
    public void Without_connections_there_are_zeros_and_gaps_are_marked()
    {
        var churn = new ConnectionChurn(Every);
        var recording = new RecordedSpan { Start = 0, End = 9 };
        recording.Pause(30);
        recording.Extend(35);
        churn.Take([], recording);
        churn.End([recording]);
        Assert.Equal([(0L, 0L, true), (1, 0, true), (2, 0, true), (3, 0, false)], churn.Intervals().Select(of => (of.Number, of.Opened, of.IsPaused)));
    }
}
