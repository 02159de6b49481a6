using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TraceCap.Cli.Tests;

/// <summary>The commands that read captures as connections.</summary>
public partial class ConnectionCommandTests
{
    public static TheoryData<string> Commands => ["lifetimes", "churn", "summary"];

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_pipe_gives_the_same_as_the_file(string command) => Assert.Equal(
        Tracecap.Run(command, "traffic.tcap").Text,
        Tracecap.Run(File.ReadAllBytes(Repository.File("samples/captures/traffic.tcap")), command, "-").Text);

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_cut_capture_is_read_as_far_as_it_goes_and_ends_with_3(string command)
    {
        var file = File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap"));
        for (var length = 0; length < file.Length; length += file.Length / 8)
        {
            var some = Tracecap.Run(file[..length], command, "-");
            Assert.Equal(3, some.Code);
            Assert.NotEmpty(some.Text);
            Assert.Contains(length == 0 ? "empty" : "truncated", some.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Conditions_given_several_times_have_to_hold_all()
    {
        string Of(params string[] conditions) => Tracecap.Run(["lifetimes", "incident.tcap", .. conditions.SelectMany(condition => (string[])["--where", condition])]).Text;

        Assert.Equal(192, Of("process == web", "ending == failed").Count(letter => letter == '\n') - 1);
        Assert.Equal(Of("(process == web or process == worker) and ending == failed"), Of("process == web or process == worker", "ending == failed"));
        Assert.Contains("there is no field 'endin'", Tracecap.Run("lifetimes", "incident.tcap", "--where", "process == web", "--where", "endin == failed").Error, StringComparison.Ordinal);
        Assert.Equal(
            Tracecap.Run("replay", "incident.tcap", "--all", "--where", "process == web and type == F").Text,
            Tracecap.Run("replay", "incident.tcap", "--all", "--where", "process == web", "--where", "type == F").Text);
    }

    [Fact]
    public void What_damage_may_have_hidden_is_marked()
    {
        var file = File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap"));
        // The first of its two chunks.
        file[file.Length / 2] ^= 0x10;
        var rows = Tracecap.Run(file, "lifetimes", "-").Text.Split('\n')[1..^1];

        Assert.Contains(rows, row => row.EndsWith(" pre-existing? closed", StringComparison.Ordinal));
        Assert.DoesNotContain(rows, row => row.EndsWith(" pre-existing closed", StringComparison.Ordinal));
    }

    [Fact]
    public void A_closed_pipe_ends_it_quietly()
    {
        using var process = Tracecap.Start("lifetimes", "nginx.tcap");
        process.StandardInput.Close();
        Assert.StartsWith("PID", process.StandardOutput.ReadLine(), StringComparison.Ordinal);
        process.StandardOutput.Close();
        process.WaitForExit();

        Assert.Equal(0, process.ExitCode);
        Assert.Empty(process.StandardError.ReadToEnd());
    }

    [Fact]
    public void Several_captures_are_read_one_after_another()
    {
        int Rows(params string[] files) => Tracecap.Run(["lifetimes", .. files]).Text.Count(letter => letter == '\n') - 1;
        long Emitted(params string[] files)
        {
            using var summary = JsonDocument.Parse(Tracecap.Run(["summary", "--json", .. files]).Text);
            var recordings = summary.RootElement.GetProperty("recordings").EnumerateArray().ToArray();
            Assert.Equal(recordings.DistinctBy(recording => recording.GetProperty("boot_id").GetString()).Count(), recordings.Length);
            return recordings.Sum(recording => recording.GetProperty("events_emitted").GetInt64());
        }

        Assert.Equal(Rows("traffic.tcap") + Rows("nginx.tcap"), Rows("traffic.tcap", "nginx.tcap"));
        Assert.Equal(Emitted("traffic.tcap") + Emitted("nginx.tcap"), Emitted("traffic.tcap", "nginx.tcap"));
        Assert.Equal(Rows("tcptracer-example.tcap") + Rows("traffic.tcap"), Rows("tcptracer-example.tcap", "traffic.tcap"));
    }

    [Fact]
    public void Filters_choose_connections_and_never_part_an_opening_from_its_close()
    {
        string[] Rows(params string[] filter) => [.. Tracecap.Run(["lifetimes", "traffic.tcap", .. filter]).Text.Split('\n').Skip(1).SkipLast(1)];

        var all = Rows();
        Assert.NotEmpty(all);
        // All have both, but for one that was open before, of which both ends are.
        Assert.DoesNotContain(all, row => row.EndsWith(" open", StringComparison.Ordinal));
        Assert.Equal(2, all.Count(row => row.EndsWith("closed", StringComparison.Ordinal)));
        Assert.All(all.Where(row => row.EndsWith("closed", StringComparison.Ordinal)), row => Assert.Contains(" hold ", row, StringComparison.Ordinal));
        Assert.Equal(all.Length, Rows("-4").Length + Rows("-6").Length);
        var pid = all[0].Split(' ')[0];
        Assert.Equal(all.Where(row => row.StartsWith(pid + " ", StringComparison.Ordinal)), Rows("-p", pid));
        Assert.Equal(all.Where(row => row.Contains(" c-burst ", StringComparison.Ordinal)), Rows("--comm", "c-burst"));
        Assert.Equal(all.Where(row => row.Contains(" failed ", StringComparison.Ordinal)), Rows("--type", "F"));
        Assert.Equal(all.Where(row => row.Contains(" 20000 127", StringComparison.Ordinal)), Rows("-L", "20000"));
        Assert.Equal(all.Where(row => row.Contains(" 20000   ", StringComparison.Ordinal)), Rows("-D", "20000"));
        Assert.Equal(2, Rows("-L", "20000,20001").Length);
        Assert.Equal(5, Rows("--limit", "5").Length);
        // After two addresses and ports, and the kilobytes.
        double Lifetime(string row) => double.Parse(Milliseconds().Match(row).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.Equal(all.Where(row => Lifetime(row) >= 80), Rows("--min", "80ms"));
    }

    [Fact]
    public void On_a_terminal_lines_fit_and_churn_has_bars()
    {
        var churn = OnTerminal("churn --every 100ms traffic.tcap");
        Assert.Contains(churn, line => line.Contains('█', StringComparison.Ordinal));
        Assert.All(churn, line => Assert.InRange(line.Length, 0, 80));
        Assert.DoesNotContain('█', Tracecap.Run("churn", "traffic.tcap").Text);
        Assert.All(OnTerminal("summary nginx.tcap"), line => Assert.InRange(line.Length, 0, 80));
        Assert.All(OnTerminal("diff traffic.tcap nginx.tcap --fail-if 'opened.rate[service=127.0.0.1:18080] < -50%'"), line => Assert.InRange(line.Length, 0, 80));
        Assert.All(OnTerminal("check nginx.tcap --expect 'opened.rate[service=127.0.0.1:18080]   >=   100/s' --expect 'failed[errno=ECONNREFUSED]    ==    0'"), line => Assert.InRange(line.Length, 0, 80));
    }

    [Theory]
    [InlineData("100ns", "90,000,001")]
    [InlineData("1us", "9,000,001")]
    public void Too_many_intervals_are_told_not_printed(string every, string intervals)
    {
        var result = Tracecap.Run("churn", "--every", every, "tcptracer-example.tcap");
        Assert.Equal((1, $"tracecap: --every: {intervals} intervals are too many; at most 1,000,000 are shown: choose 10us or longer, or a part of the capture\n"), (result.Code, result.Error));
        Assert.Equal(0, Tracecap.Run("churn", "--every", "10us", "tcptracer-example.tcap", "--by", "process", "--limit", "1", "--json").Code);
    }

    [Fact]
    public void Figures_of_the_summary_are_those_of_the_lifetimes()
    {
        var connections = Tracecap.Run("lifetimes", "--json", "nginx.tcap").Text.Split('\n')[..^1].Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        using var summary = JsonDocument.Parse(Tracecap.Run("summary", "--json", "nginx.tcap").Text);
        var all = summary.RootElement.GetProperty("all");
        long Of(string name) => all.GetProperty(name).GetInt64();
        long Count(string ending) => connections.Count(one => one.GetProperty("ending").GetString() == ending);
        long Sum(string name) => connections.Sum(one => one.TryGetProperty(name, out var value) ? value.GetInt64() : 0);

        Assert.Equal(connections.Length, Of("sockets"));
        Assert.Equal((Count("closed"), Count("reset"), Count("open")), (Of("closed"), Of("reset"), Of("open")));
        Assert.Equal((Sum("acked_bytes"), Sum("received_bytes")), (Of("acked_bytes"), Of("received_bytes")));
        // All connections in question had ended, so the median is the ordinary one.
        var closed = connections.Select(one => one.GetProperty("lifetime_ns").GetInt64()).Order().ToArray();
        var median = all.GetProperty("lifetime").GetProperty("p50_ns").GetInt64();
        Assert.InRange(median, closed[(closed.Length / 2) - 20] * 0.992, closed[(closed.Length / 2) + 20] * 1.008);
    }

    [Fact]
    public void Help_fits_a_terminal_and_leaves_it_as_it_was() =>
        Assert.All(OnTerminal("record --help"), line => Assert.InRange(line.Length, 0, 80));

    private static string[] OnTerminal(string arguments)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "there is no script(1) to give it a terminal");
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/script", ["-qec", $"stty cols 80; {Tracecap.Path} {arguments} 2>/dev/null", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Repository.File("samples/captures"),
        })!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Assert.DoesNotContain("\u001b", output, StringComparison.Ordinal);
        return output.Split("\r\n");
    }

    [GeneratedRegex(@" (\d+\.\d\d)( failed \w+| reset| [a-z-]+ closed)?$")]
    private static partial Regex Milliseconds();
}
