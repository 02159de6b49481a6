using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Output.Json;

namespace TraceCap.Analyzer.Tests.Connections;

/// <summary>Connections that are taken on a thread beside give what they give on one.</summary>
public sealed class SinkAsideTests
{
    [Theory]
    [InlineData(GroupBy.Process)]
    [InlineData(GroupBy.Container)]
    [InlineData(GroupBy.Errno)]
    public void Whatever_a_file_is_its_summary_is_the_same(GroupBy by) => AnyCaptures.Sample(
        (file, filter) =>
        {
            var (plain, aside) = (new TrafficSummary(by), new TrafficSummary(by));
            AnyCaptures.Read(file, filter, plain);
            AnyCaptures.Read(file, filter, new SinkAside(aside));
            Assert.Equal(TrafficSummaryJson.Format(plain), TrafficSummaryJson.Format(aside));
        },
        200);

    [Theory]
    [InlineData("traffic")]
    [InlineData("nginx")]
    [InlineData("tcptracer-example")]
    public void Every_connection_comes_once_and_in_order(string name)
    {
        var (plain, aside) = (new ConnectionList(), new ConnectionList());
        using var one = File.OpenRead(Repository.File($"samples/captures/{name}.tcap"));
        using var other = File.OpenRead(Repository.File($"samples/captures/{name}.tcap"));
        ConnectionFeed.ReadAll(one, plain);
        ConnectionFeed.ReadAll(other, new SinkAside(aside));
        Assert.NotEmpty(plain.Connections);
        Assert.Equal(plain.Connections, aside.Connections);
    }

    [Fact]
    public void What_the_sink_throws_comes_to_who_reads()
    {
        using var file = File.OpenRead(Repository.File("samples/captures/nginx.tcap"));
        var error = Assert.Throws<InvalidOperationException>(() => ConnectionFeed.ReadAll(file, new SinkAside(new Full())));
        Assert.Equal("full", error.Message);
    }

    private sealed class Full : IConnectionSink
    {
        public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording) => throw new InvalidOperationException("full");
    }
}
