using System.Text.RegularExpressions;

namespace TraceCap.Cli.Tests;

/// <summary>What one command writes in the format of another tool, import reads.</summary>
public sealed partial class ToolImportTests : IDisposable
{
    private static readonly string[] columns = ["ts", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "duration", "orig_bytes", "resp_bytes", "conn_state", "orig_pkts", "resp_pkts"];

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public static TheoryData<string> Captures => ["traffic.tcap", "nginx.tcap", "incident.tcap", "ends.tcap"];

    private string Imported => Path.Combine(folder, "imported.tcap");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Captures))]
    public void Zeeks_log_of_a_capture_gives_the_same_log_again(string capture)
    {
        var log = Path.Combine(folder, "conn.log");
        Assert.Equal(0, Tracecap.Run("export", capture, "--connections", "--schema", "zeek", "--to", "tsv", "-o", log).Code);
        Assert.Equal(0, Tracecap.Run("import", log, "-o", Imported).Code);
        Assert.Equal(0, Tracecap.Run("verify", Imported).Code);

        var before = Rows(File.ReadAllText(log));
        Assert.NotEmpty(before);
        Assert.Equal(before, Rows(Tracecap.Run("export", Imported, "--connections", "--schema", "zeek", "--to", "tsv").Text));
        Assert.Contains("seen by Zeek", Tracecap.Run("info", Imported).Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public void Packets_of_a_capture_give_its_connections_again(string capture)
    {
        var packets = Path.Combine(folder, "packets.pcapng");
        Assert.Equal(0, Tracecap.Run("export", capture, "--to", "pcapng", "-o", packets).Code);
        Assert.Equal(0, Tracecap.Run("import", packets, "-o", Imported).Code);

        var before = Connections(capture);
        Assert.NotEmpty(before);
        Assert.Empty(before.Except(Connections(Imported)));
    }

    [Theory]
    [InlineData("-t")]
    [InlineData("-t", "-w")]
    [InlineData("-t", "--csv")]
    public void Rows_of_tcplife_are_the_same_once_imported(params string[] options)
    {
        var printed = Tracecap.Run(["lifetimes", "nginx.tcap", "-n", "1000", .. options]);
        Assert.Equal(0, printed.Code);
        // Rows that tcplife would not print end with a word.
        var text = string.Concat(printed.Text.Replace(",END\n", "\n", StringComparison.Ordinal).Replace(",closed\n", "\n", StringComparison.Ordinal)
            .Split('\n').Where((line, i) => i == 0 || (line.Length > 0 && char.IsAsciiDigit(line[^1]))).Select(line => line + "\n"));
        Assert.Equal(0, Tracecap.Run(System.Text.Encoding.UTF8.GetBytes(text), "import", "-", "-o", Imported).Code);

        // Of less than a kilobyte both ways nothing is known but that.
        text = NoKilobyte().Replace(text, match => match.Value.Replace('0', options.Contains("--csv") ? '\0' : '-')).Replace("\0", "", StringComparison.Ordinal);
        Assert.Equal(Sorted(text), Sorted(Tracecap.Run(["lifetimes", Imported, .. options]).Text.Replace(",END\n", "\n", StringComparison.Ordinal).Replace(",closed\n", "\n", StringComparison.Ordinal)));
        Assert.DoesNotContain("\"user.id\"", Tracecap.Run("lifetimes", Imported, "--json").Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"sent_segments\"", Tracecap.Run("lifetimes", Imported, "--json").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Counters_that_tcptracer_does_not_print_are_not_there()
    {
        var printed = Tracecap.Run("replay", "nginx.tcap", "-t");
        Assert.Equal(0, Tracecap.Run(printed.Output, "import", "-", "-o", Imported).Code);

        var json = Tracecap.Run("replay", Imported, "--json").Text;
        Assert.Contains("\"tcp.close\"", json, StringComparison.Ordinal);
        Assert.All(new[] { "bytes", "segments", "retransmits", "rtt", "user.id", "thread.id", "linux.netns\"", "linux.mntns" }, name => Assert.DoesNotContain(name, json, StringComparison.Ordinal));
        Assert.Contains("     -     - ", Tracecap.Run("lifetimes", Imported, "-n", "3").Text, StringComparison.Ordinal);
    }

    /// <summary>The columns TX_KB and RX_KB, both 0.</summary>
    [GeneratedRegex(@"[ ,]0(,| +)0(?=[ ,][0-9. ]+$)", RegexOptions.Multiline)]
    private static partial Regex NoKilobyte();

    /// <summary>Equal times of day, in microseconds, do not tell which of two came first.</summary>
    private static string[] Sorted(string text) => [.. text.Split('\n').Order(StringComparer.Ordinal)];

    /// <summary>Those of which all is told, as what Zeek knows of them.</summary>
    private static string[] Rows(string log)
    {
        var lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var fields = lines.Single(line => line.StartsWith("#fields", StringComparison.Ordinal)).Split('\t')[1..];
        return
        [
            .. lines.Where(line => !line.StartsWith('#')).Select(line => line.Split('\t'))
                .Where(row => row[Array.IndexOf(fields, "conn_state")] is "SF" or "S2" or "REJ" or "RSTO" or "RSTR")
                .Select(row => string.Join(' ', columns.Select(column => row[Array.IndexOf(fields, column)])))
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>As far as packets show them: they tell neither that a program gave up or that time ran out, nor that a socket of IPv6 is used for
    /// IPv4.</summary>
    private static string[] Connections(string capture)
    {
        var result = Tracecap.Run(
            "export", capture, "--connections", "--to", "csv", "--where", "role == client and ending in {closed,reset,failed} and tcp.end != timed_out and (ending != failed or errno in {ECONNREFUSED,ECONNRESET})",
            "--fields", "opened.time,network.local.address,network.local.port,network.peer.address,network.peer.port,ending");
        Assert.True(result.Code == 0, result.Error);
        return [.. result.Text.Replace("::ffff:", "", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
