using System.Text.Json;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Writing;

namespace TraceCap.Cli.Tests;

/// <summary>check and diff: the lines of a CI job.</summary>
public class ExpectationCommandTests
{
    [Theory]
    [InlineData(0, "ok      failed == 0  0\n", "failed == 0")]
    [InlineData(1, "FAILED  opened > 2  2\n", "opened > 2")]
    [InlineData(1, "ok      failed == 0  0\nFAILED  opened > 2   2\n", "failed == 0", "opened > 2")]
    [InlineData(4, "UNKNOWN failed.share[port=1] == 0  nothing to measure: no connection matches [port=1]\n", "failed.share[port=1] == 0")]
    [InlineData(1, "UNKNOWN failed.share[port=1] == 0  nothing to measure: no connection matches [port=1]\nFAILED  opened > 2                 2\n", "failed.share[port=1] == 0", "opened > 2")]
    public void Check_ends_with_1_if_one_does_not_hold_and_with_4_if_one_cannot_be_told(int code, string output, params string[] expressions)
    {
        var result = Tracecap.Run(["check", "tcptracer-example.tcap", .. expressions.SelectMany(expression => new[] { "--expect", expression })]);
        Assert.Equal((code, output, ""), (result.Code, result.Text, result.Error));
    }

    [Theory]
    [InlineData(4, "failed == 0")]
    [InlineData(3, "failed == 0", "--allow-loss")]
    [InlineData(3, "opened > 0")]
    [InlineData(1, "opened == 0")]
    public void Of_a_cut_capture_check_ends_with_4_if_what_is_missing_decides_and_with_3_if_not(int code, string expression, params string[] options)
    {
        var file = File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap"));
        var result = Tracecap.Run(file[..^1], ["check", "-", "--expect", expression, .. options]);
        Assert.Equal(code, result.Code);
        Assert.Contains("standard input: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(expression, result.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, "UNKNOWN failed == 0  0 seen, possible 0 to 998: 998 (ring full 998) of 1,000 events were lost, between 1970-01-01T00:00:00.000Z and 1970-01-01T00:00:10.000Z\n", "failed == 0")]
    [InlineData(0, "ok      failed == 0  0 seen, allowed 0 to 998: 998 (ring full 998) of 1,000 events were lost, between 1970-01-01T00:00:00.000Z and 1970-01-01T00:00:10.000Z\n", "failed == 0", "--allow-loss")]
    [InlineData(0, "ok      opened >= 1  1 seen, possible 1 to 999: 998 (ring full 998) of 1,000 events were lost, between 1970-01-01T00:00:00.000Z and 1970-01-01T00:00:10.000Z\n", "opened >= 1")]
    [InlineData(1, "FAILED  opened < 1  1 seen, possible 1 to 999: 998 (ring full 998) of 1,000 events were lost, between 1970-01-01T00:00:00.000Z and 1970-01-01T00:00:10.000Z\n", "opened < 1")]
    [InlineData(1, "FAILED  lost == 0  998\n", "lost == 0", "--allow-loss")]
    [InlineData(1, "UNKNOWN failed == 0  0 seen, possible 0 to 998: 998 (ring full 998) of 1,000 events were lost, between 1970-01-01T00:00:00.000Z and 1970-01-01T00:00:10.000Z\nFAILED  lost == 0    998\n", "failed == 0", "--expect", "lost == 0")]
    public void Of_a_capture_with_losses_only_what_they_cannot_change_is_told(int code, string output, string expression, params string[] options)
    {
        var result = Tracecap.Run(Lossy(), ["check", "-", "--expect", expression, .. options]);
        Assert.Equal((code, output, ""), (result.Code, result.Text, result.Error));
    }

    [Theory]
    [InlineData(4, "failed > +0")]
    [InlineData(0, "failed > +0", "--allow-loss")]
    [InlineData(0, "failed > +998")]
    [InlineData(1, "opened > 0")]
    public void Diff_of_a_capture_with_losses_tells_what_they_cannot_change(int code, string expression, params string[] options)
    {
        var result = Tracecap.Run(Lossy(), ["diff", "nginx.tcap", "-", "--fail-if", expression, .. options]);
        Assert.Equal((code, ""), (result.Code, result.Error));
        Assert.Contains("\nafter       998 (ring full 998) of 1,000 events were lost, between 1970-01-01T00:00:00.000Z and 1970-01-01T00:00:10.000Z; changes may come from that\n", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_an_empty_file_nothing_can_be_told()
    {
        Assert.Equal(4, Tracecap.Run([], "check", "-", "--expect", "failed == 0").Code);
        Assert.Equal(4, Tracecap.Run([], "check", "-", "--expect", "failed == 0", "--allow-loss").Code);
        Assert.Equal(4, Tracecap.Run([], "diff", "nginx.tcap", "-", "--fail-if", "failed > 0").Code);
    }

    [Fact]
    public void The_json_of_check_has_figures_and_verdicts()
    {
        var result = Tracecap.Run("check", "tcptracer-example.tcap", "--json", "--expect", "opened == 2", "--expect", "opened.rate > 100/s");
        Assert.Equal(1, result.Code);
        using var json = JsonDocument.Parse(result.Text);
        Assert.False(json.RootElement.GetProperty("holds").GetBoolean());
        var results = json.RootElement.GetProperty("expectations");
        Assert.Equal(("opened == 2", 2, true), (results[0].GetProperty("expression").GetString(), results[0].GetProperty("value").GetInt64(), results[0].GetProperty("holds").GetBoolean()));
        Assert.Equal(("per_second", 2.0 / 9, false), (results[1].GetProperty("unit").GetString(), results[1].GetProperty("value").GetDouble(), results[1].GetProperty("holds").GetBoolean()));
    }

    [Fact]
    public void Check_reads_several_captures_but_no_event_twice_and_filters_them()
    {
        Assert.Equal(0, Tracecap.Run("check", "tcptracer-example.tcap", "tcptracer-example.tcap", "--expect", "opened == 2").Code);
        Assert.Equal(0, Tracecap.Run("check", "tcptracer-example.tcap", "--comm", "curl", "--expect", "sockets == 1").Code);
    }

    [Theory]
    [InlineData("check", "--expect", "faild == 0", "there is no metric 'faild'; did you mean failed?\n  faild == 0\n  ^^^^^\n")]
    [InlineData("check", "--expect", "failed > +3", "a value without a sign is expected: only two captures can be compared by a change\n  failed > +3\n           ^^\n")]
    [InlineData("diff", "--fail-if", "lifetime.p99 > +20", "lifetime.p99 is a time with its unit, such as 50us, 5ms, 1.5s, 5m, 1h, 2d or 1y, its change that or a percentage such as +20%\n  lifetime.p99 > +20\n                    ^\n")]
    public void A_wrong_expression_is_pointed_at_and_ends_with_2(string command, string option, string expression, string message)
    {
        string[] files = command == "diff" ? ["nginx.tcap", "nginx.tcap"] : ["nginx.tcap"];
        var result = Tracecap.Run([command, .. files, option, expression]);
        Assert.Equal((2, "", $"tracecap: {option}: {message}Try `tracecap {command} --help`.\n"), (result.Code, result.Text, result.Error));
    }

    [Fact]
    public void A_capture_does_not_differ_from_itself()
    {
        var result = Tracecap.Run("diff", "nginx.tcap", "nginx.tcap", "--allow-loss", "--fail-if", "lifetime.p99 > +20%", "--fail-if", "failed > +0");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.DoesNotContain("changed", result.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("FAILED", result.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("services", result.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("opened.rate > +20%", 1)]
    [InlineData("opened.rate < +20%", 0)]
    [InlineData("active.end > 1000", 0)]
    [InlineData("connect.p99[port=1] > +20%", 4)]
    public void Diff_ends_with_1_if_what_must_not_hold_does_and_with_4_if_that_cannot_be_told(string expression, int code)
    {
        var result = Tracecap.Run("diff", "traffic.tcap", "nginx.tcap", "--fail-if", expression);
        Assert.Equal(code, result.Code);
        Assert.Contains($"  {(code switch { 0 => "ok     ", 1 => "FAILED ", _ => "UNKNOWN" })} {expression}: ", result.Text, StringComparison.Ordinal);
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

    /// <summary>A capture of 10 s in which all but the first and the last event were lost.</summary>
    private static byte[] Lossy()
    {
        var capture = new MemoryStream();
        var writer = new CaptureWriter(capture, new CaptureHeader { BootId = "lossy", Start = new ClockAnchor(1, 1, 1) }) { Watermark = 1, LossCounters = default(LossCounters) };
        writer.Append(Event(TcpEventType.Connect, 1_000_000_000));
        writer.LossCounters = new LossCounters(1, 0, 0, 0, 0);
        writer.CloseChunk();
        writer.Append(Event(TcpEventType.Close, 10_000_000_000));
        writer.LossCounters = new LossCounters(1_000, 998, 0, 0, 0);
        writer.Complete("end of test", null);
        return capture.ToArray();

        static TcpEvent Event(TcpEventType type, ulong at) => new()
        {
            Timestamp = at,
            Connection = 7,
            Type = type,
            IpVersion = 4,
            LocalAddress = new Address([10, 0, 0, 1]),
            PeerAddress = new Address([10, 0, 0, 2]),
            LocalPort = 40_000,
            PeerPort = 443,
        };
    }
}
