using System.Globalization;
using System.Text.Json;

namespace TraceCap.Cli.Tests.Fleet;

/// <summary>ClickHouse reads exported files as they are, and finds in them what <c>replay</c> and <c>lifetimes</c> print.</summary>
[Collection(nameof(TwoShards))]
public sealed class ExportReadTests(TwoShards fleet) : IDisposable
{
    private static readonly string[] captures = [.. new[] { "traffic", "incident", "nginx", "ends" }.Select(name => Repository.File($"samples/captures/{name}.tcap"))];

    /// <summary>All of them were recorded there.</summary>
    private const string Host = "vm";

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Partitions_are_columns_and_nanoseconds_survive()
    {
        Assert.SkipWhen(ClickHouseServer.Missing is not null, ClickHouseServer.Missing ?? "");
        Assert.Equal(0, Tracecap.Run([.. (string[])["export", .. captures, "--partition", folder]]).Code);
        var expected = Lines("replay", "--all").GroupBy(line => line.GetProperty("time").GetString()![..10])
            .Select(group => string.Join('\t', Host, group.Key, group.Count(), group.Sum(line => line.TryGetProperty("thread.id", out var thread) ? thread.GetInt64() : 0), Edge(group.Min), Edge(group.Max)))
            .Order(StringComparer.Ordinal);
        var found = fleet.Servers[0].Ask($"""
            SELECT host, date, count(), sum(thread_id), min(time), max(time) FROM file('{folder}/host=*/date=*/*.parquet', Parquet)
            GROUP BY host, date SETTINGS use_hive_partitioning = 1
            """).Split('\n').Order(StringComparer.Ordinal);
        Assert.Equal(expected, found);

        static string Edge(Func<Func<JsonElement, string>, string?> of) => of(line => line.GetProperty("time").GetString()!.Replace('T', ' ').TrimEnd('Z'))!;
    }

    [Theory]
    [InlineData("Parquet", "parquet")]
    [InlineData("Arrow", "arrow")]
    [InlineData("ArrowStream", "arrows")]
    [InlineData("CSVWithNames", "csv")]
    public void Connections_are_those_that_lifetimes_prints(string format, string ending)
    {
        Assert.SkipWhen(ClickHouseServer.Missing is not null, ClickHouseServer.Missing ?? "");
        var file = Path.Combine(folder, $"connections.{ending}");
        Assert.Equal(0, Tracecap.Run([.. (string[])["export", .. captures, "--connections", "-o", file]]).Code);
        var lines = Lines("lifetimes").ToArray();
        var (ports, lifetimes) = ending == "csv" ? ("network.peer.port", "lifetime_ns") : ("network_peer_port", "lifetime_ns");
        Assert.Equal(
            string.Create(CultureInfo.InvariantCulture, $"{lines.Length}\t{Sum("network.peer.port")}\t{Sum("lifetime_ns")}\t{lines.Count(line => line.GetProperty("ending").GetString() == "failed")}"),
            fleet.Servers[1].Ask($"SELECT count(), sum(`{ports}`), sum(`{lifetimes}`), countIf(ending = 'failed') FROM file('{file}', {format})"));

        long Sum(string property) => lines.Sum(line => line.TryGetProperty(property, out var value) ? value.GetInt64() : 0);
    }

    private static IEnumerable<JsonElement> Lines(string command, params string[] options) =>
        captures.SelectMany(capture => Tracecap.Run([command, capture, "--json", .. options]).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            .Select(line => JsonDocument.Parse(line).RootElement);
}
