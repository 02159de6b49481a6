using CsCheck;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Tests.Figures;

public class ActivityTests
{
    /// <summary>A host's recording from one millisecond to another, the last included, without those from a pause's beginning to its end.
    /// </summary>
    private static readonly Gen<RecordedSpan> recordings = Gen.Select(Gen.ULong[0, 60], Gen.ULong[1, 40], Gen.ULong[0, 30], Gen.Int[0, 50]).Select((start, length, pause, offset) =>
    {
        var recording = new RecordedSpan { Start = start, End = start + length, WallOffset = offset };
        if (pause > 1)
        {
            recording.Pause(recording.End + pause);
            recording.Extend(recording.End + 5);
        }

        return recording;
    });

    /// <summary>Several of them, each with the connections that were recorded in it.</summary>
    private static readonly Gen<(RecordedSpan Recording, Connection[] Connections)[]> histories = recordings.SelectMany(recording =>
        Gen.Select(Instants(recording), Instants(recording), Gen.Enum<ConnectionEnding>(), Gen.Enum<ConnectionRole>(), Gen.Bool)
            .Select((one, other, ending, role, isLost) => new Connection
            {
                Opened = Math.Min(one, other),
                // Of one whose close may be lost, nobody knows how long it was open.
                Ended = ending == ConnectionEnding.Open && !isLost ? recording.End : Math.Max(one, other),
                Ending = ending,
                Role = role,
                HasCloser = ending is ConnectionEnding.Closed or ConnectionEnding.Reset,
            }).Array[0, 30].Select(connections => (recording, connections))).Array[1, 3];

    [Fact]
    public void Churn_metrics_and_the_count_of_charts_agree_with_a_count_at_every_instant() => histories.Sample(
        history =>
        {
            var spans = history.Select(one => one.Recording).ToArray();
            var (churn, metrics, time) = (new ConnectionChurn(10), new CaptureFigures(), new TimeLine());
            // What a chart counts in groups, and puts together.
            var (counted, group) = (new Activity(time), new Activity(time, 1 << 12));
            foreach (var (recording, connections) in history)
            {
                churn.Take(connections, recording);
                metrics.Take(connections, recording);
                time.Begin(recording);
                for (var i = 0; i < connections.Length; i++)
                {
                    (i % 2 == 0 ? counted : group).Add(in connections[i], recording);
                }
            }

            counted.Add(group);
            churn.End(spans);
            metrics.End(spans);
            var intervals = churn.Intervals().ToArray();
            var charted = counted.Intervals(new TimeGrid(intervals[0].Number, intervals.Length, 10), spans).ToArray();

            // By instants: where they are recorded, and what is open then.
            var all = history.SelectMany(one => one.Connections.Select(connection => (
                Opened: (long)time.At(connection.Opened, one.Recording), Ended: (long)time.At(connection.Ended, one.Recording), connection.Ending))).Where(one => one.Ending != ConnectionEnding.Failed).ToArray();
            var recorded = spans.SelectMany(span => Stretches(span).SelectMany(of => Enumerable.Range((int)time.At(of.From, span), (int)(of.To - of.From) + 1))).Order().Distinct().ToArray();
            long OpenAt(long instant) => all.Count(one => one.Opened <= instant && (one.Ended > instant || (one.Ending == ConnectionEnding.Open && one.Ended == instant)));
            var instants = Enumerable.Range((int)intervals[0].Number * 10, intervals.Length * 10).GroupBy(instant => (long)Math.Floor(instant / 10.0)).ToArray();

            Assert.Equal(instants.Select(interval => interval.Max(instant => OpenAt(instant))), charted.Select(interval => interval.Peak));
            Assert.Equal(
                instants.Select(interval => OpenAt(interval.Where(instant => Array.BinarySearch(recorded, instant) >= 0).DefaultIfEmpty(interval.Last()).Last())),
                intervals.Select(interval => interval.Active));
            Assert.Equal(
                intervals.Select(of => (of.Opened, of.Accepted, of.Closed, of.Failed, of.Active)),
                charted.Select(of => (of.Opened, of.Accepted, of.Closed, of.Failed, of.Active)));
            Assert.Equal((charted.Max(of => of.Peak), intervals[^1].Active), counted.Count(spans));
            Assert.Equal(counted.Count(spans), (metrics.ActiveMax, metrics.ActiveEnd));
        },
        iter: 2000);

    [Fact]
    public void However_many_there_are_counts_stay_exact_and_peaks_are_never_too_high() => Gen.Select(
            Gen.ULong[0, 1_000_000_000], Gen.ULong[0, 1_000_000_000], Gen.Enum<ConnectionEnding>(), Gen.Enum<ConnectionRole>(),
            (opened, length, ending, role) => new Connection
            {
                Opened = opened,
                Ended = ending == ConnectionEnding.Open ? 2_000_000_000 : opened + length,
                Ending = ending,
                Role = role,
                HasCloser = ending is ConnectionEnding.Closed or ConnectionEnding.Reset,
            }).Array[1, 6000].Sample(
        all =>
        {
            var recording = new RecordedSpan { Start = 0, End = 2_000_000_000 };
            var time = new TimeLine();
            var (exact, coarse, half, churn) = (new Activity(time), new Activity(time, 300), new Activity(time, 200), new ConnectionChurn(50_000_000));
            churn.Take(all, recording);
            churn.End([recording]);
            for (var i = 0; i < all.Length; i++)
            {
                exact.Add(in all[i], recording);
                (i % 2 == 0 ? coarse : half).Add(in all[i], recording);
            }

            coarse.Add(half);
            var grid = new TimeGrid(time.Range([recording]), Math.Max(100, coarse.Length), 41);

            Assert.Equal(50_000_000, grid.Length);
            Assert.Equal(1, exact.Length);
            Assert.Equal(
                churn.Intervals().Select(of => (of.Opened, of.Accepted, of.Closed, of.Failed, of.Active)),
                coarse.Intervals(grid, [recording]).Select(of => (of.Opened, of.Accepted, of.Closed, of.Failed, of.Active)));
            Assert.All(
                exact.Intervals(grid, [recording]).Zip(coarse.Intervals(grid, [recording])),
                pair => Assert.InRange(pair.Second.Peak, pair.Second.Active, pair.First.Peak));
            Assert.Equal(exact.Count([recording]).End, coarse.Count([recording]).End);
        },
        iter: 200);

    [Fact]
    public void The_order_in_which_connections_come_makes_no_difference() => Gen.Shuffle(
        Enumerable.Range(0, 2000).Select(i => new Connection { Opened = (ulong)i * 7919, Ended = ((ulong)i * 7919) + 50_000, Ending = ConnectionEnding.Closed }).ToArray()).Sample(
        all =>
        {
            var recording = new RecordedSpan { Start = 0, End = 20_000_000 };
            var (activity, sorted) = (new Activity(new TimeLine(), 500), new Activity(new TimeLine(), 500));
            foreach (var connection in all)
            {
                activity.Add(in connection, recording);
            }

            foreach (var connection in all.OrderBy(one => one.Opened))
            {
                sorted.Add(in connection, recording);
            }

            Assert.Equal((sorted.Length, sorted.Count([recording])), (activity.Length, activity.Count([recording])));
        },
        iter: 20);

    [Theory]
    [InlineData(0, 250, 10_000, 250, 10_000, 1)]
    [InlineData(0, 2_500_000, 10_000, 250, 20_000, 126)]
    [InlineData(0, 2_500_000, 20_000, 100, 100_000, 26)]
    [InlineData(-5, 1_000_000_000, 10_000, 250, 5_000_000, 202)]
    [InlineData(0, 59_000_000_000, 10_000, 100, 1_000_000_000, 60)]
    [InlineData(7_000_000_000, 607_000_000_000, 10_000, 100, 10_000_000_000, 61)]
    [InlineData(0, 3_600_000_000_000, 10_000, 100, 60_000_000_000, 61)]
    [InlineData(0, 3_600_000_000_000, 20_000_000_000, 16, 300_000_000_000, 13)]
    [InlineData(0, 604_800_000_000_000, 10_000, 100, 7_200_000_000_000, 85)]
    [InlineData(0, 31_536_000_000_000_000, 10_000, 100, 432_000_000_000_000, 74)]
    public void A_grid_has_round_intervals(long from, long to, long least, int most, long length, int count)
    {
        var grid = new TimeGrid((from, to), least, most);

        Assert.Equal((length, count), (grid.Length, grid.Count));
        Assert.Equal((0, count - 1), (grid.NumberOf(from), grid.NumberOf(to)));
    }

    [Fact]
    public void Cells_grow_by_whole_numbers_to_lengths_that_people_count_in()
    {
        for (var length = 1L; length < 50_000 * RoundTimes.Day; length = RoundTimes.Grown(length))
        {
            Assert.Equal(0, RoundTimes.Grown(length) % length);
            Assert.Equal(0, RoundTimes.AtLeast(length, length) % length);
        }
    }

    [Fact]
    public void A_line_of_time_may_begin_at_the_midnight_of_a_zone()
    {
        // 2026-03-14 23:55:07 UTC; half past five hours ahead that is the day after.
        var recording = new RecordedSpan { Start = 1_000, End = 2_000, WallOffset = 1_773_532_507_000_000_000 - 1_000 };
        var (utc, india) = (new TimeLine(TimeZoneInfo.Utc), new TimeLine(TimeZoneInfo.CreateCustomTimeZone("x", TimeSpan.FromHours(5.5), "x", "x")));

        Assert.Equal((23 * 3600) + (55 * 60) + 7, (long)(utc.At(1_000, recording) / RoundTimes.Second));
        Assert.Equal((5 * 3600) + (25 * 60) + 7, (long)(india.At(1_000, recording) / RoundTimes.Second));
        Assert.Equal(utc.At(1_000, recording), utc.Start);
        Assert.Equal(0, new TimeLine(TimeZoneInfo.Utc).At(1_000, new RecordedSpan { Start = 1_000, End = 2_000 }));
    }

    private static Gen<ulong> Instants(RecordedSpan span) => Gen.OneOf(
        Stretches(span).SelectMany(of => Enumerable.Range((int)of.From, (int)(of.To - of.From) + 1)).Select(instant => (ulong)instant).ToArray());

    private static IEnumerable<(ulong From, ulong To)> Stretches(RecordedSpan span)
    {
        var from = span.Start;
        foreach (var pause in span.Pauses)
        {
            yield return (from, pause.From);
            from = pause.To;
        }

        yield return (from, span.End);
    }
}
