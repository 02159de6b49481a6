using TraceCap.Analyzer;
using TraceCap.Analyzer.Conditions;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Metrics;
using TraceCap.Format.Events;
using TraceCap.Testing;

namespace TraceCap.Library.Tests;

public sealed class ExpectationTests
{
    private static readonly Capture nginx = Sample("nginx");

    /// <summary>Metrics that no connections in particular make what they are.</summary>
    private static readonly string[] ofNone = ["active.max", "recorded", "emitted", "lost"];

    public static TheoryData<string> Metrics => [.. MetricTable.All.Select(metric => metric.Name)];

    [Fact]
    public void Nothing_is_no_expectation()
    {
        Assert.Throws<ArgumentException>(() => nginx.ShouldHold());
        Assert.Throws<ArgumentException>(() => nginx.ShouldNotRegress(nginx, [], filter: null));
    }

    [Fact]
    public void What_holds_gives_the_capture_back() => Assert.Same(nginx, nginx.ShouldHold("failed == 0", "active.end <= 20").ShouldHold("opened > 1000"));

    [Fact]
    public void What_does_not_hold_is_told_with_the_connections_that_break_it()
    {
        var error = Assert.Throws<ExpectationException>(() => nginx.ShouldHold("lifetime.max < 1ms", "failed == 0"));
        var longest = nginx.Connections().Where(one => !one.IsPreexisting).OrderByDescending(one => one.Lifetime).Take(5).ToList();
        Assert.StartsWith("nginx.tcap: 1 of 2 expectations are met\n  FAILED  lifetime.max < 1ms: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("\n  ok      failed == 0: 0", error.Message, StringComparison.Ordinal);
        Assert.Contains($"\nlifetime.max comes from:{string.Concat(longest.Select(one => $"\n  {one}"))}\n  and ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_selector_and_a_filter_choose_the_connections()
    {
        var error = Assert.Throws<ExpectationException>(() => nginx.ShouldHold(["accepted[port == 18080] == 0"], ConnectionFilter.Parse("--comm nginx")));
        Assert.Contains("nginx", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrk", error.Message, StringComparison.Ordinal);
        var shown = error.Message.Split('\n').SkipWhile(line => !line.StartsWith("accepted comes from:", StringComparison.Ordinal)).Skip(1).ToList();
        Assert.Equal(6, shown.Count);
        Assert.All(shown[..5], line => Assert.Contains("127.0.0.1:18080 <- 127.0.0.1:", line, StringComparison.Ordinal));
    }

    /// <summary>Every metric of the table is either of connections, of which there are some in one of the samples, or said to be of none.</summary>
    [Theory]
    [MemberData(nameof(Metrics))]
    public void Every_metric_knows_its_connections(string metric)
    {
        var kind = ConnectionKind.Of(metric);
        Assert.Equal(ofNone.Contains(metric), kind is null);
        if (kind is null)
        {
            return;
        }

        // A metric that is more than nothing is of connections.
        Assert.All(new[] { nginx, Sample("traffic"), Sample("incident"), Sample("ends"), Sample("lossy") }, capture =>
            Assert.True(capture.Summarize().Metrics.GetValueOrDefault(metric) is not { Value: > 0 } || capture.Connections().Any(kind.Counts), $"{capture}: {metric}"));
    }

    /// <summary>Metrics that count are of as many connections as they count.</summary>
    [Theory]
    [InlineData("sockets")]
    [InlineData("opened")]
    [InlineData("accepted")]
    [InlineData("preexisting")]
    [InlineData("failed")]
    [InlineData("closed")]
    [InlineData("reset")]
    [InlineData("reset.sent")]
    [InlineData("reset.received")]
    [InlineData("reset.timeout")]
    [InlineData("open")]
    [InlineData("held")]
    [InlineData("unfinished")]
    [InlineData("unseen")]
    [InlineData("uncertain")]
    [InlineData("connect.slow")]
    public void A_count_is_of_as_many_connections(string metric) => Assert.All(
        new[] { nginx, Sample("traffic"), Sample("incident"), Sample("ends"), Sample("lossy") },
        capture => Assert.Equal(capture.Summarize().Metrics[metric].Value, capture.Connections().Count(ConnectionKind.Of(metric)!.Counts)));

    [Fact]
    public void What_cannot_be_told_fails_in_a_way_of_its_own()
    {
        using var lossy = Sample("lossy");
        var error = Assert.Throws<ExpectationUnknownException>(() => lossy.ShouldHold("failed == 0"));
        Assert.Contains("UNKNOWN failed == 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("lost", error.Message, StringComparison.Ordinal);
        lossy.ShouldHold(["failed == 0"], filter: null, allowLoss: true);
    }

    [Fact]
    public void What_is_missing_is_told()
    {
        nginx.ShouldBeComplete();
        using var lossy = Sample("lossy");
        Assert.Contains("lost", Assert.Throws<ExpectationException>(() => lossy.ShouldBeComplete()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_capture_is_held_against_an_old_one()
    {
        nginx.ShouldNotRegress(nginx, ["failed > +0", "lifetime.p99 > +20%"], filter: null, allowLoss: true);
        using var incident = Sample("incident");
        var error = Assert.Throws<ExpectationException>(() => nginx.ShouldNotRegress(incident, ["opened > +10"], filter: null, allowLoss: true));
        Assert.Contains("incident.tcap -> nginx.tcap: 0 of 1 expectations are met", error.Message, StringComparison.Ordinal);
        Assert.Contains("\nchanged: opened.rate: ", error.Message, StringComparison.Ordinal);
    }

    /// <summary>xunit calls an assertion what has an interface of this name.</summary>
    [Fact]
    public void Frameworks_take_it_for_an_assertion() =>
        Assert.Contains(typeof(ExpectationException).GetInterfaces(), one => one.Name == "IAssertionException");

    [Fact]
    public void What_is_no_expression_is_refused() => Assert.Throws<ConditionFormatException>(() => nginx.ShouldHold("failed = zero"));

    [Fact]
    public void A_fixture_is_found_beside_the_tests_and_beside_their_sources_and_told_where_not()
    {
        Assert.Equal(9_000, CaptureFixture.Open("captures/nginx.tcap").Info.Events);
        Assert.Equal(9_000, CaptureFixture.Open(Repository.File("samples/captures/nginx.tcap")).Info.Events);
        var folder = Directory.CreateTempSubdirectory("tracecap").FullName;
        var inner = Directory.CreateDirectory(Path.Combine(folder, "project", "tests")).FullName;
        File.WriteAllText(Path.Combine(folder, "outside.tcap"), "");
        File.WriteAllText(Path.Combine(folder, "project", "Shop.csproj"), "");
        File.WriteAllText(Path.Combine(folder, "project", "shop.tcap"), "");
        Assert.Equal(Path.Combine(folder, "project", "shop.tcap"), CaptureFixture.Find("shop.tcap", ["/nowhere/at/all", inner]));
        var error = Assert.Throws<FileNotFoundException>(() => CaptureFixture.Find("outside.tcap", [inner]));
        Assert.Contains(Path.Combine(inner, "outside.tcap"), error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Path.Combine(folder, "outside.tcap"), error.Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void What_is_no_capture_is_told_as_that()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, "no capture at all, but long enough to be looked at as one");
        Assert.Throws<CaptureFormatException>(() => CaptureFixture.Open(path));
        File.Delete(path);
    }

    private static Capture Sample(string name) => Capture.Open(Repository.File($"samples/captures/{name}.tcap"));
}
