using System.Net;
using TraceCap.Analyzer;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Filters;
using TraceCap.Format.Events;
using TraceCap.Testing;

namespace Shop.Tests;

public sealed class ShopTests
{
    private readonly Capture capture = CaptureFixture.Open("captures/nginx.tcap");

    [Fact]
    public void All_that_happened_was_recorded()
    {
        var info = capture.Verify();
        Assert.True(info.IsComplete, info.ToString());
        Assert.Equal(9_000, info.Events);
    }

    [Fact]
    public void Nothing_fails_or_leaks() =>
        capture.ShouldHold("failed == 0", "active.end <= 20", "lifetime.p99 < 100ms", "opened[port=18080] > 1000");

    [Fact]
    public void All_was_recorded_and_nginx_resets_nothing() => capture
        .ShouldBeComplete()
        .ShouldHold(["reset == 0", "accepted > 100"], ConnectionFilter.Parse("--comm nginx"), allowLoss: true);

    [Fact]
    public void A_new_recording_is_no_worse()
    {
        // Here the same one, so that nothing is different.
        var recorded = CaptureFixture.Open("captures/nginx.tcap");
        // The recorder kept to nginx's cgroup, so closes by others are missing from both.
        recorded.ShouldNotRegress(capture, ["lifetime.p99 > +20%", "failed > +0"], filter: null, allowLoss: true);
    }

    [Fact]
    public void A_new_recording_is_no_slower()
    {
        // Here the same one, so that nothing is different.
        var other = CaptureFixture.Open("captures/nginx.tcap");
        var diff = Capture.Compare(before: capture, after: other);
        Assert.Empty(diff.Changes);
        // The recorder kept to nginx's cgroup, so closes by others are missing from both.
        diff.FailIf(["lifetime.p99 > +20%", "failed > +0"], allowLoss: true).ThrowIfFailed();
    }

    [Fact]
    public void Every_connection_of_the_load_generator_was_closed_within_a_second()
    {
        var clients = capture.Connections(ConnectionFilter.Parse("--comm wrk --peer-port 18080")).ToList();
        Assert.NotEmpty(clients);
        Assert.All(clients, client =>
        {
            Assert.Equal(ConnectionRole.Client, client.Role);
            Assert.Equal(new IPEndPoint(IPAddress.Loopback, 18080), client.Peer);
            Assert.True(client.PeerProcess is null or { ThreadName: "nginx" });
            // One that is still open has lived at least so long.
            Assert.InRange(client.Lifetime, TimeSpan.Zero, TimeSpan.FromSeconds(1));
            Assert.Null(client.Error);
        });
    }

    [Fact]
    public void Every_worker_sends_something()
    {
        var served = capture.Connections()
            .Where(connection => connection is { Role: ConnectionRole.Server, Process.ThreadName: "nginx" })
            .GroupBy(connection => connection.Process!.Id)
            .ToDictionary(worker => worker.Key, worker => worker.Sum(connection => connection.PayloadSent ?? 0));
        Assert.NotEmpty(served);
        Assert.All(served.Values, bytes => Assert.True(bytes > 0));
    }

    [Fact]
    public async Task Connections_come_without_holding_up_a_thread()
    {
        var count = 0;
        await foreach (var connection in capture.ConnectionsAsync().WithCancellation(CancellationToken.None))
        {
            count += connection.IsSecondSocket ? 0 : 1;
        }

        Assert.Equal(capture.Summarize().Connections, count);
    }

    [Fact]
    public void Half_of_the_connections_live_less_than_5_ms_and_something_is_worth_a_look()
    {
        var summary = capture.Summarize(GroupBy.Service);
        // Kaplan-Meier: connections that were still open count as what they are.
        Assert.InRange(summary.All.Lifetimes.At(0.5)!.Value.Duration, TimeSpan.Zero, TimeSpan.FromMilliseconds(5));
        Assert.Equal(0, summary.Metrics["failed"].Value);
        Assert.Equal("127.0.0.1:18080", summary.Groups[0].Name);
        Assert.Contains(summary.Findings, finding => finding.Rule == "pool");
    }

    [Fact]
    public void It_never_stops_accepting()
    {
        var seconds = capture.Churn(every: TimeSpan.FromSeconds(1));
        Assert.All(seconds, second => Assert.True(second.Accepted > 0, second.ToString()));
        Assert.Equal(capture.Events(CaptureFilter.Parse("--type A")).Count(), seconds.Sum(second => second.Accepted));
    }

    [Fact]
    public void Every_event_is_of_IPv4()
    {
        var count = 0;
        foreach (var batch in capture.Batches())
        {
            // Nothing is allocated for an event; a batch is valid until the next one.
            foreach (ref readonly var e in batch)
            {
                Assert.Equal(4, e.IpVersion);
                count++;
            }
        }

        Assert.Equal(capture.Info.Events, count);
    }

    [Fact]
    public void Closes_know_what_was_sent()
    {
        var close = capture.Events(CaptureFilter.Parse("--type X --comm nginx")).First();
        Assert.Equal(TcpEventType.Close, close.Type);
        Assert.InRange(close.Time!.Value, capture.Info.Start!.Value, capture.Info.End!.Value);
        Assert.True(close.Counters!.BytesSent > 0);
    }

    [Fact]
    public void Connections_go_into_a_notebook_or_a_spreadsheet()
    {
        using var csv = new MemoryStream();
        capture.ExportConnections(csv, "csv", ConnectionFilter.Parse("--peer-port 18080"));
        Assert.StartsWith("PID,", System.Text.Encoding.UTF8.GetString(csv.ToArray()), StringComparison.Ordinal);
    }
}
