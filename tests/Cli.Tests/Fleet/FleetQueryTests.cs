using System.Diagnostics;
using System.Text.RegularExpressions;

namespace TraceCap.Cli.Tests.Fleet;

/// <summary><c>tracecap query --engine clickhouse</c>: the rows are those that the captures themselves give. The fleet is this class's
/// own, so that nothing else is in it.</summary>
public sealed partial class FleetQueryTests(FleetQueryTests.Samples fleet) : IClassFixture<FleetQueryTests.Samples>
{
    /// <summary>The samples that tell the time of day; a fleet takes no others.</summary>
    private static readonly string[] samples = ["ends.tcap", "incident.tcap", "lossy.tcap", "nginx.tcap", "traffic.tcap"];

    public static TheoryData<string> Queries => [.. All().Select(query => query.Groups["title"].Value)];

    /// <summary>The page has a second spelling where DuckDB and ClickHouse have different words for the same.</summary>
    [Theory]
    [MemberData(nameof(Queries))]
    public void A_query_of_the_page_gives_the_same_rows_of_both_engines(string title)
    {
        fleet.SkipIfMissing();
        var query = All().Single(one => one.Groups["title"].Value == title);
        var sql = query.Groups["sql"].Value;
        var ofCaptures = Told(["query", .. samples.Select(name => Repository.File($"samples/captures/{name}")), sql, "--format", "ndjson"])
            .Replace(Repository.File("samples/captures/"), "", StringComparison.Ordinal);
        var ofFleet = Told(["query", query.Groups["other"] is { Success: true } other ? other.Value : sql, .. fleet.Options, "--format", "ndjson"]);
        Assert.NotEmpty(ofFleet);
        Assert.Equal(ofCaptures, ofFleet);
    }

    [Fact]
    public void All_twenty_are_asked() => Assert.Equal(20, Queries.Count);

    [Theory]
    [InlineData("csv", "a,b,c,d\n1,x,,true\n-2,\"y,z\",1.5,false\n")]
    [InlineData("json", "[\n{\"a\":1,\"b\":\"x\",\"d\":true},\n{\"a\":-2,\"b\":\"y,z\",\"c\":1.5,\"d\":false}\n]\n")]
    [InlineData("table", " a  b      c  d\n 1  x      -  true\n-2  y,z  1.5  false\n")]
    public void Rows_have_the_formats_of_all_tables(string format, string shown)
    {
        fleet.SkipIfMissing();
        Assert.Equal(shown, Told(["query", "SELECT * FROM VALUES('a Int64, b String, c Nullable(Float64), d Bool', (1, 'x', NULL, true), (-2, 'y,z', 1.5, false))", .. fleet.Options, "--format", format]));
    }

    [Fact]
    public void Values_of_all_kinds_are_what_they_are()
    {
        fleet.SkipIfMissing();
        var sql = "SELECT 18446744073709551615 AS u, toDateTime64('2026-11-27 10:00:00.123456789', 9) AS t, toDate('2026-11-27') AS d, [1, 2] AS l, map('k', 'v') AS m, 1.50::Decimal(9, 2) AS e, nan AS n, 'a\\n\\x1b[31m' AS s";
        Assert.Equal(
            "{\"u\":18446744073709551615,\"t\":\"2026-11-27T10:00:00.123456789Z\",\"d\":\"2026-11-27\",\"l\":\"[1,2]\",\"m\":\"{\\u0022k\\u0022:\\u0022v\\u0022}\",\"e\":1.5,\"s\":\"a\\u000a\\u001b[31m\"}\n",
            Told(["query", sql, .. fleet.Options, "--format", "ndjson"]).Replace("\\\"", "\\u0022", StringComparison.Ordinal));
    }

    [Fact]
    public void Parquet_comes_from_the_server()
    {
        fleet.SkipIfMissing();
        var folder = Directory.CreateTempSubdirectory("tracecap").FullName;
        var path = Path.Combine(folder, "rows.parquet");
        Told(["query", "SELECT host, time FROM events WHERE capture = 'nginx.tcap'", .. fleet.Options, "-o", path]);
        Assert.Equal("n\n9000\n", Told(["query", "--allow-files", $"SELECT count(time) AS n FROM '{path}'", "--format", "csv"]));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void The_tables_and_their_columns_are_listed()
    {
        fleet.SkipIfMissing();
        var rows = Told(["query", "--schema", .. fleet.Options, "--format", "csv"]).Split('\n');
        Assert.Equal("table,column,type,meaning", rows[0]);
        Assert.Contains(rows, row => row.StartsWith("events,time,\"DateTime64(9, 'UTC')\",", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.StartsWith("whole_connections,", StringComparison.Ordinal));
        var own = Told(["query", "--schema", "--format", "csv"]).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(row => string.Join(',', row.Split(',').Take(2)));
        Assert.Empty(own.Except(rows.Select(row => string.Join(',', row.Split(',').Take(2)))));
    }

    [Theory]
    [InlineData(2, "Syntax error", "SELEC 1")]
    [InlineData(2, "nothing", "SELECT nothing FROM events")]
    [InlineData(1, "Not enough privileges", "SELECT * FROM system.users")]
    [InlineData(2, "Multi-statements", "SELECT 1; SELECT 2")]
    [InlineData(2, "the SQL says FORMAT CSV", "SELECT 1 FORMAT CSV")]
    [InlineData(2, "asks the fleet", "run.tcap", "SELECT 1 ")]
    [InlineData(2, "--allow-files is for captures", "SELECT 1 ", "--allow-files")]
    [InlineData(1, "throwIf", "SELECT throwIf(number = 2000000) FROM numbers(3000000)")]
    public void What_is_wrong_is_said_in_one_message(int code, string message, params string[] arguments)
    {
        fleet.SkipIfMissing();
        var result = Tracecap.Run(["query", .. arguments, .. fleet.Options, "--format", "csv"]);
        Assert.Equal(code, result.Code);
        Assert.StartsWith("tracecap: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(ClickHouseServer.ReaderPassword, result.Error, StringComparison.Ordinal);
    }

    /// <summary>Also the server's default user, who has all rights.</summary>
    [Theory]
    [InlineData("INSERT INTO captures (section) VALUES (1)")]
    [InlineData("DROP TABLE tracecap_shard.events")]
    public void Nothing_is_changed_whoever_asks(string sql)
    {
        fleet.SkipIfMissing();
        var result = Tracecap.Run("query", sql, "--engine", "clickhouse", "--url", fleet.Servers[1].Url);
        Assert.Equal(2, result.Code);
        Assert.Contains("readonly", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_engine_has_its_options()
    {
        Assert.Contains("needs --url", Tracecap.Run("query", "SELECT 1 ", "--engine", "clickhouse").Error, StringComparison.Ordinal);
        Assert.Contains("--url is for --engine clickhouse", Tracecap.Run("query", "SELECT 1 ", "--url", "http://127.0.0.1:1").Error, StringComparison.Ordinal);
        Assert.Equal(1, Tracecap.Run("query", "SELECT 1 ", "--engine", "clickhouse", "--url", "http://127.0.0.1:1").Code);
    }

    [Fact]
    public void Interrupted_it_ends_there_and_here()
    {
        fleet.SkipIfMissing();
        using var process = Tracecap.Start(["query", "SELECT number AS marked FROM numbers(1000000000000)", .. fleet.Options, "--format", "csv"]);
        for (var i = 0; i < 1000; i++)
        {
            Assert.NotNull(process.StandardOutput.ReadLine());
        }

        Process.Start("kill", ["-INT", FormattableString.Invariant($"{process.Id}")]).WaitForExit();
        process.StandardOutput.ReadToEnd();
        Assert.Equal("tracecap: interrupted\n", process.StandardError.ReadToEnd());
        process.WaitForExit();
        Assert.Equal(130, process.ExitCode);
        Assert.True(SpinWait.SpinUntil(() => fleet.Servers[1].Number("SELECT count() FROM system.processes WHERE query LIKE 'SELECT number AS marked%'") == 0, TimeSpan.FromMinutes(1)));
    }

    private static string Told(string[] arguments)
    {
        var result = Tracecap.Run(arguments);
        // What a capture has lost is said where it is read; here it is in the tables.
        Assert.Equal((0, ""), (result.Code, LostEvents().Replace(result.Error, "")));
        return result.Text;
    }

    [GeneratedRegex(@"^tracecap: \S*lossy\.tcap: [\d,]+ of [\d,]+ events were lost while recording.*\n", RegexOptions.Multiline)]
    private static partial Regex LostEvents();

    private static MatchCollection All() => Query().Matches(File.ReadAllText(Repository.File("docs/sql.md")));

    [GeneratedRegex(@"^### \d+\. (?<title>.*)\n\n```sql\n(?<sql>[^`]*)```\n\n```text\n[^`]*```(\n\nIn ClickHouse[^\n]*:\n\n```sql\n(?<other>[^`]*)```)?", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Query();

    /// <summary>Two servers with the samples.</summary>
    public sealed class Samples : IDisposable
    {
        private readonly TwoShards fleet = new();
        private readonly string password = Path.GetTempFileName();

        public Samples()
        {
            if (ClickHouseServer.Missing is null)
            {
                File.WriteAllText(password, ClickHouseServer.ReaderPassword);
                Assert.Equal(0, fleet.Ship([.. samples.Select(name => Repository.File($"samples/captures/{name}"))]).Code);
            }
        }

        internal IReadOnlyList<ClickHouseServer> Servers => fleet.Servers;

        /// <summary>Asks the second server: the first one has been shipped to.</summary>
        internal string[] Options => ["--engine", "clickhouse", "--url", Servers[1].Url, "--user", "tracecap_reader", "--password-file", password];

        internal void SkipIfMissing() => Assert.SkipWhen(ClickHouseServer.Missing is not null, ClickHouseServer.Missing ?? "");

        public void Dispose()
        {
            fleet.Dispose();
            File.Delete(password);
        }
    }
}
