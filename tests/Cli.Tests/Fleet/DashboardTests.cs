using System.Text.Json;
using System.Text.RegularExpressions;

namespace TraceCap.Cli.Tests.Fleet;

/// <summary>What Grafana would ask, the reader may ask, and there is an answer.</summary>
[Collection(nameof(TwoShards))]
public sealed partial class DashboardTests(TwoShards fleet)
{
    private static readonly JsonDocument dashboard = JsonDocument.Parse(File.ReadAllText(Repository.File("packaging/clickhouse/dashboard.json")));

    public static TheoryData<string, string> Queries =>
    [
        .. from panel in dashboard.RootElement.GetProperty("panels").EnumerateArray()
           from target in panel.GetProperty("targets").EnumerateArray()
           select (panel.GetProperty("title").GetString()!, target.GetProperty("rawSql").GetString()!),
        .. from variable in dashboard.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray()
           where variable.GetProperty("type").GetString() == "query"
           select (variable.GetProperty("name").GetString()!, variable.GetProperty("query").GetString()!),
    ];

    [Theory]
    [MemberData(nameof(Queries))]
    public void A_panel_has_rows(string title, string sql)
    {
        Assert.SkipWhen(ClickHouseServer.Missing is not null, ClickHouseServer.Missing ?? "");
        foreach (var capture in new[] { "traffic", "nginx", "lossy", "incident" })
        {
            Assert.Equal(0, fleet.Ship(Repository.File($"samples/captures/{capture}.tcap")).Code);
        }

        // As the data source expands its macros.
        var expanded = Interval().Replace(Filter().Replace(sql, "$1 >= toDateTime('2020-01-01 00:00:00') AND $1 <= toDateTime('2100-01-01 00:00:00')"), "toStartOfInterval(toDateTime($1), INTERVAL 60 SECOND)")
            .Replace("${host:singlequote}", "'" + fleet.Servers[0].Ask("SELECT arrayStringConcat(groupUniqArray(replaceAll(host, '\\'', '\\\\\\'')), '\\',\\'') FROM tracecap.captures FORMAT TSVRaw") + "'", StringComparison.Ordinal);
        Assert.DoesNotContain('$', expanded);
        var answer = fleet.Servers[1].Ask(expanded, "tracecap_reader", ClickHouseServer.ReaderPassword);
        Assert.DoesNotContain("DB::Exception", answer, StringComparison.Ordinal);
        Assert.True(answer.Length > 0, $"{title}: no rows");
    }

    [Fact]
    public void The_questions_of_the_page_are_answered()
    {
        Assert.SkipWhen(ClickHouseServer.Missing is not null, ClickHouseServer.Missing ?? "");
        var page = File.ReadAllText(Repository.File("docs/fleet.md"));
        var questions = page.Split("```sql\n")[1].Split("```")[0].Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(3, questions.Length);
        Assert.All(questions, question => Assert.DoesNotContain(
            "DB::Exception", fleet.Servers[0].Ask(question, "tracecap_reader", ClickHouseServer.ReaderPassword), StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\$__timeFilter\((\w+)\)")]
    private static partial Regex Filter();

    [GeneratedRegex(@"\$__timeInterval\((\w+)\)")]
    private static partial Regex Interval();
}
