namespace TraceCap.Cli.Tests;

public sealed class CompactTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    private string Output => Path.Combine(folder, "compact.tcap");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_is_in_a_capture_stays_and_small_chunks_become_fewer_bytes()
    {
        var fine = Path.Combine(folder, "fine.tcap");
        var file = File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap"));
        File.WriteAllBytes(fine, Tracecap.Run(file, "compact", "-", "-o", "-", "--chunk", "64K").Output);
        var result = Tracecap.Run("compact", fine, "-o", Output);

        Assert.Equal((0, "", ""), (result.Code, result.Text, result.Error));
        Assert.Equal(Tracecap.Run("replay", "--json", "--all", "nginx.tcap").Text, Tracecap.Run("replay", "--json", "--all", Output).Text);
        Assert.InRange(new FileInfo(Output).Length, 1, new FileInfo(fine).Length * 9 / 10);
        Assert.Equal(0, Tracecap.Run("verify", Output).Code);
    }

    [Fact]
    public void A_file_that_would_become_larger_stays_as_it_is()
    {
        var result = Tracecap.Run("compact", "nginx.tcap", "-o", Output, "--chunk", "64K");

        Assert.Equal((0, "", "tracecap: nginx.tcap: such chunks would make it larger; it stays as it is\n"), (result.Code, result.Text, result.Error));
        Assert.Equal(File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap")), File.ReadAllBytes(Output));
    }

    [Theory]
    [InlineData("64K", "25 chunks")]
    [InlineData("10M", "1 chunk")]
    public void The_smallest_and_the_largest_chunks_are_made_as_well_through_pipes(string size, string chunks)
    {
        var file = File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap"));
        var result = Tracecap.Run(file, "compact", "-", "-o", "-", "--chunk", size);

        Assert.Equal(0, result.Code);
        Assert.Equal($"standard input: ok, 9,000 events in {chunks}\n", Tracecap.Run(result.Output, "verify", "-").Text);
    }

    [Fact]
    public void A_capture_that_was_cut_short_is_compacted_as_far_as_it_goes_and_ends_with_3()
    {
        var file = File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap"));
        var result = Tracecap.Run(file[..^1], "compact", "-", "-o", Output);

        Assert.Equal(3, result.Code);
        Assert.Contains("truncated", result.Error, StringComparison.Ordinal);
        Assert.StartsWith($"{Output}: ok, 9,000 events", Tracecap.Run("verify", Output).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_closed_pipe_ends_it_quietly()
    {
        using var process = Tracecap.Start("compact", "nginx.tcap", "-o", "-");
        process.StandardInput.Close();
        process.StandardOutput.Close();
        process.WaitForExit();

        Assert.Equal(0, process.ExitCode);
        Assert.Empty(process.StandardError.ReadToEnd());
    }
}
