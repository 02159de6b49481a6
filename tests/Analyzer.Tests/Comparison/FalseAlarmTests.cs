using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Comparison;
using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Statistics;

namespace TraceCap.Analyzer.Tests.Comparison;

/// <summary>How often a comparison calls something changed where nothing has, and how seldom it misses what has: captures are drawn of
/// simulated traffic and compared as <c>tracecap diff</c> does. docs/analysis.md has the results.</summary>
public sealed class FalseAlarmTests
{
    private const int Pairs = 200;

    private static readonly SimulatedTraffic usual = new() { Connections = 1500 };

    private static readonly Case[] same =
    [
        new("the same traffic, 1,500 connections in 60 s", usual, usual),
        new("bursts of 20 connections", usual with { Burst = 20 }, usual with { Burst = 20 }),
        new("bursts of 20 within 1 s", usual with { Burst = 20, Spread = 1 }, usual with { Burst = 20, Spread = 1 }),
        new("traffic that falls to a fifth for 3 s at a time", usual with { Waves = 3 }, usual with { Waves = 3 }),
        new("connections within the host, each of two sockets", usual with { IsLoopback = true }, usual with { IsLoopback = true }),
        new("15 s against 60 s, lifetimes of 5 s, those above 10 s reset", Long(15), Long(60)),
        new("15 s against 60 s, bursts of 20", usual with { Seconds = 15, Connections = 375, Burst = 20 }, usual with { Burst = 20 }),
        new("lifetimes of 5 min, most of which are cut off", usual with { Lifetime = 300 }, usual with { Lifetime = 300 }),
        new("1 connection, or none, or some", usual with { Connections = 1 }, usual with { Connections = 1 }),
        new("1 connection in 1 s against 100 in 100 s", new() { Connections = 1, Seconds = 1 }, new() { Connections = 100, Seconds = 100 }),
    ];

    private static readonly Case[] different =
    [
        new("lifetimes 10 % longer, 6,250 connections each", Exponential(0.2), Exponential(0.22)),
    ];

    private static readonly Lazy<(Case Case, string[][] Called)[]> alarms = new(() => [.. same.Select(Run)]);

    private static readonly Lazy<(Case Case, string[][] Called)[]> found = new(() => [.. different.Select(Run)]);

    [Fact]
    public void Of_the_same_traffic_one_table_of_fifty_calls_something_changed_at_most()
    {
        Assert.All(alarms.Value, one => Assert.True(Count(one.Called) <= Pairs / 50, $"{one.Case.Name}: {string.Join("; ", one.Called.Select(called => string.Join(", ", called)).Where(called => called.Length > 0))}"));
        Assert.InRange(alarms.Value.Sum(one => Count(one.Called)), 0, same.Length * Pairs / 50);
    }

    [Fact]
    public void Of_lifetimes_that_are_a_tenth_longer_four_tables_of_five_say_so() =>
        Assert.InRange(found.Value[0].Called.Count(called => called.Contains("lifetimes")), (Pairs * 4 / 5) + 1, Pairs);

    /// <summary>With UPDATE_GOLDENS=1 the table is written anew, to be read before it is committed.</summary>
    [Fact]
    public void The_page_has_the_results()
    {
        var path = Repository.File("docs/analysis.md");
        var page = File.ReadAllText(path);
        var (begin, end) = (page.IndexOf("| two captures of |", StringComparison.Ordinal), page.IndexOf("\n\n", page.IndexOf("| two captures of |", StringComparison.Ordinal), StringComparison.Ordinal));
        var expected = page[..begin] + Table() + page[end..];
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.Equal(expected, page);
    }

    private static string Table()
    {
        var table = new StringBuilder("| two captures of | pairs | tables that call something changed | with 95 % confidence |\n|---|---|---|---|");
        foreach (var (name, count) in alarms.Value.Select(one => (one.Case.Name, Count(one.Called)))
            .Concat(found.Value.Select(one => ($"**{one.Case.Name}**", one.Called.Count(called => called.Contains("lifetimes"))))))
        {
            // The limits of Clopper and Pearson.
            var least = count == 0 ? 0 : 1 / (1 + Probability.Root(odds => Probability.AtLeast(count, Pairs - count, 1 / (1 + odds)), 0.025));
            var most = count == Pairs ? 1 : 1 - (1 / (1 + Probability.Root(odds => Probability.AtLeast(Pairs - count, count, 1 / (1 + odds)), 0.025)));
            table.Append(CultureInfo.InvariantCulture, $"\n| {name} | {Pairs} | {100.0 * count / Pairs:0.#} % | {100 * least:0.0} to {100 * most:0.0} % |");
        }

        return table.ToString();
    }

    private static SimulatedTraffic Long(double seconds) => usual with { Seconds = seconds, Connections = 25 * seconds, Lifetime = 5, Before = 60, Timeout = 10 };

    private static SimulatedTraffic Exponential(double lifetime) => usual with { Connections = 6250, IsExponential = true, Lifetime = lifetime };

    private static int Count(string[][] called) => called.Count(one => one.Length > 0);

    /// <summary>What each pair calls changed; the seeds are 1, 2, 3, and so on.</summary>
    private static (Case Case, string[][] Called) Run(Case one) => (one, [.. Enumerable.Range(1, Pairs).Select(seed =>
    {
        var random = new Random(seed);
        return Called(new CaptureComparison(one.Before.Capture(random), one.After.Capture(random)));
    })]);

    private static string[] Called(CaptureComparison comparison) =>
    [
        .. comparison.VerdictOf(MetricTest.Lifetimes).Verdict == ChangeVerdict.Changed ? ["lifetimes"] : Array.Empty<string>(),
        .. comparison.VerdictOf(MetricTest.ConnectTimes).Verdict == ChangeVerdict.Changed ? ["connects"] : Array.Empty<string>(),
        .. comparison.Changes.Where(change => change.Verdict == ChangeVerdict.Changed).Select(change => change.Metric.Name),
        .. comparison.Groups.SelectMany(groups => groups.New.Concat(groups.Vanished).Concat(groups.Failures)).Where(group => group.IsSignificant).Select(group => group.Name),
    ];

    private sealed record Case(string Name, SimulatedTraffic Before, SimulatedTraffic After);
}
