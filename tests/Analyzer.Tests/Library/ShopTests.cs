using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Findings;
using TraceCap.Format.Events;
using TraceCap.Format.Reading;

namespace Shop.Tests;

public sealed class ShopTests
{
    private static readonly string capture = Path.Combine(AppContext.BaseDirectory, "captures", "nginx.tcap");

    [Fact]
    public void Every_event_is_of_IPv4_and_none_was_lost()
    {
        using var file = File.OpenRead(capture);
        var events = new EventStream(CaptureReader.Open(file));
        var count = 0;
        while (events.Read(out var batch))
        {
            // In true time order. A batch is valid until the next call of Read.
            foreach (ref readonly var e in batch)
            {
                Assert.Equal(4, e.IpVersion);
                count++;
            }
        }

        Assert.Equal(9_000, count);
        Assert.Equal(0UL, events.LossCounters.Lost);
        Assert.Equal((0, 0), (events.Reader.Damage.Count, events.Reader.Truncated));
    }

    [Fact]
    public void Every_connection_of_the_load_generator_was_closed_within_a_second()
    {
        using var file = File.OpenRead(capture);
        var opening = new EventFilter { Comm = new ThreadName("wrk") };
        var clients = ConnectionList.Read(file, new ConnectionFilter { Opening = new CaptureFilter(opening), PeerPorts = [18080] });
        Assert.NotEmpty(clients);
        Assert.All(clients, connection =>
        {
            Assert.Equal(ConnectionRole.Client, connection.Role);
            // One that is still open has lived at least so long.
            Assert.InRange(connection.Lifetime, 0UL, 1_000_000_000UL);
            Assert.NotEqual(ConnectionEnding.Failed, connection.Ending);
        });
    }

    [Fact]
    public void Half_of_the_connections_live_less_than_5_ms_and_something_stands_out()
    {
        using var file = File.OpenRead(capture);
        var summary = new TrafficSummary(GroupBy.Service);
        ConnectionFeed.ReadAll(file, summary);

        // Kaplan-Meier: connections that were still open count as what they are.
        Assert.InRange(summary.All.Lifetimes.At(0.5)!.Value.Nanoseconds, 1UL, 5_000_000UL);
        var (service, statistics) = Assert.Single(summary.Groups.InOrder);
        Assert.Equal("127.0.0.1:18080", service.EndText);
        Assert.Equal(summary.All.Ends, statistics.Ends);
        Assert.Contains(summary.Findings, finding => finding.Rule == "pool");
    }

    [Fact]
    public void Nothing_fails_or_leaks()
    {
        using var file = File.OpenRead(capture);
        var results = CaptureCheck.Run(file, "failed == 0", "active.end <= 20", "lifetime.p99 < 100ms", "opened[port=18080] > 1000");
        Assert.All(results, result => Assert.True(result.Holds, result.ToString()));
    }
}
