using CsCheck;
using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Info;
using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Output.Html;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Analyzer.Tests.Connections;
using TraceCap.Format.Reading;

namespace TraceCap.Analyzer.Tests;

/// <summary>A file may tell of any time at all, and of any wall clock: whatever is made of it is made, within bounds.</summary>
public sealed class AnyTimeTests
{
    public static TheoryData<string> Kinds => [.. makers.Keys];

    private static readonly Dictionary<string, Action<byte[], ConnectionFilter>> makers = new()
    {
        ["churn"] = (file, filter) =>
        {
            var churn = new ConnectionChurn(1_000_000_000);
            try
            {
                AnyCaptures.Read(file, filter, churn);
                ChurnText.Write(Stream.Null, churn, 100);
                ChurnJson.Write(Stream.Null, churn);
            }
            catch (TooManyIntervalsException)
            {
                // A clear answer, as long as it comes before memory is used up.
            }
        },
        ["churn by the shortest intervals"] = (file, filter) =>
        {
            var churn = new ConnectionChurn(1);
            try
            {
                AnyCaptures.Read(file, filter, churn);
                ChurnText.Write(Stream.Null, churn, 0);
            }
            catch (TooManyIntervalsException)
            {
                // The same.
            }
        },
        ["summary"] = (file, filter) =>
        {
            var summary = new TrafficSummary(GroupBy.Service);
            AnyCaptures.Read(file, filter, summary);
            TrafficSummaryText.Format(summary, 20, 80);
            TrafficSummaryJson.Format(summary);
        },
        ["check"] = (file, filter) =>
        {
            var check = new CaptureCheck([.. MetricTable.All.Select(metric => Expectation.Parse($"{metric.Name} == 0"))]);
            AnyCaptures.Read(file, filter, check);
            var results = check.Results();
            CheckJson.Format(results);
            CheckText.Format(results, 80);
        },
        ["lifetimes"] = (file, filter) =>
        {
            foreach (var format in (IConnectionRows[])[new ConnectionJson(), new LifetimeTable(new LifetimeOptions { Clock = new ClockStyle(), Timestamps = true }), new LifetimeCsv(new LifetimeOptions())])
            {
                using var pipeline = new ConnectionPipeline(new ConnectionRowExporter(format, Stream.Null));
                AnyCaptures.Read(file, filter, pipeline);
                pipeline.End();
            }
        },
        ["report"] = (file, filter) =>
        {
            var report = new TrafficReport(100);
            AnyCaptures.Read(file, filter, report);
            report.ToHtml("");
        },
        ["info"] = (file, filter) =>
        {
            var summary = CaptureSummary.Of(new MemoryStream(file), filter.Opening);
            SummaryText.Format("", summary);
            SummaryJson.Format("", summary);
        },
        ["replay"] = (file, filter) =>
        {
            foreach (var format in (IEventRows[])[new JsonLines(), new TcptracerTable(new TableOptions { Timestamps = true }), new TcptracerTable(new TableOptions { Timestamps = true, Verbose = true })])
            {
                using var pipeline = new EventPipeline(new EventRowExporter(format, Stream.Null), filter.Opening);
                pipeline.Run(new EventStream(new CaptureReader(new MemoryStream(file))), _ => { });
            }
        },
        ["cut"] = (file, filter) => new CaptureCut(new CaptureReader(new MemoryStream(file)), Stream.Null, filter.Opening, "").Run(),
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_made_of_any_times_is_made_within_bounds(string kind) => AnyCaptures.Sample(makers[kind], 300);

    [Fact]
    public void A_grid_has_few_intervals_and_covers_all_of_any_time() => Gen.Select(
        AnyCaptures.Time, AnyCaptures.Time, Gen.Long, Gen.Long, Gen.OneOf<long>(100, 10_000, 20 * RoundTimes.Second, 1200 * RoundTimes.Second, 2 * RoundTimes.Day), Gen.Int[16, 250]).Sample(
        (one, other, offset, otherOffset, least, most) =>
        {
            var (from, to) = ((Int128)one + offset, (Int128)other + otherOffset);
            (from, to) = (Int128.Min(from, to), Int128.Max(from, to));
            var grid = new TimeGrid((from, to), least, most);

            Assert.InRange(grid.Count, 1, most + 1);
            Assert.True(grid.Begin(0) <= from && grid.Begin(grid.Count) > to);
            Assert.Equal((0, grid.Count - 1), (grid.NumberOf(from), grid.NumberOf(to)));
            Assert.Equal(Enumerable.Repeat(true, grid.Count), grid.AreIn([(from, to)]));
        });

    [Fact]
    public void The_most_that_were_open_at_once_are_counted_over_any_time()
    {
        var early = new RecordedSpan { Start = 0, End = ulong.MaxValue, WallOffset = long.MinValue };
        var late = new RecordedSpan { Start = 0, End = ulong.MaxValue, WallOffset = long.MaxValue };
        var active = new ActiveConnections();
        foreach (var recording in (RecordedSpan[])[early, late])
        {
            active.Add(Ends.Client("a", "10.0.0.2", 80, 0, ulong.MaxValue), recording);
            active.Add(Ends.Client("a", "10.0.0.2", 80, ulong.MaxValue - 1_000_000, 1_000_000), recording);
        }

        Assert.Equal((2, 0), active.Count([early, late]));
    }
}
