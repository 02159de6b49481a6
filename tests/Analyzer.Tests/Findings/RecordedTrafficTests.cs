using System.Text;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Output.Text;

namespace TraceCap.Analyzer.Tests.Findings;

/// <summary>What is found in traffic that was recorded: ordinary, and with faults.</summary>
public sealed class RecordedTrafficTests
{
    private static readonly string folder = Repository.File("tests/Analyzer.Tests/Findings/Captures");

    public static TheoryData<string> Captures => [.. Directory.GetFiles(folder, "*.tcap").Select(path => Path.GetFileNameWithoutExtension(path)!)];

    public static TheoryData<string> Samples => [.. Directory.GetFiles(Repository.File("samples/captures"), "*.tcap").Select(path => Path.GetFileNameWithoutExtension(path)!)];

    [Theory]
    [InlineData("nginx-keepalive")]
    [InlineData("redis")]
    [InlineData("node")]
    [InlineData("ssh")]
    [InlineData("idle")]
    public void Nothing_is_found_in_ordinary_use(string capture) => Assert.Empty(Find(Path.Combine(folder, capture + ".tcap")).Findings);

    /// <summary>wrk with a connection for each request is what <c>pool</c> looks for.</summary>
    [Theory]
    [InlineData("nginx-close", "pool")]
    [InlineData("outage", "outage pool")]
    [InlineData("crash-loop", "refused reconnect")]
    [InlineData("backlog", "slow")]
    [InlineData("stopped", "outage stopped")]
    [InlineData("one-of-six-refuses", "refused reconnect differs")]
    public void A_fault_is_found_and_no_other(string capture, string rules) =>
        Assert.Equal(rules.Split(' '), Find(Path.Combine(folder, capture + ".tcap")).Findings.Select(finding => finding.Rule));

    /// <summary>In the samples wrk opens a connection for each request, connects are refused on purpose, events are lost, and a shop has trouble.</summary>
    [Theory]
    [MemberData(nameof(Samples))]
    public void Nothing_else_is_found_in_the_samples(string capture) => Assert.All(
        Find(Repository.File($"samples/captures/{capture}.tcap")).Findings,
        finding => Assert.Contains(finding.Rule, capture switch { "nginx" => ["pool"], "lossy" => ["lost", "pool"], "incident" => ["outage", "refused", "reconnect", "pool"], _ => Array.Empty<string>() }));

    [Theory]
    [MemberData(nameof(Captures))]
    public void What_is_printed_of_recorded_traffic_is_what_was(string capture)
    {
        var text = Encoding.UTF8.GetString(TrafficSummaryText.Format(Find(Path.Combine(folder, capture + ".tcap")), 20, 120, new FindingCommand(capture + ".tcap")));
        var golden = Path.Combine(folder, capture + ".txt");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            File.WriteAllText(golden, text);
        }

        Assert.Equal(File.ReadAllText(golden), text);
    }

    [Theory]
    [InlineData("outage")]
    [InlineData("stopped")]
    public void The_time_of_an_outage_has_all_of_its_rows_and_no_others(string capture)
    {
        var outage = Find(Path.Combine(folder, capture + ".tcap")).Findings[0];
        var time = outage.RowOptions[..outage.RowOptions.IndexOf(" --where", StringComparison.Ordinal)];
        Assert.Equal(outage.Numbers.Single(number => number.Name == "failed").Value, Count($"{time} --type F"));
        Assert.Equal(outage.Numbers.Single(number => number.Name == "tried").Value, Count($"{time} --type CF"));
        Assert.Equal(outage.Numbers.Single(number => number.Name == "tried_otherwise").Value, Count("--type CF") - Count($"{time} --type CF"));

        int Count(string options)
        {
            var list = new ConnectionList();
            using var file = File.OpenRead(Path.Combine(folder, capture + ".tcap"));
            ConnectionFeed.ReadAll(file, list, ConnectionFilter.Parse(options));
            return list.Items.Count;
        }
    }

    [Fact]
    public void Every_capture_has_a_line_on_how_it_was_made_and_all_are_small()
    {
        var readme = File.ReadAllText(Path.Combine(folder, "README.md"));
        Assert.All(Directory.GetFiles(folder, "*.tcap"), path => Assert.Contains($"`{Path.GetFileName(path)}`", readme, StringComparison.Ordinal));
        Assert.InRange(Directory.GetFiles(folder).Sum(path => new FileInfo(path).Length), 1, 300_000);
    }

    private static TrafficSummary Find(string path)
    {
        var summary = new TrafficSummary(GroupBy.Service);
        using var file = File.OpenRead(path);
        ConnectionFeed.ReadAll(file, summary);
        return summary;
    }
}
