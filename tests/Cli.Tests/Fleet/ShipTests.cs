using System.Text.RegularExpressions;
using TraceCap.Exports.ClickHouse;

namespace TraceCap.Cli.Tests.Fleet;

/// <summary>What is shipped is there as the capture has it.</summary>
[Collection(nameof(TwoShards))]
public sealed partial class ShipTests : IDisposable
{
    private readonly TwoShards fleet;
    private readonly string folder;

    public ShipTests(TwoShards fleet)
    {
        Assert.SkipWhen(ClickHouseServer.Missing is not null, ClickHouseServer.Missing ?? "");
        this.fleet = fleet;
        folder = fleet.NewFolder();
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("traffic")]
    [InlineData("nginx")]
    [InlineData("lossy")]
    public void Each_event_is_there_as_replay_shows_it_and_once_though_shipped_twice(string name)
    {
        var capture = Repository.File($"samples/captures/{name}.tcap");
        var first = fleet.Ship(capture);
        Assert.Equal((0, ""), (first.Code, first.Error));
        var again = fleet.Ship(capture);
        Assert.Equal((0, $"{capture}: is there already\n"), (again.Code, again.Text));

        const string Fields = "monotonic_ns,event.name,network.type,local,local.port,peer,peer.port,pid,user.id,connection.id,cpu,sequence,sent_bytes,error.type";
        var replayed = Tracecap.Run("replay", capture, "--all", "--format", "tsv", "--fields", Fields).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
        var columns = string.Join(", ", Fields.Split(',').Select(field => field switch
        {
            "local" => "network_local_address",
            "local.port" => "network_local_port",
            "peer" => "network_peer_address",
            "peer.port" => "network_peer_port",
            "pid" => "process_pid",
            "cpu" => "cpu_logical_number",
            _ => field.Replace('.', '_'),
        }).Select(column => $"ifNull(toString({column}), '')"));
        var rows = fleet.Servers[1].Ask($"SELECT {columns} FROM tracecap.events WHERE capture = '{name}.tcap' ORDER BY date, row FORMAT TSVRaw").Split('\n');
        Assert.Equal(replayed.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));

        var lifetimes = Tracecap.Run("lifetimes", capture, "--format", "tsv", "--fields", "opened.monotonic_ns,lifetime_ns,service,peer,ending,sent").Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
        var connections = fleet.Servers[1].Ask(
            $"SELECT opened_monotonic_ns, lifetime_ns, service, peer, ending, ifNull(toString(sent), '') FROM tracecap.connections WHERE capture = '{name}.tcap' FORMAT TSVRaw").Split('\n');
        Assert.Equal(lifetimes.Order(StringComparer.Ordinal), connections.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Losses_are_there()
    {
        Assert.Equal(0, fleet.Ship(Repository.File("samples/captures/lossy.tcap")).Code);
        var lost = fleet.Servers[0].Number("SELECT sum(lost) FROM tracecap.losses WHERE capture = 'lossy.tcap'");
        Assert.NotEqual(0UL, lost);
        Assert.Equal(lost, fleet.Servers[0].Number("SELECT sum(lost) FROM tracecap.captures WHERE capture = 'lossy.tcap'"));
    }

    [Fact]
    public void Rows_of_two_days_and_of_hostile_names_are_there_once()
    {
        // Ten milliseconds before midnight.
        const ulong Midnight = 20_750UL * 86_400_000_000_000;
        var capture = Path.Combine(folder, "night.tcap");
        TwoShards.Record(capture, "it's\\ host", 30, Midnight - 10_000_000);
        Assert.Equal(0, fleet.Ship(capture).Code);
        fleet.HasOnce(["night.tcap"], 30);
        Assert.Equal("2026-10-23\n2026-10-24", fleet.Servers[0].Ask("SELECT DISTINCT date FROM tracecap.events WHERE host = 'it\\'s\\\\ host' ORDER BY date"));
        Assert.Equal("it's \\ a\tname\n", fleet.Servers[0].Ask("SELECT DISTINCT thread_name FROM tracecap.events WHERE capture = 'night.tcap' FORMAT TSVRaw") + "\n");
    }

    [Fact]
    public void A_capture_is_the_same_whatever_its_file_is_named_and_packed_with()
    {
        var capture = Path.Combine(folder, "named.tcap");
        TwoShards.Record(capture, "named", 100);
        Assert.Equal(0, fleet.Ship(capture).Code);
        var other = Path.Combine(folder, "other.tcap");
        File.Move(capture, other);
        Assert.Equal(0, Shell.Run($"gzip {other}").Code);
        Assert.Equal($"{other}.gz: is there already\n", fleet.Ship($"{other}.gz").Text);
    }

    /// <summary>What was cut short, and then found whole, is there once.</summary>
    [Fact]
    public void A_capture_that_is_longer_than_when_it_was_shipped_is_there_once_to_who_reads()
    {
        var capture = Path.Combine(folder, "grown.tcap");
        TwoShards.Record(capture, "grown", 20_000);
        var whole = File.ReadAllBytes(capture);
        File.WriteAllBytes(capture, whole[..(whole.Length * 3 / 4)]);
        Assert.Equal(3, fleet.Ship(capture).Code);
        File.WriteAllBytes(capture, whole);
        Assert.Equal(0, fleet.Ship(capture).Code);
        Assert.Equal("40000", fleet.Servers[0].Ask("SELECT count() FROM tracecap.events WHERE capture = 'grown.tcap'", "tracecap_reader", ClickHouseServer.ReaderPassword));
    }

    [Fact]
    public void All_rows_of_a_host_are_on_one_server_and_hosts_on_both()
    {
        foreach (var number in Enumerable.Range(0, 8))
        {
            TwoShards.Record(Path.Combine(folder, $"spread{number}.tcap"), $"spread{number}", 10);
        }

        Assert.Equal(0, fleet.Ship(folder).Code);
        var hosts = fleet.Servers.Select(server => server.Ask("SELECT DISTINCT host FROM tracecap_shard.events WHERE host LIKE 'spread%' ORDER BY host").Split('\n')).ToArray();
        Assert.All(hosts, Assert.NotEmpty);
        Assert.Equal(8, hosts[0].Concat(hosts[1]).Distinct().Count());
        Assert.Empty(hosts[0].Intersect(hosts[1]));
    }

    [Fact]
    public void A_question_about_a_host_and_a_time_reads_little()
    {
        var capture = Path.Combine(folder, "long.tcap");
        TwoShards.Record(capture, "long", 60_000);
        Assert.Equal(0, fleet.Ship(capture).Code);
        var server = Assert.Single(fleet.Servers, server => server.Number("SELECT count() FROM tracecap_shard.events WHERE host = 'long'") > 0);
        // In as many parts as it was inserted, until the server comes to merge them.
        server.Ask("OPTIMIZE TABLE tracecap_shard.events FINAL");
        var plan = server.Ask("EXPLAIN indexes = 1 SELECT count() FROM tracecap_shard.events WHERE host = 'long' AND time < (SELECT min(time) FROM tracecap_shard.events WHERE host = 'long') + INTERVAL 1 SECOND");
        var keys = Granules().Matches(plan).Last();
        Assert.InRange(int.Parse(keys.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture), 1, 2);
    }

    [Fact]
    public void The_writer_and_the_reader_may_do_no_more_than_they_have_to()
    {
        var server = fleet.Servers[0];
        foreach (var sql in new[] { "SELECT network_peer_ip FROM tracecap.events", "SELECT thread_name FROM tracecap_shard.connections", "TRUNCATE TABLE tracecap_shard.events", "DROP DATABASE tracecap", "ALTER TABLE tracecap_shard.events DELETE WHERE 1", "SELECT * FROM system.users" })
        {
            Assert.Contains("ACCESS_DENIED", server.Ask(sql, "tracecap_writer", ClickHouseServer.WriterPassword), StringComparison.Ordinal);
        }

        foreach (var sql in new[] { "INSERT INTO tracecap.captures (section) VALUES (1)", "DROP TABLE tracecap.events", "SELECT * FROM url('http://127.0.0.1', LineAsString)" })
        {
            Assert.Matches("ACCESS_DENIED|READONLY", server.Ask(sql, "tracecap_reader", ClickHouseServer.ReaderPassword));
        }
    }

    [Fact]
    public void The_tables_are_those_of_the_columns()
    {
        var path = Repository.File("packaging/clickhouse/tables.sql");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            File.WriteAllText(path, FleetSchema.Sql());
        }

        Assert.Equal(File.ReadAllText(path), FleetSchema.Sql());
    }

    [Fact]
    public void The_examples_of_its_help_work()
    {
        TwoShards.Record(Path.Combine(folder, "run.tcap"), "example", 10);
        var examples = Regex.Matches(Tracecap.Run("ship", "--help").Text.Split("Examples:\n")[1], @"^  (\S.*)$", RegexOptions.Multiline).Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(3, examples.Length);
        foreach (var example in examples.Where(example => !example.Contains("--follow", StringComparison.Ordinal)))
        {
            var line = $"{example.Replace("http://127.0.0.1:8123", fleet.Servers[0].Url, StringComparison.Ordinal)} --user tracecap_writer --password-file {fleet.Password}";
            var result = Shell.Run($"cd {folder}; {line}");
            Assert.Equal((0, ""), (result.Code, result.Error));
        }
    }

    [GeneratedRegex(@"Granules: (\d+)/\d+")]
    private static partial Regex Granules();
}
