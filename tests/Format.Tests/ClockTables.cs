using CsCheck;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Tests;

public class ClockTables
{
    [Fact]
    public void A_timestamp_goes_by_the_last_anchor_that_is_not_after_it_in_whatever_order_they_came() =>
        Gen.Select(Gen.ULong[0, 50].Array[1, 20], Gen.ULong[0, 60]).Sample((times, at) =>
        {
            var anchors = times.Select((time, i) => new ClockAnchor(time, 0, (ulong)i)).ToArray();
            var table = new ClockTable.Builder();
            table.AddRange(anchors);
            var clocks = table.Clocks;
            var sorted = anchors.OrderBy(anchor => anchor.Monotonic).ToArray();
            return clocks.Anchors.SequenceEqual(sorted)
                && clocks.At(at) == sorted.Where(anchor => anchor.Monotonic <= at).DefaultIfEmpty(anchors[0]).Last()
                && clocks.WallClock(at) == unchecked(at + (ulong)clocks.At(at)!.Value.WallOffset);
        });

    [Fact]
    public void An_anchor_counts_for_no_event_that_stands_before_it_and_the_first_for_all_before_it_unless_there_are_such()
    {
        var table = new ClockTable.Builder();
        table.Pass(30);
        table.Add(new ClockAnchor(10, 0, 1_010));
        table.Add(new ClockAnchor(50, 0, 2_050));
        Assert.Equal([null, null, 1_031ul, 2_050ul], new ulong[] { 5, 30, 31, 50 }.Select(table.Clocks.WallClock));
        table.Pass(ulong.MaxValue);
        table.Add(new ClockAnchor(60, 0, 0));
        Assert.Equal(2, table.Clocks.Anchors.Count);
    }

    [Fact]
    public void Runs_are_all_events_in_order_each_with_the_anchor_of_its_events() =>
        Gen.Select(Gen.ULong[0, 50].Array[0, 10], Gen.ULong[0, 60].Array[0, 40]).Sample((anchors, times) =>
        {
            var table = new ClockTable.Builder();
            table.AddRange(anchors.Select((time, i) => new ClockAnchor(time, 0, (ulong)i)));
            var events = times.Select(time => new TcpEvent { Timestamp = time }).ToArray();
            var taken = new List<ulong>();
            for (ReadOnlySpan<TcpEvent> left = events; !left.IsEmpty;)
            {
                var anchor = table.Clocks.TakeRun(ref left, out var run);
                foreach (ref readonly var one in run)
                {
                    Assert.Equal(table.Clocks.At(one.Timestamp), anchor);
                    taken.Add(one.Timestamp);
                }
            }

            Assert.Equal(times, taken);
        });

    [Fact]
    public void What_was_given_out_stays_as_it_is() =>
        Gen.ULong[0, 50].Array[1, 40].Array[1, 4].Sample(rounds =>
        {
            var table = new ClockTable.Builder();
            var given = new List<(ClockTable Clocks, ClockAnchor[] Copy)>();
            foreach (var times in rounds)
            {
                table.AddRange(times.Select((time, i) => new ClockAnchor(time, 0, (ulong)i)));
                given.Add((table.Clocks, [.. table.Clocks.Anchors]));
            }

            Assert.All(given, each => Assert.Equal(each.Copy, each.Clocks.Anchors));
        });

    [Fact]
    public void A_full_table_keeps_the_steps_and_forgets_the_drift()
    {
        const long Step = 3_600_000_000_000;
        var table = new ClockTable.Builder();
        for (var minute = 0L; minute < 1_000_000; minute++)
        {
            var time = minute * 60_000_000_000;
            table.Add(new ClockAnchor((ulong)time, 0, (ulong)(time + (minute / 300_000 * Step) + minute)));
        }

        Assert.InRange(table.Clocks.Anchors.Count, 2, ClockTable.MaxAnchors);
        Assert.Equal(0ul, table.Clocks.Anchors[0].Monotonic);
        Assert.Equal(999_999ul * 60_000_000_000, table.Clocks.Anchors[^1].Monotonic);
        for (var minute = 0L; minute < 1_000_000; minute += 99)
        {
            var time = minute * 60_000_000_000;
            var exact = time + (minute / 300_000 * Step) + minute;
            Assert.InRange((long)table.Clocks.WallClock((ulong)time)!.Value, exact - 1_000_000, exact);
        }
    }

    [Fact]
    public void Anchors_that_all_differ_as_much_as_they_can_are_bounded_too()
    {
        var random = new Random(1);
        var table = new ClockTable.Builder();
        for (var i = 0ul; i < 100_000; i++)
        {
            table.Add(new ClockAnchor((ulong)random.NextInt64(), 0, (ulong)random.NextInt64()));
            Assert.InRange(table.Clocks.Anchors.Count, 1, ClockTable.MaxAnchors);
        }
    }
}
