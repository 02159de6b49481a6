namespace TraceCap.Cli.Tests;

public class VerifyTests
{
    [Fact]
    public void Every_recorded_capture_is_sound()
    {
        string[] captures = [.. Directory.GetFiles(Repository.File("samples/captures"), "*.tcap").Select(path => Path.GetFileName(path))];
        var result = Tracecap.Run(["verify", .. captures]);

        Assert.Equal(0, result.Code);
        Assert.Empty(result.Error);
        Assert.Equal(captures.Length + 1, result.Text.Split('\n').Length);
        Assert.Matches(@"(?m)^nginx\.tcap: ok, 9,000 events in \d+ chunks$", result.Text);
    }

    [Fact]
    public void A_damaged_pipe_is_told_line_by_line_and_ends_with_3()
    {
        var file = File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap"));
        file[file.Length / 2] ^= 1;
        var result = Tracecap.Run(file, "verify", "-");

        Assert.Equal(3, result.Code);
        Assert.Matches(@"^standard input: at byte \d+: not an undamaged block \([\d,]+ bytes skipped\)\n", result.Text);
        Assert.Matches(@"\nstandard input: at byte \d+: [\d,]+ events of the section that begins at byte 0 are missing", result.Text);
        Assert.Matches(@"\nstandard input: NOT OK, [\d,]+ events in \d+ chunks? can be read\n$", result.Text);
    }

    [Fact]
    public void Info_says_that_it_has_not_checked_the_chunks_which_verify_does()
    {
        var path = Path.GetTempFileName();
        var file = File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap"));
        file.AsSpan(file.Length / 2, 1000).Clear();
        File.WriteAllBytes(path, file);

        Assert.Contains("state       complete by its footer; chunks not checked (tracecap verify)", Tracecap.Run("info", path).Text, StringComparison.Ordinal);
        Assert.Contains("\"checked\":false", Tracecap.Run("info", "--json", path).Text, StringComparison.Ordinal);
        Assert.Equal(3, Tracecap.Run("verify", path).Code);
        Assert.Contains("state       damaged", Tracecap.Run(file, "info", "-").Text, StringComparison.Ordinal);
        File.Delete(path);
    }

    [Fact]
    public void One_file_that_is_no_capture_does_not_stop_the_others_and_ends_with_1()
    {
        var result = Tracecap.Run("verify", "README.md", "traffic.tcap");

        Assert.Equal(1, result.Code);
        Assert.Matches(@"^tracecap: README\.md: text, not a capture", result.Error);
        Assert.Matches(@"^traffic\.tcap: ok, [\d,]+ events in \d+ chunks\n$", result.Text);
    }

    [Fact]
    public void Chunks_are_only_hashed_if_that_is_asked_for()
    {
        var whole = Tracecap.Run("verify", "--quick", Repository.File("samples/captures/nginx.tcap"));
        Assert.Equal(0, whole.Code);
        Assert.Matches(@"nginx\.tcap: ok, [\d,]+ events in 2 chunks, not decoded\n$", whole.Text);

        var file = File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap"));
        file[file.Length / 2] ^= 1;
        var damaged = Tracecap.Run(file, "verify", "--quick", "-");
        Assert.Equal(3, damaged.Code);
        Assert.Matches(@"\nstandard input: NOT OK, [\d,]+ events in 1 chunk are sound by their hashes\n$", damaged.Text);
    }
}
