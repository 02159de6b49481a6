using System.Diagnostics;

namespace TraceCap.Cli.Tests.Analysis;

/// <summary>The reader in Python, which was written from docs/analysis.md, makes the same connections, intervals and figures of events.</summary>
[Collection(nameof(Alone))]
public sealed class SecondAnalysisTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Of_the_samples_no_row_differs() => Compare(Directory.GetFiles(Repository.File("samples/captures"), "*.tcap"));

    [Fact]
    public void Nor_of_captures_that_were_merged_put_together_cut_short_or_damaged()
    {
        var nginx = File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap"));
        var damaged = nginx.ToArray();
        damaged[damaged.Length / 2] ^= 0x10;
        File.WriteAllBytes(Path.Combine(folder, "truncated.tcap"), nginx[..(nginx.Length / 3)]);
        File.WriteAllBytes(Path.Combine(folder, "damaged.tcap"), damaged);
        File.WriteAllBytes(Path.Combine(folder, "together.tcap"), [.. Sample("traffic"), .. Sample("lossy"), .. nginx]);
        Assert.Equal(0, Tracecap.Run("merge", "traffic.tcap", "lossy.tcap", "nginx.tcap", "-o", Path.Combine(folder, "merged.tcap")).Code);
        Compare(Directory.GetFiles(folder));
    }

    [Fact]
    public void Nor_of_a_live_recording()
    {
        LiveRecorder.SkipUnlessRoot();
        var capture = Path.Combine(folder, "run.tcap");
        using (var recorder = LiveRecorder.Start("-o", capture))
        {
            Loopback.Churn(300);
            Loopback.Churn(100, System.Net.IPAddress.IPv6Loopback);
            LiveRecorder.End(recorder);
        }

        Compare(capture);
    }

    [Theory]
    [InlineData(1, 10_000, 0.0, 0.0, 1)]
    [InlineData(2, 10_000, 1.0, 0.005, 2)]
    [InlineData(3, 10_000, 0.05, 0.0, 5)]
    [InlineData(4, 100_000, 0.2, 0.002, 3)]
    [InlineData(5, 10_000, 0.0, 0.0, 1, true)]
    [InlineData(6, 10_000, 0.3, 0.01, 4, true)]
    public void Nor_of_a_made_up_history(int seed, int connections, double noCookie, double lost, int sections, bool hasEnds = false)
    {
        var capture = Path.Combine(folder, "history.tcap");
        File.WriteAllBytes(capture, new SocketHistory(seed, connections, noCookie, hasEnds).Capture(lost, sections));
        Compare(capture);
    }

    private static byte[] Sample(string name) => File.ReadAllBytes(Repository.File($"samples/captures/{name}.tcap"));

    private static void Compare(params string[] captures)
    {
        Assert.SkipUnless(File.Exists(Python), "needs python3");
        var start = new ProcessStartInfo(Python, [Repository.File("tests/analysis/compare.py"), Tracecap.Path, .. captures])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error.Result);
        Assert.Equal(captures.Length, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }
}
