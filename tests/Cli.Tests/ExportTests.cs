using System.Text;

namespace TraceCap.Cli.Tests;

/// <summary><c>tracecap export</c>: what is in its files, tests/Exports.Tests say; here, what the command makes of its options.</summary>
public sealed class ExportTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("traffic.tcap")]
    [InlineData("nginx.tcap")]
    public void JSON_lines_are_those_that_replay_and_lifetimes_print(string capture)
    {
        Assert.Equal(Tracecap.Run("replay", capture, "--json", "--all").Text, Export(capture, "--to", "ndjson").Text);
        Assert.Equal(Tracecap.Run("lifetimes", capture, "--json").Text, Export(capture, "--to", "ndjson", "--connections").Text);
    }

    [Theory]
    [InlineData("--comm", "wrk")]
    [InlineData("--where", "peer.port == 18080 and type == C")]
    [InlineData("--from", "0.3", "--until", "0.31")]
    [InlineData("--from", "-100ms")]
    [InlineData("--port", "18080", "-n", "7")]
    public void Filters_are_those_of_replay(params string[] filters) =>
        Assert.Equal(
            Tracecap.Run(["replay", "nginx.tcap", "--json", "--all", .. filters]).Text,
            Export(["nginx.tcap", "-o", Path.Combine(folder, "x.ndjson"), .. filters]) is { Code: 0 } ? File.ReadAllText(Path.Combine(folder, "x.ndjson")) : "");

    [Theory]
    [InlineData("-L", "18080")]
    [InlineData("--where", "lifetime < 1ms and ending == closed")]
    [InlineData("--min", "5ms", "-n", "3")]
    public void Filters_of_connections_are_those_of_lifetimes(params string[] filters) => Assert.Equal(
        Tracecap.Run(["lifetimes", "nginx.tcap", "--json", .. filters]).Text, Export(["nginx.tcap", "--connections", "--to", "ndjson", .. filters]).Text);

    [Fact]
    public void The_CSV_of_connections_has_all_fields()
    {
        var names = Tracecap.Run("lifetimes", "nginx.tcap", "--format", "csv", "--fields", "all").Text;
        Assert.Equal(names, Export("nginx.tcap", "--connections", "--to", "csv").Text);
    }

    [Fact]
    public void A_pipe_gets_what_a_file_gets()
    {
        foreach (var format in new[] { "parquet", "arrow", "arrow-stream" })
        {
            var path = Path.Combine(folder, $"x.{format}");
            Assert.Equal(0, Export("traffic.tcap", "--to", format, "-o", path).Code);
            var result = Shell.Run($"cd {Repository.File("samples/captures")} && tracecap export - --to {format} -o - < traffic.tcap | wc -c");
            // It is of another name: standard input.
            Assert.InRange(int.Parse(result.Output, System.Globalization.CultureInfo.InvariantCulture), new FileInfo(path).Length, new FileInfo(path).Length + 20_000);
        }
    }

    [Fact]
    public void Partitions_appear_once_and_are_not_replaced()
    {
        var lake = Path.Combine(folder, "lake");
        Assert.Equal(0, Export("traffic.tcap", "--partition", lake).Code);
        var file = Assert.Single(Directory.GetFiles(lake, "*", SearchOption.AllDirectories));
        Assert.Matches(@"/host=[^/]+/date=2\d{3}-\d\d-\d\d/traffic\.parquet$", file);
        var again = Export("traffic.tcap", "--partition", lake);
        Assert.Equal(1, again.Code);
        Assert.Contains("is there already", again.Error, StringComparison.Ordinal);
        Assert.Equal(0, Export("traffic.tcap", "--partition", lake, "--force").Code);
        Assert.Single(Directory.GetFiles(lake, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("no format is given, and the output's name tells none; expected --to csv, ", "-o", "x.txt")]
    [InlineData("--to pdf: expected one of csv, ", "--to", "pdf")]
    [InlineData("-L is for connections; expected --connections beside it", "--to", "csv", "-L", "80")]
    [InlineData("--where: ", "--to", "csv", "--connections", "--where", "type == C")]
    [InlineData("--fields: there is no field 'lifetime'", "--to", "csv", "--fields", "lifetime")]
    [InlineData("--partition writes Parquet files of its own", "--partition", "x", "-o", "x.parquet")]
    [InlineData("--partition writes Parquet files of its own", "--partition", "x", "--to", "csv")]
    [InlineData("--schema zeek is for --connections in csv, tsv, json and ndjson", "--schema", "zeek", "--to", "ndjson")]
    [InlineData("--schema ecs is for csv, tsv, json and ndjson", "--schema", "ecs", "-o", "x.parquet")]
    [InlineData("--schema ecs says which columns there are", "--schema", "ecs", "--to", "csv", "--fields", "time")]
    public void What_makes_no_sense_is_said(string message, params string[] options)
    {
        var result = Export(["traffic.tcap", .. options.Select(option => option.StartsWith('x') ? Path.Combine(folder, option) : option)]);
        Assert.Equal(2, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    /// <summary>All that could be read is there, and says that it is not all.</summary>
    [Fact]
    public void A_damaged_capture_is_exported_as_far_as_it_can_be_read()
    {
        var cut = Path.Combine(folder, "cut.tcap");
        File.WriteAllBytes(cut, File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap"))[..^100]);
        var path = Path.Combine(folder, "x.parquet");
        Assert.Equal(3, Export(cut, "-o", path).Code);
        var content = Encoding.Latin1.GetString(File.ReadAllBytes(path));
        Assert.Matches("tracecap.incomplete.{1,4}true", content);
    }

    private static (int Code, string Text, string Error) Export(params string[] options)
    {
        var result = Tracecap.Run(["export", .. options]);
        return (result.Code, result.Text, result.Error);
    }
}
