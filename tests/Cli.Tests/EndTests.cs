using System.Text;
using System.Text.RegularExpressions;

namespace TraceCap.Cli.Tests;

/// <summary>What version 1.1 of the format came with, through the commands: ends, the close of what failed to connect, the accept of what
/// was reset, pids in containers.</summary>
public sealed partial class EndTests : IDisposable
{
    private const string Header = "Tracing TCP established connections. Ctrl-C to end.\nT  PID    COMM             IP SADDR            DADDR            SPORT  DPORT \n";

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("failed-then-closed", "", "")]
    [InlineData("failed-then-closed", "--compat", "X  1234   curl             4  127.0.0.1        127.0.0.1        51234  80    \n")]
    [InlineData("failed-then-closed", "--all",
        "F  1234   curl             4  127.0.0.1        127.0.0.1        51234  80     ECONNREFUSED\nX  1234   curl             4  127.0.0.1        127.0.0.1        51234  80     connect_failed\n")]
    [InlineData("failed-then-closed", "--type X", "X  1234   curl             4  127.0.0.1        127.0.0.1        51234  80     connect_failed\n")]
    [InlineData("reset-before-accept", "",
        "A  1234   curl             4  127.0.0.1        127.0.0.1        80     51234 \nX  1234   curl             4  127.0.0.1        127.0.0.1        80     51234 \n")]
    [InlineData("reset-before-accept", "--compat", "X  1234   curl             4  127.0.0.1        127.0.0.1        80     51234 \n")]
    [InlineData("reset-before-accept", "--type E", "E  0                       4  127.0.0.1        127.0.0.1        80     51234  reset_received\n")]
    [InlineData("connection-with-its-end", "", "C  1234   curl             4  127.0.0.1        127.0.0.1        51234  80    \nX  1234   curl             4  127.0.0.1        127.0.0.1        51234  80    \n")]
    [InlineData("connection-with-its-end", "--all -p 1234 --type XE",
        "X  1234   curl             4  127.0.0.1        127.0.0.1        51234  80    \nE  0                       4  127.0.0.1        127.0.0.1        51234  80     closed\n")]
    [InlineData("connection-with-its-end", "--all -p 1235", "")]
    public void Each_table_has_the_rows_that_are_its(string vector, string options, string rows) =>
        Assert.Equal(Header + rows, Tracecap.Run(["replay", Vector(vector), .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]).Text);

    [Theory]
    [InlineData("ends")]
    [InlineData("reset-before-accept")]
    [InlineData("failed-then-closed")]
    [InlineData("open-while-connecting")]
    [InlineData("containers")]
    [InlineData("netns-ids")]
    public void What_replay_prints_is_imported_again(string vector)
    {
        var lines = Tracecap.Run("replay", "--json", "--all", Vector(vector));
        var capture = Path.Combine(folder, "again.tcap");
        Assert.Equal(0, Tracecap.Run(lines.Output, "import", "-", "-o", capture).Code);
        Assert.Equal(Encoding.UTF8.GetString(lines.Output), Tracecap.Run("replay", "--json", "--all", capture).Text);
    }

    /// <summary>Whatever writes a capture anew keeps all of it.</summary>
    [Theory]
    [InlineData("cut --port 80")]
    [InlineData("compact")]
    [InlineData("recover")]
    [InlineData("merge")]
    public void What_is_written_anew_has_all_of_it(string command)
    {
        foreach (var vector in new[] { "ends", "reset-before-accept", "failed-then-closed", "containers", "netns-ids" })
        {
            var capture = Path.Combine(folder, $"{vector}.tcap");
            Tracecap.Run([.. command.Split(' '), Vector(vector), "-o", capture]);
            Assert.Equal(Lines(Vector(vector)), Lines(capture));
        }
    }

    [Fact]
    public void What_is_not_in_the_plain_table_is_told_of()
    {
        var result = Tracecap.Run("replay", Vector("one-ended"));
        Assert.Equal(Header, result.Text);
        Assert.Contains("1 event, of which none is to be shown", result.Error, StringComparison.Ordinal);
        Assert.Contains("E TCP has finished", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ends", "\"X\":13", "\"ends_recorded\":true")]
    [InlineData("one-close", "\"X\":1", "\"ends_recorded\":false")]
    public void Info_says_whether_ends_are_recorded(string vector, string count, string recorded)
    {
        var json = Tracecap.Run("info", "--json", Vector(vector)).Text;
        Assert.Contains(count, json, StringComparison.Ordinal);
        Assert.Contains(recorded, json, StringComparison.Ordinal);
        Assert.Equal(
            recorded.EndsWith("false", StringComparison.Ordinal),
            Tracecap.Run("info", Vector(vector)).Text.Contains("\nends        none: how a connection ended is concluded from its close\n", StringComparison.Ordinal));
        Assert.Contains("\"ends_recorded\"", Tracecap.Run("info", "--json", "--type", "X", Vector(vector)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_is_found_by_either_of_its_numbers()
    {
        Assert.Equal("process.pid,container.pid,linux.pidns\n5001,1,4026532500\n5001,1,4026532500\n5002,1,4026532501\n",
            Tracecap.Run("replay", Vector("containers"), "--where", "container.pid == 1", "--fields", "pid,container.pid,pidns", "--format", "csv").Text);
        Assert.Equal("container.pid\n\"\"\n".Replace("\"\"", "", StringComparison.Ordinal), Tracecap.Run("replay", Vector("containers"), "-p", "1234", "--fields", "container.pid", "--format", "csv").Text);
    }

    [Theory]
    [InlineData("tcp.end == timed_out and errno == EHOSTUNREACH", "timed_out\n")]
    [InlineData("tcp.end in {reset_sent,half_closed}", "reset_sent\nreset_sent\nreset_sent\nhalf_closed\n")]
    [InlineData("type == E and not tcp.end", "\n")]
    public void Ends_are_found_by_how_they_ended(string condition, string ends) =>
        Assert.Equal("tcp.end\n" + ends, Tracecap.Run("replay", Vector("ends"), "--all", "--where", condition, "--fields", "tcp.end", "--format", "csv").Text);

    /// <summary>All events but for their sequence numbers, which the vectors give as they like, and a recovery clears.</summary>
    private static string Lines(string capture) => SequenceNumber().Replace(Tracecap.Run("replay", "--json", "--all", capture).Text, "");

    [GeneratedRegex("\"sequence\":\"[0-9]+\",?")]
    private static partial Regex SequenceNumber();

    private static string Vector(string name) => Repository.File($"tests/conformance/{name}.tcap");
}
