namespace TraceCap.Cli.Tests;

public sealed class MergeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    private string Output => Path.Combine(folder, "merged.tcap");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Parts_that_were_cut_apart_become_what_they_were()
    {
        var (odd, even) = (Path.Combine(folder, "odd.tcap"), Path.Combine(folder, "even.tcap"));
        Assert.Equal(0, Tracecap.Run("cut", "nginx.tcap", "-o", odd, "--comm", "wrk").Code);
        Assert.Equal(0, Tracecap.Run("cut", "nginx.tcap", "-o", even, "--comm", "nginx").Code);
        var merged = Tracecap.Run(File.ReadAllBytes(odd), "merge", "-", even, "-o", Output);

        Assert.Equal((0, "", ""), (merged.Code, merged.Text, merged.Error));
        var rows = Tracecap.Run("replay", "--json", "--all", "nginx.tcap").Text.Split('\n')
            .Where(row => row.Contains("\"wrk\"", StringComparison.Ordinal) || row.Contains("\"nginx\"", StringComparison.Ordinal)).ToArray();
        Assert.Equal(rows, Tracecap.Run("replay", "--json", "--all", Output).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(0, Tracecap.Run("verify", Output).Code);
        Assert.Equal(3, Directory.GetFiles(folder).Length);
        Assert.Contains("ended       merged from 2 captures\n", Tracecap.Run("info", Output).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_left_behind_if_they_cannot_be_merged()
    {
        var result = Tracecap.Run("merge", "nginx.tcap", "tcptracer-example.tcap", "-o", Output);

        Assert.Equal(1, result.Code);
        Assert.Equal("tracecap: tcptracer-example.tcap does not tell its clocks, so its times cannot be compared with those of other hosts\n", result.Error);
        Assert.Empty(Directory.GetFiles(folder));
        Assert.Equal("tracecap: no.tcap: no such file\n", Tracecap.Run("merge", "no.tcap", "-o", Output).Error);
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public void A_damaged_input_is_told_and_ends_with_3()
    {
        var file = File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap"));
        var result = Tracecap.Run(file[..^1], "merge", "-", "traffic.tcap", "-o", Output);

        Assert.Equal(3, result.Code);
        Assert.Contains("tracecap: standard input: truncated", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, Tracecap.Run("verify", Output).Code);
    }
}
