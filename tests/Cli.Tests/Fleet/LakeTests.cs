using System.Diagnostics;

namespace TraceCap.Cli.Tests.Fleet;

/// <summary><c>ship --to file</c> and <c>--to s3</c>: partitioned Parquet, of each capture once.</summary>
public sealed class LakeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    private string Lake => Path.Combine(folder, "lake");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_is_in_the_folder_is_what_the_captures_have()
    {
        string[] captures = [.. new[] { "nginx", "incident", "traffic" }.Select(name => Repository.File($"samples/captures/{name}.tcap"))];
        var first = Tracecap.Run(["ship", .. captures, "--to", "file", "-o", Lake]);
        Assert.Equal((0, ""), (first.Code, first.Error));
        Assert.All(first.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.EndsWith("; written", line, StringComparison.Ordinal));
        foreach (var table in new[] { "events", "connections" })
        {
            var rows = Tracecap.Run("query", "--allow-files", $"SELECT host, count(*) AS n FROM read_parquet('{Lake}/{table}/**/*.parquet', hive_partitioning = true) GROUP BY host", "--format", "csv");
            Assert.Equal((0, $"host,n\nvm,{captures.Sum(capture => Count(table, capture))}\n", ""), (rows.Code, rows.Text, rows.Error));
        }

        var before = Files();
        var again = Tracecap.Run(["ship", .. captures, "--to", "file", "-o", Lake]);
        Assert.Equal(0, again.Code);
        Assert.Equal(3, again.Text.Split("is there already").Length - 1);
        Assert.Equal(before, Files());
    }

    /// <summary>What was there of it is replaced: each file has its name of the capture.</summary>
    [Fact]
    public void Killed_in_the_middle_and_begun_again()
    {
        var capture = Path.Combine(folder, "killed.tcap");
        TwoShards.Record(capture, "it's/ a % host", 100_000);
        using (var ship = Tracecap.Start("ship", capture, "--to", "file", "-o", Lake))
        {
            Assert.True(SpinWait.SpinUntil(() => ship.HasExited || (Directory.Exists(Lake) && Files().Length > 0), TimeSpan.FromMinutes(1)));
            ship.Kill();
            ship.WaitForExit();
        }

        var again = Tracecap.Run("ship", capture, "--to", "file", "-o", Lake);
        Assert.Equal((0, ""), (again.Code, again.Error));
        Assert.Single(Directory.GetFiles(Path.Combine(Lake, "shipped"), "*.json"));
        Assert.Equal("n,rows\n1,200000\n", Tracecap.Run("query", "--allow-files", $"SELECT count(DISTINCT host) AS n, count(*) AS rows FROM read_parquet('{Lake}/events/**/*.parquet')", "--format", "csv").Text);
    }

    [Fact]
    public void A_bucket_gets_the_same_files_and_the_mark_last()
    {
        var capture = Path.Combine(folder, "bucket.tcap");
        TwoShards.Record(capture, "a host/ of=odd%names", 200);
        Assert.Equal(0, Tracecap.Run("ship", capture, "--to", "file", "-o", Lake).Code);
        using var server = new S3Server();
        server.Fail(2);
        var shipped = Ship(server, S3Server.SecretKey, capture, "--retry-for", "1h");
        Assert.Equal(0, shipped.Code);
        Assert.Contains("HTTP status 503; trying again", shipped.Error, StringComparison.Ordinal);
        Assert.Equal(Files().Select(file => "/bucket/prefix/" + file), server.Objects.Keys.Order(StringComparer.Ordinal));
        Assert.All(Files().Where(file => file.EndsWith(".json", StringComparison.Ordinal)), file => Assert.Equal(File.ReadAllBytes(Path.Combine(Lake, file)), server.Objects["/bucket/prefix/" + file]));
        Assert.StartsWith("/bucket/prefix/shipped/", server.Puts.Last(), StringComparison.Ordinal);
        var count = server.Puts.Count;
        Assert.EndsWith("is there already\n", Ship(server, S3Server.SecretKey, capture).Text, StringComparison.Ordinal);
        Assert.Equal(count, server.Puts.Count);

        var parquet = Path.Combine(folder, "got.parquet");
        File.WriteAllBytes(parquet, server.Objects.Single(one => one.Key.StartsWith("/bucket/prefix/events/", StringComparison.Ordinal)).Value);
        Assert.Equal("n\n400\n", Tracecap.Run("query", "--allow-files", $"SELECT count(*) AS n FROM '{parquet}'", "--format", "csv").Text);
    }

    [Fact]
    public void A_wrong_key_is_an_error_at_once_that_does_not_show_it()
    {
        var capture = Path.Combine(folder, "refused.tcap");
        TwoShards.Record(capture, "refused", 1);
        using var server = new S3Server();
        var refused = Ship(server, "another secret", capture, "--retry-for", "1h");
        Assert.Equal(1, refused.Code);
        Assert.Contains("HTTP status 403; keys are AWS_ACCESS_KEY_ID", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("another secret", refused.Error, StringComparison.Ordinal);
        Assert.Empty(server.Objects);
    }

    [Fact]
    public void A_capture_that_is_damaged_is_there_as_far_as_it_can_be_read()
    {
        var capture = Path.Combine(folder, "cut.tcap");
        var bytes = File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap"));
        File.WriteAllBytes(capture, bytes[..(bytes.Length / 2)]);
        File.WriteAllText(Path.Combine(folder, "text.tcap"), "no capture");
        var result = Tracecap.Run("ship", Path.Combine(folder, "text.tcap"), capture, "--to", "file", "-o", Lake);
        Assert.Equal(1, result.Code);
        Assert.Contains("text.tcap", result.Error, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(Path.Combine(Lake, "shipped")));
    }

    [Theory]
    [InlineData("--to file needs -o", "--to", "file")]
    [InlineData("--to s3 needs --url", "--to", "s3")]
    [InlineData("--to clickhouse needs --url", "--to", "clickhouse")]
    [InlineData("has no --url", "--to", "file", "-o", "x", "--url", "http://127.0.0.1")]
    [InlineData("one of two keys is missing", "--to", "s3", "--url", "http://127.0.0.1/bucket", "--user", "me")]
    public void What_does_not_belong_together_is_refused(string message, params string[] arguments)
    {
        var result = Tracecap.Run(["ship", Repository.File("samples/captures/nginx.tcap"), .. arguments]);
        Assert.Equal(2, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    private static long Count(string table, string capture) => long.Parse(
        Tracecap.Run("query", capture, $"SELECT count(*) AS n FROM {table}", "--format", "csv").Text.Split('\n')[1], System.Globalization.CultureInfo.InvariantCulture);

    private string[] Files() =>
        [.. Directory.EnumerateFiles(Lake, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Lake, file)).Order(StringComparer.Ordinal)];

    private static Tracecap.Result Ship(S3Server server, string secret, string capture, params string[] options)
    {
        var start = new ProcessStartInfo(Tracecap.Path, ["ship", capture, "--to", "s3", "--url", server.Url + "bucket/prefix", .. options]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["AWS_ACCESS_KEY_ID"] = S3Server.AccessKey;
        start.Environment["AWS_SECRET_ACCESS_KEY"] = secret;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        return new Tracecap.Result(process.ExitCode, output.ToArray(), error.Result);
    }
}
