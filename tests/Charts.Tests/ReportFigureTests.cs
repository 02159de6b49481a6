using System.Globalization;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Tests.Report;

namespace TraceCap.Charts.Tests;

/// <summary>Every figure that the page counts itself is the program's own.</summary>
public class ReportFigureTests
{
    private static readonly string[] kinds = ["all", "process", "service", "peer", "ending", "time", "process and ending", "words"];

    private static Dictionary<string, Metric> Metrics { get; } = MetricTable.Shown.ToDictionary(metric => metric.Name);

    [Theory]
    [InlineData("nginx")]
    [InlineData("incident")]
    [InlineData("lossy")]
    [InlineData("traffic")]
    [InlineData("ends")]
    public async Task A_selection_has_the_figures_of_the_same_condition(string sample)
    {
        var all = ReadAll(sample);
        await using var browser = await ReportPages.Explore(ReportPages.Of(sample));
        foreach (var kind in kinds)
        {
            var (hash, condition) = Select(kind, all);
            await GoTo(browser, hash);
            await HasFiguresOf(browser, sample, condition);
        }
    }

    private static async Task HasFiguresOf(Browser browser, string sample, string? condition)
    {
        var summary = Summarize(sample, condition);
        var cards = await browser.Value<Dictionary<string, string>>("Object.fromEntries([...document.querySelectorAll('.figures > div:not([hidden])')].map(card => [card.dataset.metric, card.querySelector('dd').textContent]))");
        Assert.Superset(new HashSet<string> { "opened", "failed", "lifetime.p50", "lifetime.p99", "lifetime.max", "connect.p99", "bytes.sent", "retransmits.share" }, cards.Keys.ToHashSet());
        foreach (var (name, text) in cards.Where(card => card.Key != "lost"))
        {
            Assert.Equal($"{name} {Text(summary, name)}", $"{name} {text}");
        }

        // The tables of groups have the same, each row.
        var rows = await browser.Value<string[][]>("[...document.querySelectorAll('#by-process tbody tr')].map(row => [...row.cells].map(cell => cell.textContent))");
        var columns = await browser.Value<string?[]>("[...document.querySelectorAll('#by-process thead th')].map(cell => cell.dataset.metric ?? null)");
        Assert.Equal(summary.Groups.Count, rows.Length);
        foreach (var (key, statistics) in summary.Groups.InOrder)
        {
            var row = Assert.Single(rows, row => row[0] == summary.Groups.By.Text(key));
            var figures = summary.Of(statistics);
            Assert.Equal(columns.Skip(1).Select(name => Metrics[name!].Of(figures)?.Text(Metrics[name!].Unit) ?? ""), row.Skip(1));
        }

        // And so has the list of connections.
        Assert.StartsWith($"{Math.Min(100, summary.All.Ends):N0} of {summary.All.Ends:N0} found", await browser.Value<string>("document.querySelector('#connections').closest('section').querySelector('output').textContent"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_that_it_names_shows_the_same()
    {
        var all = ReadAll("incident");
        await using var browser = await ReportPages.Explore(ReportPages.Of("incident"));
        foreach (var kind in kinds[1..^1])
        {
            await GoTo(browser, Select(kind, all).Hash);
            var command = await browser.Value<string>("document.querySelector('#selection code').textContent");
            Assert.StartsWith("tracecap lifetimes FILE --where '", command, StringComparison.Ordinal);
            var shown = command["tracecap lifetimes FILE --where '".Length..^1].Replace("'\\''", "'", StringComparison.Ordinal);
            Assert.Equal(Summarize("incident", shown).All.Ends.ToString("N0", CultureInfo.InvariantCulture), (await browser.Value<string>("document.querySelector('#selection p').textContent")).Split(' ')[0]);
        }
    }

    [Theory]
    [InlineData("incident")]
    [InlineData("nginx")]
    public async Task A_finding_is_a_link_to_exactly_its_rows(string sample)
    {
        var findings = FindingList.ForPeople(Summarize(sample, null).Findings).Shown.Select(one => one.Finding).ToArray();
        Assert.NotEmpty(findings);
        await using var browser = await ReportPages.Explore(ReportPages.Of(sample));
        for (var place = 0; place < findings.Length; place++)
        {
            if (findings[place].RowOptions.Length == 0)
            {
                continue;
            }

            await browser.Value<object?>($"document.querySelector('a.rows[data-finding=\"{place}\"]').click()");
            await browser.Value<object?>("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");

            // Those that the options of lifetimes show.
            var options = findings[place].RowOptions;
            var where = options.IndexOf("--where '", StringComparison.Ordinal);
            var (times, condition) = (options[..where].Trim(), options[(where + "--where '".Length)..^1].Replace("'\\''", "'", StringComparison.Ordinal));
            var expected = Count(sample, ConnectionFilter.Parse(times) with { Where = ConnectionCondition.Parse(condition) });
            Assert.Equal($"{expected:N0} ends of connections:", await browser.Value<string>("document.querySelector('#selection p').textContent"));
            Assert.Equal($"#finding={place}", await browser.Value<string>("location.hash"));
        }
    }

    [Fact]
    public async Task Of_a_sample_figures_are_estimates_and_say_so()
    {
        var exact = Summarize("nginx", "process == nginx");
        await using var browser = await ReportPages.Explore(ReportPages.Of("nginx", rows: 2000), "#process=nginx");

        var opened = await browser.Value<string>("document.querySelector('[data-metric=accepted] dd').textContent");
        Assert.StartsWith("\u2248 ", opened, StringComparison.Ordinal);
        var estimate = double.Parse(opened[2..], NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        // The longest thousand are there for sure; the rest is a sample of 1,000 out of 3,500: five standard deviations of its share.
        Assert.InRange(estimate, exact.All.Accepted * 0.85, exact.All.Accepted * 1.15);
        Assert.Contains("told from", await browser.Value<string>("document.querySelector('#selection p').textContent"), StringComparison.Ordinal);
        Assert.Contains("2,000 of 4,508 ends of connections", await browser.Value<string>("document.querySelector('[aria-labelledby=connections-title] p').textContent"), StringComparison.Ordinal);
    }

    private static async Task GoTo(Browser browser, string hash)
    {
        await browser.Value<object?>($"new Promise(done => {{ if (location.hash === '#{hash}' || (location.hash === '' && '{hash}' === '')) {{ done(); }} else {{ addEventListener('hashchange', () => done(), {{ once: true }}); location.hash = '{hash}'; }} }})");
    }

    private static (string Hash, string? Condition) Select(string kind, ConnectionList all)
    {
        var (connection, recording) = all.Items[all.Items.Count / 2];
        var process = $"{Grouping.Of(GroupBy.Process).Text(Grouping.Of(GroupBy.Process).Key(in connection, recording))}";
        var service = Grouping.Of(GroupBy.Service).Text(Grouping.Of(GroupBy.Service).Key(in connection, recording));
        var peer = Grouping.Of(GroupBy.Peer).Text(Grouping.Of(GroupBy.Peer).Key(in connection, recording));
        var ending = Ending.Of(connection.Ending).Word;
        var first = all.Items.Min(item => item.Recording.Start);
        var (from, to) = (connection.Opened - first, connection.Opened - first + ((recording.End - recording.Start) / 3));
        return kind switch
        {
            "all" => ("", null),
            "process" => ($"process={Uri.EscapeDataString(process)}", $"process == \"{process}\""),
            "service" => ($"service={Uri.EscapeDataString(service)}", $"service == {service}"),
            "peer" => ($"peer={Uri.EscapeDataString(peer)}", $"peer == {peer}"),
            "ending" => ($"ending={ending}", $"ending == {ending}"),
            "time" => ($"from={from}&to={to}", $"opened >= {first + from}ns and opened < {first + to}ns"),
            "process and ending" => ($"process={Uri.EscapeDataString(process)}&ending={ending}", $"process == \"{process}\" and ending == {ending}"),
            _ => ($"words=%3A{connection.PeerPort}", $"peer.port == {connection.PeerPort} or local.port == {connection.PeerPort} or pid == {connection.PeerPort}"),
        };
    }

    private static ConnectionList ReadAll(string sample)
    {
        var list = new ConnectionList();
        using var file = File.OpenRead(Repository.File($"samples/captures/{sample}.tcap"));
        ConnectionFeed.ReadAll(file, list);
        return list;
    }

    private static TrafficSummary Summarize(string sample, string? condition)
    {
        var summary = new TrafficSummary(GroupBy.Process);
        using var file = File.OpenRead(Repository.File($"samples/captures/{sample}.tcap"));
        ConnectionFeed.ReadAll(file, summary, new ConnectionFilter { Where = condition is null ? null : ConnectionCondition.Parse(condition) });
        return summary;
    }

    private static long Count(string sample, ConnectionFilter filter)
    {
        var list = new ConnectionList();
        using var file = File.OpenRead(Repository.File($"samples/captures/{sample}.tcap"));
        ConnectionFeed.ReadAll(file, list, filter);
        return list.Items.Count;
    }

    private static string Text(TrafficSummary summary, string name) => Metrics[name].Of(summary.Figures)?.Text(Metrics[name].Unit) ?? "-";
}
