using CsCheck;
using TraceCap.Analyzer.Charts;
using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Info;
using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Output.Html;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Analyzer.Tests.Connections;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Analyzer.Tests;

/// <summary>A file may tell of any time at all, and of any wall clock: whatever is made of it is made, within bounds.</summary>
public sealed class AnyTimeTests
{
    /// <summary>What may be allocated in all while one thing is made of a capture: a table of churn has up to a million rows.</summary>
    private const long Most = 1 << 30;

    private const ulong Half = 1ul << 63;

    private static readonly Gen<ulong> time = Gen.Frequency(
        (3, Gen.OneOf<ulong>(0ul, 1, 999, 1_000_000_000, Half - 1, Half, Half + 1, ulong.MaxValue - 1, ulong.MaxValue)),
        (2, Gen.Select(Gen.OneOf<ulong>(0ul, Half, ulong.MaxValue), Gen.ULong[0, 5_000_000_000], (from, away) => unchecked(from + away))),
        (1, Gen.ULong));

    private static readonly Gen<TcpEvent> events = Gen.Select(
        time, time, Gen.OneOf(EventTypes.All.Select(type => type.Type).ToArray()), Gen.ULong[0, 5], Gen.UShort[1, 3], Gen.ULong[0, 3],
        (at, duration, type, connection, port, lost) => new TcpEvent
        {
            Timestamp = at,
            Duration = duration,
            Type = type,
            Connection = connection,
            IpVersion = 4,
            LocalPort = port,
            PeerPort = 80,
            Pid = (uint)port,
            Error = type == TcpEventType.ConnectFailed ? (ushort)111 : (ushort)0,
            SegmentsSent = (uint)lost,
        });

    private static readonly Gen<ClockAnchor?> clock = Gen.Select(Gen.Bool, time, time, (known, monotonic, real) =>
        known ? new ClockAnchor(monotonic, monotonic, real) : (ClockAnchor?)null);

    /// <summary>One to three sections, of one boot or several, whose clocks agree or not.</summary>
    private static readonly Gen<byte[]> captures = Gen.Select(
        Gen.Select(events.Array[0, 12], clock, clock, Gen.Int[0, 2], time, time).Array[1, 3], sections =>
        {
            var output = new MemoryStream();
            foreach (var (several, start, end, boot, from, to) in sections)
            {
                var header = new CaptureHeader
                {
                    BootId = boot == 0 ? "" : $"boot {boot}",
                    Start = start,
                    Recorded = boot == 2 && from < to ? [new RecordedPeriod(from, to)] : [],
                };
                var writer = new CaptureWriter(output, header, 3 * TcpEvent.Size) { Watermark = 0 };
                var lost = 0ul;
                foreach (var one in several)
                {
                    lost += one.SegmentsSent / 3;
                    writer.LossCounters = new LossCounters(writer.Events + 1 + lost, lost, 0, 0, 0);
                    writer.Append(in one);
                }

                writer.Complete("end of test", end);
            }

            return output.ToArray();
        });

    public static TheoryData<string> Kinds => [.. makers.Keys];

    private static readonly Dictionary<string, Action<byte[], ConnectionFilter>> makers = new()
    {
        ["churn"] = (file, filter) =>
        {
            var churn = new ConnectionChurn(1_000_000_000);
            try
            {
                var recordings = Read(file, filter, churn);
                ChurnText.Write(Stream.Null, churn, recordings, 100);
                ChurnJson.Write(Stream.Null, churn, recordings);
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
                ChurnText.Write(Stream.Null, churn, Read(file, filter, churn), 0);
            }
            catch (TooManyIntervalsException)
            {
                // The same.
            }
        },
        ["summary"] = (file, filter) =>
        {
            var summary = new TrafficSummary(GroupBy.Service, isFiltered: !filter.IsAny);
            var recordings = Read(file, filter, summary);
            TrafficSummaryText.Format(summary, recordings, 20, 80);
            TrafficSummaryJson.Format(summary, recordings);
        },
        ["check"] = (file, filter) =>
        {
            var check = new CaptureCheck([.. MetricTable.All.Select(metric => Expectation.Parse($"{metric.Name} == 0"))]);
            var results = check.Results(Read(file, filter, check));
            CheckJson.Format(results);
            CheckText.Format(results, 80);
        },
        ["lifetimes"] = (file, filter) =>
        {
            foreach (var format in (IConnectionRows[])[new ConnectionJson(), new LifetimeTable(new LifetimeOptions { TimeOfDay = true, Timestamps = true }), new LifetimeCsv(new LifetimeOptions())])
            {
                using var pipeline = new ConnectionPipeline(new ConnectionRowExporter(format, Stream.Null));
                Read(file, filter, pipeline);
                pipeline.End();
            }
        },
        ["report"] = (file, filter) =>
        {
            var report = new TrafficReport(isFiltered: !filter.IsAny, 100);
            report.ToHtml(Read(file, filter, report), "");
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

    public static TheoryData<ChartKind, bool> Charts => new(
        from kind in Enum.GetValues<ChartKind>()
        from grouped in (bool[])[false, true]
        where Chart.Refuse(Options(kind, grouped)) is null
        select (kind, grouped));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_made_of_any_times_is_made_within_bounds(string kind) => Sample(makers[kind], 300);

    [Theory]
    [MemberData(nameof(Charts))]
    public void A_chart_of_any_times_is_drawn_within_bounds(ChartKind kind, bool grouped) => Sample(
        (file, filter) =>
        {
            var chart = Chart.Create(Options(kind, grouped));
            var recordings = Read(file, filter, chart);
            chart.Describe(recordings);
            chart.ToSvg(recordings, new ChartSize(200, 200), ChartTheme.Light);
            chart.ToPng(recordings, new ChartSize(200, 200), ChartTheme.Light);
        },
        40);

    [Fact]
    public void A_grid_has_few_intervals_and_covers_all_of_any_time() => Gen.Select(
        time, time, Gen.Long, Gen.Long, Gen.OneOf<long>(100, 10_000, 1_000_000_000_000), Gen.Int[16, 250]).Sample(
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
    public void An_axis_reaches_from_one_end_of_time_to_the_other()
    {
        var recording = new RecordedSpan { Start = 0, End = ulong.MaxValue };
        var time = new TimeLine();
        var axis = new TimeScale(time, [recording]);

        Assert.Equal(ulong.MaxValue / 3600e9, axis.To, 1e-9);
        Assert.Equal(axis.To / 2, axis.At(time.At(Half, recording)), 1e-9);
        Assert.StartsWith("h since", axis.Label, StringComparison.Ordinal);
    }

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

    private static ChartOptions Options(ChartKind kind, bool grouped) => new(kind, grouped ? GroupBy.Process : null);

    private static IReadOnlyList<RecordedSpan> Read(byte[] file, ConnectionFilter filter, IConnectionSink sink) =>
        ConnectionFeed.ReadAll(new MemoryStream(file), sink, filter);

    private static void Sample(Action<byte[], ConnectionFilter> make, int times) => Gen.Select(captures, time, time, Gen.Int[0, 3]).Sample(
        (file, from, to, kind) =>
        {
            var filter = new ConnectionFilter
            {
                Opening = new CaptureFilter(
                    new EventFilter(),
                    (kind & 1) != 0 ? TimePoint.Parse($"{Math.Min(from, to)}ns") : null,
                    (kind & 2) != 0 ? TimePoint.Parse($"{Math.Max(from, to)}ns") : null),
            };
            var before = GC.GetAllocatedBytesForCurrentThread();
            make(file, filter);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Most);
        },
        iter: times,
        threads: 1);
}
