namespace TraceCap.Cli.Tests;

public class UsageTests
{
    [Theory]
    [InlineData("record", "tracecap: Option '-o' is required.")]
    [InlineData("record -o x -d 0", "tracecap: -d 0: seconds above 0, such as 10 or 0.5 is expected")]
    [InlineData("record -o x -d 1s", "tracecap: -d 1s: seconds above 0, such as 10 or 0.5 is expected")]
    [InlineData("record -o x -n 0", "tracecap: -n 0: a whole number above 0 is expected")]
    [InlineData("record -o x -p me", "tracecap: -p me: a whole number is expected")]
    [InlineData("record -o x --pid -1", "tracecap: --pid -1: a whole number is expected")]
    [InlineData("record -o x --buffer 8Q", "tracecap: --buffer 8Q: a power of two from 4K to 1G, such as 512K, 8M or 64M is expected")]
    [InlineData("record -o x --buffer 3M", "tracecap: --buffer 3M: a power of two from 4K to 1G, such as 512K, 8M or 64M is expected")]
    [InlineData("record -o x -4 -6", "tracecap: -4 and -6 exclude each other; without either, both are meant")]
    [InlineData("record -o x%q", "tracecap: -o '%q' means nothing here; expected %h (host), %t (time), %n (number) or %% (a percent sign)")]
    [InlineData("record -o x --rotate-size 1M", "tracecap: --rotate-size makes several files: -o needs %n (number) or %t (time) in the name, such as run-%n.tcap")]
    [InlineData("record -o - --rotate-every 1h", "tracecap: --rotate-every makes several files: -o needs %n (number) or %t (time) in the name, such as run-%n.tcap")]
    [InlineData("record -o - --on-rotate gzip", "tracecap: --on-rotate is for files; -o - makes none")]
    [InlineData("record -o x%n --rotate-size 1K", "tracecap: --rotate-size 1K: a size of 64K or more, such as 512K, 100M or 2G is expected")]
    [InlineData("record -o x%n --rotate-every 1", "tracecap: --rotate-every 1: a time of a second or more, such as 30s, 15m or 1h is expected")]
    [InlineData("record -o x%n --flight 3x", "tracecap: --flight expected a time such as 10m, a size such as 64M, or both: 10m,64M")]
    [InlineData("record -o x --flight 3s", "tracecap: --flight makes several files: -o needs %n (number) or %t (time) in the name, such as run-%n.tcap")]
    [InlineData("record -o x%n --flight 3s --rotate-size 1M", "tracecap: --rotate-size is for a recording into files as it goes; --flight writes them when something happens")]
    [InlineData("record -o x%n --trigger closes>5/s", "tracecap: --trigger writes what --flight keeps; give --flight too, such as --flight 10m")]
    [InlineData("record -o x%n --flight 3s --trigger closes>5", "tracecap: --trigger expected a period, such as /s or /10s")]
    [InlineData("replay x --style ebpf", "tracecap: --style ebpf: bcc or libbpf is expected")]
    [InlineData("replay x --all --compat", "tracecap: --all and --compat exclude each other: tcptracer shows neither F nor O")]
    [InlineData("replay x --frobnicate", "tracecap: Unrecognized command or argument '--frobnicate'.")]
    [InlineData("replay", "tracecap: Required argument 'FILE' missing for command: 'replay'.")]
    [InlineData("erase", "tracecap: Unrecognized command or argument 'erase'.")]
    public void A_wrong_command_line_is_told_in_one_line_and_ends_with_2(string arguments, string message)
    {
        var result = Tracecap.Run(arguments.Split(' '));

        Assert.Equal(2, result.Code);
        Assert.Empty(result.Output);
        Assert.Contains(message, result.Error.Split('\n'));
        Assert.Matches("Try `tracecap[a-z ]* --help`\\.\n$", result.Error);
    }

    [Fact]
    public void Without_a_command_the_help_is_shown_and_it_ends_with_2()
    {
        var result = Tracecap.Run();

        Assert.Equal(2, result.Code);
        Assert.Contains("Commands:", result.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("record")]
    [InlineData("trace")]
    [InlineData("replay")]
    [InlineData("info")]
    [InlineData("verify")]
    [InlineData("recover")]
    public void Each_command_explains_itself(string command)
    {
        var result = Tracecap.Run(command, "--help");

        Assert.Equal(0, result.Code);
        Assert.Contains($"tracecap {command}", result.Text, StringComparison.Ordinal);
        Assert.Empty(result.Error);
    }

    [Fact]
    public void It_tells_its_version()
    {
        var result = Tracecap.Run("--version");

        Assert.Equal(0, result.Code);
        Assert.Matches(@"^\d+\.\d+\.\d+\n$", result.Text);
    }

    [Theory]
    [InlineData("replay")]
    [InlineData("info")]
    [InlineData("verify")]
    public void A_file_that_is_not_there_or_no_capture_is_told_and_ends_with_1(string command)
    {
        Assert.Equal(new(1, [], "tracecap: no.tcap: no such file\n"), Tracecap.Run(command, "no.tcap"), Same);
        Assert.Equal(new(1, [], "tracecap: .: a folder, not a capture\n"), Tracecap.Run(command, "."), Same);
        var notACapture = Tracecap.Run("hello"u8.ToArray(), command, "-");
        Assert.Equal(1, notACapture.Code);
        Assert.StartsWith("tracecap: standard input: not a capture: none of its 5 bytes begin a block of one", notACapture.Error, StringComparison.Ordinal);
    }

    private static bool Same(Tracecap.Result one, Tracecap.Result other) =>
        (one.Code, one.Text, one.Error) == (other.Code, other.Text, other.Error);
}
