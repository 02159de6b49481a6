using CsCheck;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Analyzer.Rolling;
using TraceCap.Analyzer.Tests.Connections;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Analyzer.Tests.Rolling;

public sealed class RollingTests
{
    private const int Cell = 100;
    private const int Cells = 4;
    private const ulong End = 20 * Cell;

    private static readonly RollingSteps steps = new(Cell, Cells, 1);
    private static readonly RecordedSpan recording = new() { Start = 0, End = End };

    private static readonly Gen<Connection> any = Gen.Select(Gen.ULong[0, End - 1], Gen.ULong[0, End - 1], Gen.Int[0, 5], Gen.Bool, Gen.Int[0, 9]).Select((one, other, kind, server, name) =>
    {
        var connection = Ends.Client($"p{name}", "10.0.0.2", 80, Math.Min(one, other), Math.Max(one, other) - Math.Min(one, other)) with
        {
            BytesSent = 100 + (ulong)name,
            BytesAcked = 100 + (ulong)name,
            BytesReceived = 7,
            Duration = one + 1,
        };
        connection.Role = server ? ConnectionRole.Server : ConnectionRole.Client;
        return kind switch
        {
            0 => connection.StillOpen() with { Ended = End },
            1 => connection.FailedWith(111),
            2 => connection with { IsPreexisting = true, Role = ConnectionRole.Unknown, Opened = 0 },
            3 => connection with { Ending = ConnectionEnding.Reset, State = Connection.StateClose },
            4 => connection with { Ending = ConnectionEnding.Unseen, HasCloser = false, BytesSent = 0, BytesAcked = 0, BytesReceived = 0 },
            _ => connection,
        };
    });

    [Fact]
    public void A_window_has_what_happened_in_it_and_what_is_open_at_its_end() => any.Array[1, 60].Sample(connections =>
    {
        var window = new RollingWindow(steps, [GroupBy.Process]);
        // They become known in any order, some long after; a window is looked at and let go meanwhile.
        window.Take(connections, recording);
        for (var last = 0L; last < 20; last++)
        {
            var (from, to) = ((ulong)Math.Max(0, last + 1 - Cells) * Cell, (ulong)(last + 1) * Cell);
            var beside = window.Beside();
            var rows = window.Rows(last, beside).Single();
            Assert.False(rows.HasRest);
            var all = window.All(last, beside);
            Assert.Equal(Expected(connections, from, to), Shown(all.Row));
            Assert.Equal(Expected(connections, 0, to) with { Open = 0 }, Shown(all.Row with { Counts = all.SinceBegin, Open = 0 }) with { Median = Expected(connections, 0, to).Median });
            foreach (var group in connections.GroupBy(connection => connection.Opener.Comm.ToString()))
            {
                var expected = Expected([.. group], from, to);
                var row = rows.Rows.SingleOrDefault(row => row.Name == group.Key);
                Assert.Equal(expected, row is null ? default : Shown(row));
            }

            window.LetGo(last);
        }
    });

    [Fact]
    public void What_is_too_much_is_together_and_nothing_is_left_out_or_told_twice() => any.Array[1, 80].Sample(connections =>
    {
        var window = new RollingWindow(steps, [GroupBy.Process], most: 3);
        var beside = window.Beside();
        window.Take(connections.AsSpan(..(connections.Length / 2)), recording);
        beside.Take(connections.AsSpan((connections.Length / 2)..), recording);
        for (var last = 0L; last < 20; last++)
        {
            var rows = window.Rows(last, beside).Single().Rows;
            Assert.True(window.Remembered <= 3);
            var all = window.All(last, beside).Row;
            Assert.Equal(all.Open, rows.Sum(row => row.Open));
            Assert.Equal(all.Counts.Opened, rows.Sum(row => row.Counts.Opened));
            Assert.Equal(all.Counts.Closed, rows.Sum(row => row.Counts.Closed));
            Assert.Equal(all.Counts.Failed, rows.Sum(row => row.Counts.Failed));
            var to = (ulong)(last + 1) * Cell;
            foreach (var row in rows.Where(row => row.Key is not null))
            {
                var whole = Expected([.. connections.Where(connection => connection.Opener.Comm.ToString() == row.Name)], (ulong)Math.Max(0, last + 1 - Cells) * Cell, to);
                Assert.InRange(row.Open, 0, whole.Open);
                Assert.InRange(row.Counts.Opened, 0, whole.Opened);
            }
        }
    });

    [Fact]
    public void A_group_of_which_nothing_is_left_is_forgotten()
    {
        var window = new RollingWindow(steps, [GroupBy.Process, GroupBy.Peer]);
        for (var number = 0ul; number < 10_000; number++)
        {
            window.Take([Ends.Client($"p{number}", $"10.0.{number / 256}.{number % 256}", 80, number * Cell, 1)], recording);
            window.LetGo((long)number);
            Assert.InRange(window.Remembered, 0, 2 * (Cells + 1));
        }

        Assert.Equal(10_000, window.All(9_999, window.Beside()).SinceBegin.Opened);
    }

    [Theory]
    [InlineData("10s", "1s", 250, 40, 4)]
    [InlineData("10s", "3s", 250, 40, 12)]
    [InlineData("1s", "100ms", 50, 20, 2)]
    [InlineData("10m", "1s", 1000, 600, 1)]
    [InlineData("1s", "1s", 250, 4, 4)]
    public void Windows_and_steps_are_whole_cells(string window, string step, int cell, int windowCells, int stepCells)
    {
        Assert.Equal(new RollingSteps(cell * 1_000_000L, windowCells, stepCells), RollingSteps.Of(Length(window), Length(step)));
    }

    [Fact]
    public void Too_many_cells_are_refused() => Assert.Contains("1000 parts", Assert.Throws<FormatException>(() => RollingSteps.Of(Length("10h"), Length("1ms"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Tables_are_those_of_the_time_that_was_read_and_the_last_is_of_the_end()
    {
        const ulong Second = 1_000_000_000;
        var file = new MemoryStream();
        var writer = new CaptureWriter(file, new CaptureHeader { Start = new ClockAnchor(10 * Second, 10 * Second, 1_000 * Second), Host = "h" });
        for (var number = 0ul; number < 5; number++)
        {
            var at = (10 * Second) + (number * Second) + 1;
            writer.Append(new TcpEvent { Type = TcpEventType.Connect, Timestamp = at, Connection = number + 1, IpVersion = 4, LocalPort = 1, PeerPort = 80, Duration = 500 });
            writer.Append(new TcpEvent { Type = TcpEventType.Close, Timestamp = at + (Second / 2), Connection = number + 1, IpVersion = 4, LocalPort = 1, PeerPort = 80, State = 1 });
        }

        writer.Complete("end", new ClockAnchor((14 * Second) + (Second * 3 / 4), (14 * Second) + (Second * 3 / 4), 1_004 * Second));
        var tables = Tables(file.ToArray(), RollingSteps.Of((long)(2 * Second), (long)Second));
        Assert.Equal([1, 2, 3, 4, 4.75], tables.Select(table => table.Elapsed));
        Assert.Equal([1, 2, 2, 2, 1.75], tables.Select(table => table.Seconds));
        Assert.Equal([1, 2, 2, 2, 2], tables.Select(table => table.All.Counts.Opened));
        Assert.Equal(5, tables[^1].SinceBegin.Opened);
        Assert.All(tables, table => Assert.Equal(0, table.All.Open));
        Assert.Equal(1_001 * Second, tables[0].Time);
        Assert.Equal([1, 1, 1, 1, 1], tables[^1].New);
        Assert.Equal("h  1970-01-01 00:16:41.0Z  +1.0 s", RollingText.When(tables[0], TimeZoneInfo.Utc));
        Assert.Equal("no events lost", RollingText.Losses(tables[0]));
    }

    /// <summary>A chunk may promise less than it has: what comes later may be earlier than some of its events. Neither a table nor an interval of churn is
    /// complete before that.</summary>
    [Fact]
    public void What_is_held_back_is_waited_for()
    {
        const ulong Second = 1_000_000_000;
        var file = new MemoryStream();
        var writer = new CaptureWriter(file, new CaptureHeader { Start = new ClockAnchor(0, 0, 0) });
        for (var number = 1ul; number <= 40; number++)
        {
            writer.Append(new TcpEvent { Type = TcpEventType.Connect, Timestamp = number * Second / 4, Connection = number, IpVersion = 4, LocalPort = 1, PeerPort = 80 });
            if (number % 10 == 0)
            {
                writer.Watermark = (number - 6) * Second / 4;
                writer.CloseChunk();
            }
        }

        writer.Complete("end", new ClockAnchor(12 * Second, 12 * Second, 12 * Second));
        var tables = Tables(file.ToArray(), RollingSteps.Of((long)Second, (long)Second));
        Assert.Equal([3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 1, 0], tables.Select(table => table.All.Counts.Opened));

        var churn = new ConnectionChurn(Second);
        var feed = new ConnectionFeed(churn, new ConnectionFilter());
        var growing = new GrowingChurn(churn, feed);
        var opened = new List<long>();
        foreach (var _ in feed.Blocks(new EventStream(CaptureReader.Open(new MemoryStream(file.ToArray())))))
        {
            opened.AddRange(growing.TakeComplete().Select(interval => interval.Opened));
        }

        feed.End();
        opened.AddRange(growing.TakeRest().Select(interval => interval.Opened));
        Assert.Equal(tables.Select(table => table.All.Counts.Opened), opened.Take(12));
    }

    /// <summary>Any file is read, whatever times it tells; tables of times that nobody waits for can be passed over.</summary>
    [Fact]
    public void Any_times_are_counted() => AnyCaptures.Sample(
        (file, filter) =>
        {
            foreach (var table in Tables(file, RollingSteps.Of(10_000_000_000, 1_000_000_000), filter))
            {
                Assert.True(table.Seconds >= 0);
                Assert.All(table.Groups, groups => Assert.All(groups.Rows, row => Assert.True(row.Open >= 0)));
                RollingText.Format(table, table.Groups[0], RollingOrder.Usual, int.MaxValue, 80, TimeZoneInfo.Utc, isAscii: false);
            }
        },
        200);

    [Fact]
    public void Rows_are_sorted_and_those_without_a_figure_come_last()
    {
        RollingRow[] rows = [Row("a", 1, 0), Row("b", 3, 5), Row("c", 2, 1), new(null, "(smaller ones)", 9, new RollingCounts())];
        Assert.Equal("b c a (smaller ones)", Names(RollingOrder.Parse("open")));
        Assert.Equal("a c b (smaller ones)", Names(RollingOrder.Parse("-open")));
        Assert.Equal("b c a (smaller ones)", Names(RollingOrder.Usual));
        Assert.Contains("did you mean failed", Assert.Throws<FormatException>(() => RollingOrder.Parse("faild")).Message, StringComparison.Ordinal);

        string Names(RollingOrder order) => string.Join(' ', order.Sort(rows, 1).Select(row => row.Name));
    }

    [Theory]
    [InlineData(40, "new failed")]
    [InlineData(52, "open new failed")]
    [InlineData(80, "open new failed closed connect.p99 bytes")]
    [InlineData(200, "open new failed closed connect.p50 connect.p99 bytes reset opened accepted sent received")]
    [InlineData(0, "open new failed closed connect.p50 connect.p99 bytes reset opened accepted sent received")]
    public void Columns_go_in_their_order_and_lines_fit(int width, string shown)
    {
        var layout = RollingLayout.Of(GroupBy.Service, ["[2001:db8:1234:5678:9abc:def0:1234:5678]:65535"], width);
        Assert.Equal(shown, string.Join(' ', layout.Columns.Select(column => column.Name)));
        Assert.Equal(RollingColumn.All.Count, layout.Columns.Count + layout.Hidden.Count);
        Assert.True(width == 0 || 2 + layout.NameWidth + layout.Columns.Sum(column => 2 + column.Width) <= width);
    }

    /// <summary>An address is worth more than how many are open; the short name of a process leaves room for both.</summary>
    [Theory]
    [InlineData("worker", "open new failed")]
    [InlineData("10.77.0.2:5432", "new failed")]
    public void On_a_narrow_terminal_names_stay_whole(string name, string shown)
    {
        var layout = RollingLayout.Of(GroupBy.Process, [name], 40);
        Assert.Equal(shown, string.Join(' ', layout.Columns.Select(column => column.Name)));
        Assert.InRange(name.Length, 1, layout.NameWidth);
    }

    private static RollingRow Row(string name, long open, int opened)
    {
        var counts = new RollingCounts();
        for (var i = 0; i < opened; i++)
        {
            counts.Open(Ends.Client(name, "10.0.0.2", 80, 0, 1));
        }

        return new RollingRow(new GroupKey { Comm = new ThreadName(name) }, name, open, counts);
    }

    private static List<RollingTable> Tables(byte[] file, RollingSteps of, ConnectionFilter? filter = null)
    {
        var window = new RollingWindow(of, [GroupBy.Process]);
        var feed = new ConnectionFeed(window, filter ?? new ConnectionFilter());
        var run = new RollingRun(window, feed);
        var tables = new List<RollingTable>();
        foreach (var _ in feed.Blocks(new EventStream(CaptureReader.Open(new MemoryStream(file)))))
        {
            TakeDue();
        }

        feed.End();
        run.End();
        TakeDue();
        tables.AddRange(run.TakeLast() is { } last ? [last] : []);
        return tables;

        void TakeDue()
        {
            while (run.Due > 0)
            {
                if (run.Due > 100)
                {
                    run.Skip();
                }

                tables.Add(run.Take());
            }
        }
    }

    private static long Length(string text) => Format.Units.Durations.TryParse(text, out TimeSpan time) ? time.Ticks * 100 : throw new FormatException(text);

    private static Figures Shown(RollingRow row) => new(
        row.Open, row.Counts.Opened, row.Counts.Accepted, row.Counts.Failed, row.Counts.Closed, row.Counts.Reset, row.Counts.Sent, row.Counts.Received, row.Counts.ConnectTimes?.At(0.5)?.Nanoseconds ?? 0);

    private static Figures Expected(Connection[] connections, ulong from, ulong to)
    {
        var established = connections.Where(one => one.Ending != ConnectionEnding.Failed).ToArray();
        var ended = established.Where(one => one.Ending != ConnectionEnding.Open && Within(one.Ended)).ToArray();
        var opened = established.Where(one => !one.IsPreexisting && Within(one.Opened)).ToArray();
        var times = new LifetimeHistogram();
        foreach (var one in opened.Where(one => one.ConnectTime > 0))
        {
            times.Add(one.ConnectTime, isCensored: false);
        }

        return new Figures(
            established.Count(one => one.Opened < to && (one.Ending == ConnectionEnding.Open || one.Ended >= to)),
            opened.Count(one => one.Role == ConnectionRole.Client),
            opened.Count(one => one.Role == ConnectionRole.Server),
            connections.Count(one => one.Ending == ConnectionEnding.Failed && Within(one.Ended)),
            ended.Count(one => one.Ending != ConnectionEnding.Unseen),
            ended.Count(one => one.Ending == ConnectionEnding.Reset),
            ended.Aggregate(0ul, (sum, one) => sum + one.PayloadSent),
            ended.Aggregate(0ul, (sum, one) => sum + one.PayloadReceived),
            times.At(0.5)?.Nanoseconds ?? 0);

        bool Within(ulong time) => time >= from && time < to;
    }

    private readonly record struct Figures(
        long Open, long Opened, long Accepted, long Failed, long Closed, long Reset, ulong Sent, ulong Received, ulong Median);
}
