using System.Net;
using CsCheck;
using TraceCap.Analyzer.Conditions;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Tests.Connections;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Tests.Expectations;

public sealed class CaptureFiguresTests
{
    private const ulong Ms = 1_000_000;

    private static readonly Gen<(ulong Opened, ulong Lifetime, bool IsOpen)[]> connections =
        Gen.Select(Gen.ULong[0, 1_000], Gen.ULong[0, 500], Gen.Bool).Array[0, 60];

    [Fact]
    public void The_most_that_were_open_at_once_are_those_of_a_count_at_every_time() => connections.Sample(all =>
    {
        var active = new ActiveConnections();
        foreach (var (opened, lifetime, isOpen) in all)
        {
            active.Add(Make(opened, lifetime, isOpen), Ends.Recording);
        }

        long At(ulong time) => all.Count(one => one.Opened <= time && (one.IsOpen || one.Opened + one.Lifetime > time));
        Assert.Equal(
            (all.Length == 0 ? 0 : all.Max(one => At(one.Opened)), (long)all.Count(one => one.IsOpen)),
            active.Count([Ends.Recording]));
    });

    [Fact]
    public void Of_more_than_can_be_told_apart_the_most_are_nearly_right_and_the_end_is()
    {
        var active = new ActiveConnections();
        for (var i = 0ul; i < 300_000; i++)
        {
            // Each lives as long as a thousand others are opened.
            active.Add(Make(i * 100_000, 100_000_000, isOpen: i >= 299_993), Ends.Recording);
        }

        var (max, end) = active.Count([Ends.Recording]);
        Assert.InRange(max, 980, 1_007);
        Assert.Equal(7, end);
    }

    [Fact]
    public void Those_that_are_open_at_the_end_are_those_of_the_last_recording()
    {
        var later = new RecordedSpan { Start = 0, End = 10, WallOffset = 200_000_000_000 };
        var active = new ActiveConnections();
        active.Add(Make(5, 0, isOpen: true), Ends.Recording);
        active.Add(Make(6, 0, isOpen: true), Ends.Recording);
        active.Add(Make(5, 0, isOpen: true), later);
        Assert.Equal((2, 1), active.Count([Ends.Recording, later]));
    }

    [Theory]
    [InlineData("process=app", 3)]
    [InlineData("process=ap", 0)]
    [InlineData("peer=10.0.0.2", 3)]
    [InlineData("peer=::ffff:10.0.0.2", 3)]
    [InlineData("peer=fd00::2", 1)]
    [InlineData("service=10.0.0.2:80", 2)]
    [InlineData("service = [fd00::2]:80", 1)]
    [InlineData("port=80", 3)]
    [InlineData("port=443", 1)]
    [InlineData("errno=EHOSTUNREACH", 1)]
    [InlineData("errno=113", 1)]
    [InlineData("errno=aborted", 0)]
    [InlineData("errno=given_up", 0)]
    public void A_selector_takes_the_connections_of_its_group(string selector, int count)
    {
        var mapped = Ends.Client("app", "::ffff:10.0.0.2", 80, 0, Ms) with { IpVersion = 6, LocalAddress = new Address(IPAddress.Parse("::ffff:10.0.0.1")) };
        Connection[] connections =
        [
            mapped,
            Ends.Client("app", "10.0.0.2", 80, 0, Ms).FailedWith(113),
            Ends.Client("app", "10.0.0.2", 443, 0, Ms),
            Ends.Client("web", "fd00::2", 80, 0, Ms) with { IpVersion = 6 },
        ];
        var figures = new CaptureFigures(ConnectionCondition.Parse(selector));
        figures.Take(connections, Ends.Recording);
        Assert.Equal(count, figures.Connections.Ends);
    }

    [Theory]
    [InlineData("container=0123", 1)]
    [InlineData("unit=web", 1)]
    [InlineData("unit=system.slice", 2)]
    [InlineData("cgroup=/system.slice", 2)]
    [InlineData("cgroup=/system.slice/web.service", 1)]
    [InlineData("cgroup=/sys/fs/cgroup/system.slice", 2)]
    [InlineData("cgroup=/none", 0)]
    public void A_selector_takes_cgroups_as_the_filter_does(string selector, int count)
    {
        var names = new CaptureNames.Builder();
        names.Add(new CaptureContext
        {
            Cgroups =
            [
                new NamedId(1, "/system.slice/web.service"),
                new NamedId(2, $"/system.slice/docker-{string.Concat(Enumerable.Repeat("0123456789abcdef", 4))}.scope"),
            ],
        });
        var recording = new RecordedSpan { Start = 0, Names = names.Names };
        var of = ConnectionCondition.Parse(selector);
        var context = ConnectionContext.Of(recording);
        Assert.Equal(count, new ulong[] { 1, 2, 3 }.Count(cgroup =>
            of.Holds(Ends.Client("a", "10.0.0.2", 80, 0, Ms) with { Opener = new EventTask { Cgroup = cgroup } }, context)));
        Assert.Equal(of, ConnectionCondition.Parse(selector));
        Assert.Throws<ConditionFormatException>(() => ConnectionCondition.Parse(selector.Split('=')[0] + "="));
    }

    [Fact]
    public void A_selector_reads_what_groups_are_called() => Gen.Select(Gen.OneOf("10.1.2.3", "fd00::7", "::1", "::ffff:1.2.3.4"), Gen.UShort[1, ushort.MaxValue], Gen.OneOf("curl", "a]b"), Gen.UShort[0, 140])
        .Sample((peer, port, comm, error) =>
        {
            var context = ConnectionContext.Of(Ends.Recording);
            var connection = Ends.Client(comm, peer, port, 0, Ms).FailedWith(error) with { IpVersion = peer.Contains(':') ? (byte)6 : (byte)4 };
            foreach (var by in new[] { GroupBy.Process, GroupBy.Peer, GroupBy.Service, GroupBy.Port, GroupBy.Errno })
            {
                var selector = ConnectionCondition.Parse($"{Grouping.Of(by).Word}={Grouping.Of(by).Text(Grouping.Of(by).Key(in connection, Ends.Recording))}");
                Assert.True(selector.Holds(in connection, context));
                Assert.False(selector.Holds(Ends.Client("other", "10.9.9.9", port == 9 ? (ushort)8 : (ushort)9, 0, Ms).FailedWith((ushort)(error + 1)), context));
            }
        }, iter: 2_000);

    [Fact]
    public void Metrics_are_the_figures_of_what_they_say()
    {
        var figures = new CaptureFigures();
        figures.Take(
            [
                Ends.Client("a", "10.0.0.2", 80, 0, 10 * Ms) with { BytesAcked = 8, BytesSent = 7, BytesReceived = 9, SegmentsSent = 20, Retransmits = 1, Duration = 1_000 * Ms },
                Ends.Client("a", "10.0.0.2", 80, 5 * Ms, 20 * Ms) with { Ending = ConnectionEnding.Reset, Duration = 5 * Ms },
                Ends.Client("a", "10.0.0.2", 80, 0, 30 * Ms) with { Role = ConnectionRole.Server },
                Ends.Client("a", "10.0.0.2", 80, 0, 10 * Ms).FailedWith(111),
                Ends.Client("a", "10.0.0.2", 80, 0, 0) with { IsPreexisting = true, IsUncertain = true, Role = ConnectionRole.Unknown, Ended = 1 },
                Ends.Client("a", "10.0.0.2", 80, 0, 0) with { Ending = ConnectionEnding.Unseen, Ended = 1 },
                Ends.Client("a", "10.0.0.2", 80, 0, 0).StillOpen() with { Role = ConnectionRole.Server },
            ],
            Ends.Recording);
        figures.End([new RecordedSpan { Start = 0, End = Ends.Recording.End, LossCounters = new LossCounters(30, 2, 1, 5, 1) }]);

        string[] expected =
            [
                "sockets 7", "opened 3", "opened.rate 0.03/s", "accepted 2", "accepted.rate 0.02/s", "preexisting 1", "failed 1",
                "failed.rate 0.01/s", "failed.share 25.0 %", "closed 3", "reset 1", "reset.share 25.0 %", "open 1", "unseen 1",
                "uncertain 1", "active.end 1", "active.max 5", "lifetime.p50 20.0 ms", "lifetime.p90 >1.67 min",
                "lifetime.p99 >1.67 min", "lifetime.max >1.67 min", "connect.p50 5.00 ms", "connect.p90 1.00 s",
                "connect.p99 1.00 s", "connect.max 1.00 s", "connect.slow 1", "bytes.sent 7 B", "bytes.received 9 B",
                "segments.sent 20", "retransmits 1", "retransmits.share 5.00 %", "recorded 1.67 min", "emitted 30", "lost 4",
            ];
        Assert.All(expected, one =>
        {
            var metric = MetricTable.Find(one.Split(' ')[0])!;
            Assert.Equal(one, $"{metric.Name} {metric.Of(figures)!.Value.Text(metric.Unit)}");
        });
    }

    [Fact]
    public void Of_nothing_there_are_counts_but_neither_rates_nor_percentiles()
    {
        var figures = new CaptureFigures();
        figures.End([]);
        Assert.All(MetricTable.All, metric => Assert.Equal(
            metric.Unit is MetricUnit.Rate or MetricUnit.Share || metric.Name.StartsWith("lifetime.", StringComparison.Ordinal) || metric.Name is "connect.p50" or "connect.p90" or "connect.p99" or "connect.max" or "accept.p50" or "accept.p90" or "accept.p99" or "accept.max" ? null : new Figure(0),
            metric.Of(figures)));
    }

    [Fact]
    public void The_page_lists_the_metrics() => Assert.Contains(
        string.Concat(MetricTable.All.Select(metric => $"| `{metric.Name}` | {(metric.Unit switch { MetricUnit.Count => "", MetricUnit.Time => "time", MetricUnit.Bytes => "bytes", MetricUnit.Rate => "/s", _ => "%" })} | {Words(metric.Evidence)} | {metric.Meaning} |\n")),
        File.ReadAllText(Repository.File("docs/analysis.md")),
        StringComparison.Ordinal);

    private static string Words(Evidence evidence) => System.Text.RegularExpressions.Regex.Replace($"{evidence}", "(?<=.)[A-Z]", letter => $" {letter}").ToLowerInvariant();

    private static Connection Make(ulong opened, ulong lifetime, bool isOpen)
    {
        var connection = Ends.Client("app", "10.0.0.2", 80, opened, lifetime);
        return isOpen ? connection.StillOpen() : connection;
    }
}
