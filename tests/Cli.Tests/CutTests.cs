using System.Text.RegularExpressions;

namespace TraceCap.Cli.Tests;

public sealed partial class CutTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    private string Output => Path.Combine(folder, "cut.tcap");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("--from 0.45 --to 0.5")]
    [InlineData("--port 80")]
    [InlineData("--comm nginx")]
    [InlineData("--comm curl --type CX")]
    [InlineData("-4 --addr 127.0.0.0/8 --addr ::1")]
    [InlineData("--from 0.05 --type A")]
    [InlineData("-u 0 -6")]
    public void Replaying_what_was_cut_is_replaying_with_the_same_filter(string filter)
    {
        var options = filter.Split(' ');
        var cut = Tracecap.Run(["cut", "nginx.tcap", "-o", Output, .. options]);

        Assert.Equal(new(0, [], ""), cut, Same);
        Assert.Equal(
            Tracecap.Run(["replay", "--json", "--all", "nginx.tcap", .. options]).Text,
            Tracecap.Run("replay", "--json", "--all", Output).Text);
        Assert.Equal(0, Tracecap.Run("verify", Output).Code);
        Assert.Contains($"cut         {filter}\n", Tracecap.Run("info", Output).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Times_as_json_prints_them_cut_where_they_say()
    {
        var rows = Tracecap.Run("replay", "--json", "--all", "traffic.tcap").Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var time = System.Text.Json.JsonDocument.Parse(rows[100]).RootElement;
        var rest = string.Concat(rows[100..].Select(row => row + "\n"));
        foreach (var from in new[] { time.GetProperty("time").GetString()!, time.GetProperty("monotonic_ns").GetString() + "ns" })
        {
            Assert.Equal(rest, Tracecap.Run("replay", "--json", "--all", "traffic.tcap", "--from", from).Text);
        }
    }

    [Fact]
    public void Whole_connections_are_kept()
    {
        // A tenth of what was opened, from the midst of it.
        var times = MonotonicTime().Matches(Tracecap.Run("replay", "nginx.tcap", "--json", "--type", "C").Text).Select(match => match.Groups[1].Value + "ns").ToArray();
        var (from, to) = (times[times.Length / 2], times[times.Length * 6 / 10]);
        Assert.Equal(0, Tracecap.Run("cut", "nginx.tcap", "-o", Output, "--type", "C", "--from", from, "--to", to, "--keep-whole").Code);
        var rows = Tracecap.Run("replay", Output).Text.Split('\n').Skip(2).SkipLast(1).ToArray();
        var opened = rows.Count(row => row[0] == 'C');
        Assert.NotEqual(0, opened);
        Assert.Equal(opened, rows.Count(row => row[0] == 'X'));
        Assert.DoesNotContain(rows, row => row[0] == 'A');
    }

    [Fact]
    public void Info_counts_what_is_wanted()
    {
        var wanted = Tracecap.Run("replay", "nginx.tcap", "--comm", "wrk").Text.Split('\n').Length - 3;
        Assert.Contains(
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"events      {wanted:N0} of 9,000 ("),
            Tracecap.Run("info", "nginx.tcap", "--comm", "wrk").Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_is_cut_into_a_pipe_but_not_read_twice()
    {
        var file = File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap"));
        var cut = Tracecap.Run(file, "cut", "-", "-o", "-", "--comm", "curl");
        Assert.Equal(0, cut.Code);
        Assert.Equal(Tracecap.Run("replay", "nginx.tcap", "--comm", "curl").Text, Tracecap.Run(cut.Output, "replay", "-").Text);

        var twice = Tracecap.Run(file, "cut", "-", "-o", Output, "--keep-whole");
        Assert.Equal(2, twice.Code);
        Assert.Equal("tracecap: standard input can be read once only, and --keep-whole reads twice; give a file\n", twice.Error);
    }

    [Fact]
    public void A_damaged_capture_is_cut_around_the_damage_and_the_cut_says_so()
    {
        var file = File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap"));
        var result = Tracecap.Run(file[..^1], "cut", "-", "-o", Output, "--comm", "curl");

        Assert.Equal(3, result.Code);
        Assert.Contains("truncated", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, Tracecap.Run("verify", Output).Code);
        Assert.Matches(@"\nmissing     0 events or more, 0 blocks, [\d,]+ bytes: they were damaged when this was written\n", Tracecap.Run("info", Output).Text);
    }

    private static bool Same(Tracecap.Result one, Tracecap.Result other) =>
        (one.Code, one.Text, one.Error) == (other.Code, other.Text, other.Error);

    [GeneratedRegex("\"monotonic_ns\":\"?(\\d+)")]
    private static partial Regex MonotonicTime();
}
