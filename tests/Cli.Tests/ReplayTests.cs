using System.Text;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Writing;

namespace TraceCap.Cli.Tests;

public class ReplayTests
{
    /// <summary>With UPDATE_GOLDENS=1 those goldens that there are, if only as empty files, are written anew, to be read before they
    /// are committed.</summary>
    private static readonly bool Update = Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1";

    /// <summary>What a golden's name ends with that holds what is said on standard error; without one, nothing is.</summary>
    private const string Messages = ".err";

    private static readonly Dictionary<string, string[]> Commands = new()
    {
        ["replay.txt"] = ["replay"],
        ["replay-t.txt"] = ["replay", "-t"],
        ["replay-v-t.txt"] = ["replay", "-v", "-t"],
        ["replay-compat-U.txt"] = ["replay", "--compat", "-U"],
        ["libbpf-t.txt"] = ["replay", "--style", "libbpf", "-t"],
        ["replay.json"] = ["replay", "--json", "--all"],
        ["info.txt"] = ["info"],
        ["info.json"] = ["info", "--json"],
        ["lifetimes.txt"] = ["lifetimes", "-T", "-t", "-w"],
        ["lifetimes-longest.csv"] = ["lifetimes", "-s", "--sort", "lifetime", "--limit", "20"],
        ["lifetimes.json"] = ["lifetimes", "--json"],
        ["churn.txt"] = ["churn", "--every", "20ms"],
        ["churn.json"] = ["churn", "--json"],
        ["summary.txt"] = ["summary"],
        ["summary-service.json"] = ["summary", "--by", "service", "--json"],
    };

    public static TheoryData<string, string> Goldens => new(
        from capture in Directory.GetFiles(Repository.File("samples/captures"), "*.tcap")
        from golden in Commands.Keys
        let name = Path.GetFileNameWithoutExtension(capture)
        where File.Exists(Repository.File($"samples/captures/{name}/{golden}"))
        select (name, golden));

    [Theory]
    [MemberData(nameof(Goldens))]
    public void A_recorded_capture_gives_what_it_gave(string capture, string golden)
    {
        var result = Tracecap.Run([.. Commands[golden], capture + ".tcap"]);

        var path = Repository.File($"samples/captures/{capture}/{golden}");
        if (Update)
        {
            File.WriteAllBytes(path, result.Output);
            File.WriteAllText(path + Messages, result.Error);
            if (result.Error.Length == 0)
            {
                File.Delete(path + Messages);
            }
        }

        Assert.Equal(0, result.Code);
        Assert.Equal(File.Exists(path + Messages) ? File.ReadAllText(path + Messages) : "", result.Error);
        Assert.Equal(File.ReadAllText(path), result.Text);
    }

    [Fact]
    public void Every_recorded_capture_has_goldens_and_a_line_on_how_it_was_made()
    {
        var readme = File.ReadAllText(Repository.File("samples/captures/README.md"));
        Assert.All(Directory.GetFiles(Repository.File("samples/captures"), "*.tcap"), capture =>
        {
            var name = Path.GetFileNameWithoutExtension(capture);
            Assert.Contains($"`{name}.tcap`", readme, StringComparison.Ordinal);
            Assert.NotEmpty(Directory.GetFiles(Repository.File($"samples/captures/{name}")));
        });
    }

    [Fact]
    public void Recorded_captures_are_small_together() => Assert.InRange(
        Directory.GetFiles(Repository.File("samples/captures"), "*", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length),
        1,
        2 << 20);

    /// <summary>Recorded by the real tools on Debian's kernels, told apart in tests/reference/README.md.</summary>
    [Theory]
    [InlineData("6.1/bcc-tcptracer.out", "")]
    [InlineData("6.1/bcc-tcptracer-t.out", "-t")]
    [InlineData("6.1/bcc-tcptracer-v-t.out", "-v -t")]
    [InlineData("6.1/libbpf-tcptracer.out", "--style libbpf")]
    [InlineData("6.1/libbpf-tcptracer-t.out", "--style libbpf -t")]
    [InlineData("6.12/libbpf-tcptracer.out", "--style libbpf")]
    [InlineData("6.12/libbpf-tcptracer-t.out", "--style libbpf -t")]
    public void What_the_real_tools_saw_is_replayed_as_they_printed_it(string file, string options)
    {
        var reference = ReferenceOutput.Read(Repository.File("tests/reference/" + file));
        using var capture = new MemoryStream();
        // In the order of the tool's output, which is not that of time.
        var writer = new CaptureWriter(capture, new CaptureHeader(), chunkBytes: 200 * TcpEvent.Size) { Watermark = 0 };
        writer.Append(reference.Rows.Select(row => row.Event).ToArray());
        writer.Complete("end of test", null);

        string[] arguments = ["replay", "-", "--raw", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        var result = Tracecap.Run(capture.ToArray(), arguments);

        Assert.Equal(0, result.Code);
        Assert.Equal(
            reference.Header + string.Concat(reference.RowsByTime.Select(row => row.Text + '\n')),
            Encoding.Latin1.GetString(result.Output));
    }

    [Fact]
    public void A_pipe_gives_the_same_as_the_file()
    {
        var path = Repository.File("samples/captures/traffic.tcap");
        Assert.Equal(Tracecap.Run("replay", "-v", "-t", path).Text, Tracecap.Run(File.ReadAllBytes(path), "replay", "-v", "-t", "-").Text);
    }

    /// <summary>Of a name there is one file; of a copy nobody knows that it is one.</summary>
    [Theory]
    [InlineData("replay nginx.tcap ./nginx.tcap", "replay nginx.tcap", "tracecap: ./nginx.tcap is named more than once, and read once\n")]
    [InlineData("replay nginx.tcap traffic.tcap nginx.tcap --compat", "replay nginx.tcap traffic.tcap --compat", "tracecap: nginx.tcap is named more than once, and read once\n")]
    [InlineData("replay nginx.tcap traffic.tcap nginx.tcap -f", "replay traffic.tcap nginx.tcap", "tracecap: nginx.tcap is named more than once, and read once\n")]
    [InlineData("export --to csv nginx.tcap ../captures/nginx.tcap", "export --to csv nginx.tcap", "tracecap: ../captures/nginx.tcap is named more than once, and read once\n")]
    public void A_file_that_is_named_twice_is_read_once(string twice, string once, string message)
    {
        var result = Tracecap.Run(twice.Split(' '));
        Assert.Equal((0, message, Tracecap.Run(once.Split(' ')).Text), (result.Code, result.Error, result.Text));
    }

    [Fact]
    public void A_cut_capture_is_replayed_as_far_as_it_goes_and_ends_with_3()
    {
        var file = File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap"));
        var whole = Tracecap.Run(file, "replay", "-").Text;
        var most = Tracecap.Run(file[..^1], "replay", "-");

        Assert.Equal(3, most.Code);
        Assert.Equal(whole, most.Text);
        Assert.Contains("tracecap: standard input: truncated", most.Error, StringComparison.Ordinal);

        for (var length = 0; length < file.Length; length += file.Length / 40)
        {
            var some = Tracecap.Run(file[..length], "replay", "-");
            Assert.Equal(3, some.Code);
            Assert.StartsWith(some.Text, whole, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_damaged_capture_is_replayed_around_the_damage_and_ends_with_3()
    {
        var file = File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap"));
        file[file.Length / 2] ^= 0x10;
        var result = Tracecap.Run(file, "replay", "-");

        Assert.Equal(3, result.Code);
        Assert.Matches(@"tracecap: standard input: at byte \d+: not an undamaged block \([\d,]+ bytes skipped\)", result.Error);
        Assert.Contains("1 block is missing", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_closed_pipe_ends_it_quietly()
    {
        using var process = Tracecap.Start("replay", "-t", "nginx.tcap");
        process.StandardInput.Close();
        Assert.StartsWith("Tracing TCP", process.StandardOutput.ReadLine(), StringComparison.Ordinal);
        process.StandardOutput.Close();
        process.WaitForExit();

        Assert.Equal(0, process.ExitCode);
        Assert.Empty(process.StandardError.ReadToEnd());
    }

    [Fact]
    public void Rows_of_a_pipe_come_with_their_chunk_not_with_the_end()
    {
        using var process = Tracecap.Start("replay", "-t", "-");
        var writer = new CaptureWriter(process.StandardInput.BaseStream, new CaptureHeader());
        for (var i = 1u; i <= 3; i++)
        {
            writer.Append(new TcpEvent { Type = TcpEventType.Connect, IpVersion = 4, Pid = i, Timestamp = i * 1_000_000_000ul });
            writer.CloseChunk();
            process.StandardInput.Flush();
            while (process.StandardOutput.ReadLine() is { } line && !line.StartsWith($"{i - 1}.000    C  {i}", StringComparison.Ordinal))
            {
                Assert.Equal(1u, i);
            }
        }

        process.StandardInput.Close();
        process.WaitForExit();
        Assert.Equal(3, process.ExitCode);
    }

    [Fact]
    public void Lost_events_are_told_where_they_are_missing()
    {
        using var capture = new MemoryStream();
        var writer = new CaptureWriter(capture, new CaptureHeader()) { Watermark = 0, LossCounters = default(LossCounters) };
        writer.Append(new TcpEvent { Type = TcpEventType.Connect, IpVersion = 4, Timestamp = 1 });
        writer.LossCounters = new LossCounters(1, 0, 0, 0, 0);
        writer.CloseChunk();
        writer.Append(new TcpEvent { Type = TcpEventType.Close, IpVersion = 4, Timestamp = 2 });
        writer.LossCounters = new LossCounters(1_002, 998, 2, 0, 0);
        writer.Complete("end of test", null);
        var result = Tracecap.Run(capture.ToArray(), "replay", "-");

        Assert.Equal(0, result.Code);
        Assert.Matches(@"^tracecap: standard input: events lost here, before byte \d+: 1,000 \(ring full 998, map full 2\)\n$", result.Error);
    }

    [Fact]
    public void Events_that_come_later_than_promised_are_told_and_end_with_3()
    {
        using var capture = new MemoryStream();
        var writer = new CaptureWriter(capture, new CaptureHeader());
        writer.Append(new TcpEvent { Type = TcpEventType.Connect, IpVersion = 4, Timestamp = 20 });
        writer.CloseChunk();
        writer.Append(new TcpEvent { Type = TcpEventType.Close, IpVersion = 4, Timestamp = 10 });
        writer.Complete("end of test", null);
        var result = Tracecap.Run(capture.ToArray(), "replay", "-");

        Assert.Equal(3, result.Code);
        Assert.Equal("tracecap: standard input: 1 events came later than their capture promised; they are not in order\n", result.Error);
        Assert.Contains("earlier than 20 ns, the watermark of a block before it", Tracecap.Run(capture.ToArray(), "verify", "-").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Filters_choose_rows()
    {
        string[] Rows(params string[] filter) => [.. Tracecap.Run(["replay", "traffic.tcap", .. filter]).Text.Split('\n').Skip(2).SkipLast(1)];

        var all = Rows();
        var ipv6 = Rows("-6");
        Assert.NotEmpty(ipv6);
        Assert.All(ipv6, row => Assert.Contains(" 6  [", row, StringComparison.Ordinal));
        Assert.Equal(all.Length, ipv6.Length + Rows("-4").Length);

        var pid = all[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        var one = Rows("-p", pid);
        Assert.NotEmpty(one);
        Assert.All(one, row => Assert.Equal(pid, row.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]));
        Assert.Equal(all.Length, Rows("-u", "0").Length);
        Assert.Empty(Rows("-N", "1"));
    }

    [Fact]
    public void Control_characters_of_a_name_are_shown_and_only_raw_prints_them()
    {
        var shown = Tracecap.Run("replay", "traffic.tcap");
        var raw = Tracecap.Run("replay", "--raw", "traffic.tcap");

        Assert.Contains(@"tab\tnl\nend", shown.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", shown.Text, StringComparison.Ordinal);
        Assert.Contains("tab\tnl\nend", raw.Text, StringComparison.Ordinal);
        Assert.Contains("\u001b[31mred", raw.Text, StringComparison.Ordinal);
    }
}
