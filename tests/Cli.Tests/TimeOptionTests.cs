namespace TraceCap.Cli.Tests;

/// <summary>Times on the command line: one grammar for all commands, and an answer where there is nothing.</summary>
public sealed class TimeOptionTests
{
    /// <summary>nginx.tcap goes from 10:43:14.628 to 10:43:15.380 on 2026-11-27.</summary>
    private const string Whole = "which goes from 2026-11-27T10:43:14.628Z to 2026-11-27T10:43:15.380Z";

    [Theory]
    [InlineData("--from -0.3", "--from 2026-11-27T10:43:15.080644626Z")]
    [InlineData("--from=-300ms", "--from 2026-11-27T10:43:15.080644626Z")]
    [InlineData("--to -600ms", "--to 2026-11-27T10:43:14.780644626Z")]
    [InlineData("--from -6h", "")]
    [InlineData("--from -4", "--from start")]
    [InlineData("--from 2026-11-27", "--from 1970-01-01 --to end")]
    [InlineData("--from 10:43:15", "--from 2026-11-27T10:43:15Z")]
    [InlineData("--from 10:43:14.7 --to +0.1", "--from 2026-11-27T10:43:14.7 --to 2026-11-27T10:43:14.8")]
    [InlineData("--from 1795776195", "--from 2026-11-27T10:43:15Z")]
    [InlineData("--from 1795776194900", "--from 2026-11-27T10:43:14.9z")]
    [InlineData("--from 1795776194900000000", "--from '2026-11-27 10:43:14.9'")]
    public void Each_form_chooses_the_same(string times, string same)
    {
        var one = Shell.Run($"tracecap replay nginx.tcap {times}");
        Assert.Equal((0, ""), (one.Code, one.Error));
        Assert.Equal(Shell.Run($"tracecap replay nginx.tcap {same}").Text, one.Text);
    }

    [Theory]
    [InlineData("lifetimes")]
    [InlineData("summary")]
    [InlineData("churn --every 100ms")]
    [InlineData("info")]
    [InlineData("check --expect 'opened > 0'")]
    public void All_commands_know_them(string command)
    {
        // A finding names the options that were given.
        Assert.Equal(Run("2026-11-27T10:43:15.080644626Z"), Run("-300ms"));

        string Run(string from) => Shell.Run($"tracecap {command} nginx.tcap --from {from}").Text.Replace($"--from {from}", "--from", StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_zone_times_are_UTC_or_local_if_that_is_asked_for()
    {
        var expected = Shell.Run("tracecap replay nginx.tcap --from 10:43:15Z").Text;
        Assert.Equal(expected, Shell.Run("TZ=Asia/Kolkata tracecap replay nginx.tcap --from 10:43:15").Text);
        Assert.Equal(expected, Shell.Run("TZ=Asia/Kolkata tracecap replay nginx.tcap --local --from 16:13:15").Text);
        Assert.Equal(expected, Shell.Run("TZ=America/New_York tracecap replay nginx.tcap --local --from 2026-11-27T05:43:15").Text);
        Assert.NotEqual(Shell.Run("tracecap replay nginx.tcap").Text, expected);
    }

    [Theory]
    [InlineData("--from 1795776200", "--from 2026-11-27T10:43:20.000Z is after the end of the capture, " + Whole)]
    [InlineData("--from 90", "--from 2026-11-27T10:44:44.628Z is after the end of the capture, " + Whole)]
    [InlineData("--from 09:00", "--from 2026-11-28T09:00:00.000Z is after the end of the capture, " + Whole)]
    [InlineData("--to 2026-01-01", "--to 2026-01-01T00:00:00.000000000Z is before the beginning of the capture, " + Whole)]
    public void Where_there_is_nothing_the_time_of_the_capture_is_told(string times, string message) =>
        Assert.Equal($"tracecap: {message}\n", Shell.Run($"tracecap replay nginx.tcap - {times} < nginx.tcap").Error);

    [Theory]
    [InlineData("lifetimes nginx.tcap")]
    [InlineData("replay - < nginx.tcap")]
    [InlineData("cut nginx.tcap -o -")]
    public void Every_command_tells_that(string command) =>
        Assert.Equal($"tracecap: --from 2026-11-27T10:44:44.628Z is after the end of the capture, {Whole}\n", Shell.Run($"tracecap {command} --from 90").Error);

    [Fact]
    public void Of_several_captures_the_end_is_that_of_the_last()
    {
        var folder = Directory.CreateTempSubdirectory("tracecap").FullName;
        Assert.Equal(0, Shell.Run($"tracecap cut nginx.tcap --to 0.3 -o {folder}/a.tcap && tracecap cut nginx.tcap --from 0.3 -o {folder}/b.tcap").Code);
        Assert.Equal(Shell.Run("tracecap lifetimes nginx.tcap --from -0.3").Text, Shell.Run($"tracecap lifetimes {folder}/a.tcap {folder}/b.tcap --from -0.3").Text);
        var one = Shell.Run($"tracecap replay {folder}/a.tcap {folder}/b.tcap --from -0.3");
        Assert.Equal(("", Shell.Run("tracecap replay nginx.tcap --from -0.3").Text), (one.Error, one.Text));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Of_a_pipe_the_end_is_not_known()
    {
        var result = Shell.Run("cat nginx.tcap | tracecap replay - --from -5m");
        Assert.Equal(1, result.Code);
        Assert.Equal(
            "tracecap: standard input: -5m counts from the end of the capture, which is known of a file only; give one, or a time since the capture begins, such as 1.5\n",
            result.Error);
    }
}
