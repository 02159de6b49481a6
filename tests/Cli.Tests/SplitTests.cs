namespace TraceCap.Cli.Tests;

public sealed class SplitTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public static TheoryData<string, string> Ways
    {
        get
        {
            var ways = new TheoryData<string, string>();
            foreach (var capture in new[] { "traffic.tcap", "nginx.tcap", "lossy.tcap", "incident.tcap", "tcptracer-example.tcap" })
            {
                foreach (var way in new[] { "host", "hour", "process", "unit", "size" })
                {
                    ways.Add(capture, way);
                }
            }

            return ways;
        }
    }

    private string Merged => Path.Combine(folder, "merged.tcap");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Ways))]
    public void The_parts_merged_are_the_whole_again_with_its_losses(string capture, string way)
    {
        var parts = Split(capture, way);

        Assert.All(parts, part => Assert.Equal(0, Tracecap.Run("verify", part).Code));
        Assert.Equal((0, ""), Outcome(Tracecap.Run(["merge", .. parts, "-o", Merged])));
        Assert.Equal(Tracecap.Run("replay", "--json", "--all", capture).Text, Tracecap.Run("replay", "--json", "--all", Merged).Text);
        Assert.Equal(Line(capture, "lost"), Line(Merged, "lost"));
    }

    [Fact]
    public void A_part_by_process_has_whole_connections_of_one_name()
    {
        var parts = Split("nginx.tcap", "process");

        Assert.Contains(parts, part => Path.GetFileName(part) == "part-wrk.tcap");
        var wrk = Path.Combine(folder, "part-wrk.tcap");
        Assert.Equal(
            Tracecap.Run("lifetimes", "nginx.tcap", "--comm", "wrk", "--json").Text.Split('\n').Length,
            Tracecap.Run("lifetimes", wrk, "--json").Text.Split('\n').Length);
    }

    [Fact]
    public void Each_part_of_a_lossy_capture_says_what_may_be_lost()
    {
        var whole = Line("lossy.tcap", "lost");

        Assert.All(Split("lossy.tcap", "process"), part => Assert.Equal(whole.Split(" of ")[0], Line(part, "lost").Split(" of ")[0]));
    }

    [Fact]
    public void A_capture_that_was_cut_short_is_split_as_far_as_it_goes_and_ends_with_3()
    {
        var file = File.ReadAllBytes(Repository.File("samples/captures/incident.tcap"));
        var result = Tracecap.Run(file[..^4000], "split", "-", "-o", Path.Combine(folder, "part.tcap"), "--by", "process");

        Assert.Equal(3, result.Code);
        Assert.All(Directory.GetFiles(folder), part => Assert.Equal(0, Tracecap.Run("verify", part).Code));
    }

    [Theory]
    [InlineData("--by size and --size", "--by", "size")]
    [InlineData("--by", "--by", "moon")]
    [InlineData("several captures", "--by", "hour", "-o", "-")]
    public void What_cannot_be_is_told(string expected, params string[] options)
    {
        var result = Tracecap.Run(["split", "nginx.tcap", .. options.Contains("-o") ? options : ["-o", Path.Combine(folder, "part.tcap"), .. options]]);

        Assert.Equal(2, result.Code);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder));
    }

    private string[] Split(string capture, string way)
    {
        string[] size = way == "size" ? ["--size", "64K"] : [];
        Assert.Equal((0, ""), Outcome(Tracecap.Run(["split", capture, "-o", Path.Combine(folder, "part-%k.tcap"), "--by", way, .. size])));
        return [.. Directory.GetFiles(folder, "part-*.tcap").Order(StringComparer.Ordinal)];
    }

    private static (int Code, string Error) Outcome(Tracecap.Result result) => (result.Code, result.Error);

    private static string Line(string capture, string title) =>
        Tracecap.Run("info", capture).Text.Split('\n').First(line => line.StartsWith(title, StringComparison.Ordinal));
}
