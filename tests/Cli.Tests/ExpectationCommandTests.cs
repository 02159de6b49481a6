using System.Text.Json;

namespace TraceCap.Cli.Tests;

/// <summary>check and diff: the lines of a CI job.</summary>
public class ExpectationCommandTests
{
    [Theory]
    [InlineData(0, "ok      failed == 0  0\n", "failed == 0")]
    [InlineData(1, "FAILED  opened > 2  2\n", "opened > 2")]
    [InlineData(1, "ok      failed == 0  0\nFAILED  opened > 2   2\n", "failed == 0", "opened > 2")]
    [InlineData(1, "FAILED  failed.share[port=1] == 0  nothing to measure\n", "failed.share[port=1] == 0")]
    public void Check_ends_with_1_unless_all_holds(int code, string output, params string[] expressions)
    {
        var result = Tracecap.Run(["check", "tcptracer-example.tcap", .. expressions.SelectMany(expression => new[] { "--expect", expression })]);
        Assert.Equal((code, output, ""), (result.Code, result.Text, result.Error));
    }

    [Theory]
    [InlineData("failed == 0", 3)]
    [InlineData("opened == 0", 1)]
    public void Of_a_cut_capture_check_ends_with_3_if_all_holds(string expression, int code)
    {
        var file = File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap"));
        var result = Tracecap.Run(file[..^1], "check", "-", "--expect", expression);
        Assert.Equal(code, result.Code);
        Assert.Contains("standard input: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(expression, result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_json_of_check_has_figures_and_verdicts()
    {
        var result = Tracecap.Run("check", "tcptracer-example.tcap", "--json", "--expect", "opened == 2", "--expect", "opened.rate > 100/s");
        Assert.Equal(1, result.Code);
        using var json = JsonDocument.Parse(result.Text);
        Assert.False(json.RootElement.GetProperty("holds").GetBoolean());
        var results = json.RootElement.GetProperty("expectations");
        Assert.Equal(("opened == 2", "2", true), (results[0].GetProperty("expression").GetString(), results[0].GetProperty("value").GetString(), results[0].GetProperty("holds").GetBoolean()));
        Assert.Equal(("per_second", 2.0 / 9, false), (results[1].GetProperty("unit").GetString(), results[1].GetProperty("value").GetDouble(), results[1].GetProperty("holds").GetBoolean()));
    }

    [Fact]
    public void Check_reads_several_captures_but_no_event_twice_and_filters_them()
    {
        Assert.Equal(0, Tracecap.Run("check", "tcptracer-example.tcap", "tcptracer-example.tcap", "--expect", "opened == 2").Code);
        Assert.Equal(0, Tracecap.Run("check", "tcptracer-example.tcap", "--comm", "curl", "--expect", "ends == 1").Code);
    }

    [Theory]
    [InlineData("check", "--expect", "faild == 0", "there is no metric 'faild'; did you mean failed?\n  faild == 0\n  ^^^^^\n")]
    [InlineData("check", "--expect", "failed > +3", "a value without a sign is expected: only two captures can be compared by a change\n  failed > +3\n           ^^\n")]
    [InlineData("diff", "--fail-if", "lifetime.p99 > +20", "lifetime.p99 is a time with its unit, such as 50us, 5ms, 1.5s, 5m or 1h, its change that or a percentage such as +20%\n  lifetime.p99 > +20\n                    ^\n")]
    public void A_wrong_expression_is_pointed_at_and_ends_with_2(string command, string option, string expression, string message)
    {
        string[] files = command == "diff" ? ["nginx.tcap", "nginx.tcap"] : ["nginx.tcap"];
        var result = Tracecap.Run([command, .. files, option, expression]);
        Assert.Equal((2, "", $"tracecap: {option}: {message}Try `tracecap {command} --help`.\n"), (result.Code, result.Text, result.Error));
    }

    [Fact]
    public void A_capture_does_not_differ_from_itself()
    {
        var result = Tracecap.Run("diff", "nginx.tcap", "nginx.tcap", "--fail-if", "lifetime.p99 > +20%", "--fail-if", "failed > +0");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.DoesNotContain("changed", result.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("FAILED", result.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("services", result.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("opened.rate > +20%", 1)]
    [InlineData("opened.rate < +20%", 0)]
    [InlineData("active.end > 1000", 0)]
    [InlineData("connect.p99[port=1] > +20%", 1)]
    public void Diff_ends_with_1_if_what_must_not_hold_does_or_cannot_be_told(string expression, int code)
    {
        var result = Tracecap.Run("diff", "traffic.tcap", "nginx.tcap", "--fail-if", expression);
        Assert.Equal(code, result.Code);
        Assert.Contains($"  {(code == 0 ? "ok    " : "FAILED")}  {expression}: ", result.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-", "nginx.tcap")]
    [InlineData("nginx.tcap", "-")]
    public void Diff_ends_with_3_if_either_is_cut(string before, string after)
    {
        var file = File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap"));
        var result = Tracecap.Run(file[..^1], "diff", before, after);
        Assert.Equal(3, result.Code);
        Assert.Contains("standard input: ", result.Error, StringComparison.Ordinal);
        Assert.StartsWith("METRIC", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Diff_writes_a_page_beside_the_table_or_instead_of_it()
    {
        var folder = Directory.CreateTempSubdirectory("tracecap").FullName;
        try
        {
            var path = Path.Combine(folder, "diff.html");
            string[] diff = ["diff", "traffic.tcap", "nginx.tcap", "-L", "18080", "-o"];
            var result = Tracecap.Run([.. diff, path]);
            Assert.Equal((0, ""), (result.Code, result.Error));
            Assert.StartsWith("METRIC", result.Text, StringComparison.Ordinal);
            var page = File.ReadAllText(path);
            Assert.Contains("traffic.tcap, then nginx.tcap; only <code>-L 18080</code>", page, StringComparison.Ordinal);
            Assert.Equal(page, Tracecap.Run([.. diff, "-"]).Text);
            Assert.Equal(1, Tracecap.Run([.. diff, path]).Code);
            Assert.Equal(0, Tracecap.Run([.. diff, path, "--force"]).Code);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
