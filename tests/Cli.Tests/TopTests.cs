using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Writing;

namespace TraceCap.Cli.Tests;

/// <summary>Tables of what connects now, or did.</summary>
public sealed class TopTests : IDisposable
{
    private const ulong Second = 1_000_000_000;

    private static readonly string[] samples = ["nginx", "traffic", "incident", "ends", "lossy", "tcptracer-example"];

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public static TheoryData<string, string> SamplesByKey => [.. samples.Select(sample => (sample, "process,service")), ("incident", "errno"), ("traffic", "peer")];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>The last window has all.</summary>
    [Theory]
    [MemberData(nameof(SamplesByKey))]
    public void The_figures_of_the_whole_time_are_those_of_summary(string sample, string by)
    {
        var last = Rows("top", $"{sample}.tcap", "-b", "--window", "1h", "-d", "1h", "--by", by, "--format", "ndjson");
        var summary = Rows("summary", $"{sample}.tcap", "--by", by, "--format", "ndjson");
        Assert.Equal(
            summary.Select(row => Text(row, by, "opened", "accepted", "failed", "reset", "open", "bytes.sent", "bytes.received", "connect.p50", "connect.p99") + Ended(row, "closed", "reset")).Order(StringComparer.Ordinal),
            last.Select(row => Text(row, by, "opened", "accepted", "failed", "reset", "open", "sent_payload_bytes", "received_payload_bytes", "connect_p50_ns", "connect_p99_ns") + Ended(row, "closed")).Order(StringComparer.Ordinal));

        // A summary tells those that were reset apart.
        static string Ended(JsonElement row, params string[] names) => $" {names.Sum(name => row.GetProperty(name).GetInt64())}";
    }

    /// <summary>Where a window is a step.</summary>
    [Theory]
    [MemberData(nameof(SamplesByKey))]
    public void The_figures_of_each_step_are_those_of_churn(string sample, string by)
    {
        var tables = Rows("top", $"{sample}.tcap", "-b", "--window", "200ms", "-d", "200ms", "--by", by, "--format", "ndjson");
        var churn = Rows("churn", $"{sample}.tcap", "--every", "200ms", "--by", by, "--format", "ndjson", "--limit", "1000");
        // The last one is as long as the others, and so begins before the last interval does.
        var whole = (int)((tables[^1].GetProperty("seconds").GetDouble() / 0.2) + 1e-6);
        Assert.Equal(
            churn.Where(row => Number(row) < whole).Select(row => $"{Number(row)} {Text(row, by, "opened", "accepted", "closed", "failed", "active")}").Order(StringComparer.Ordinal),
            tables.Where(row => Math.Abs(Number(row) - (row.GetProperty("seconds").GetDouble() / 0.2)) < 1e-6)
                .Select(row => $"{Number(row) - 1} {Text(row, by, "opened", "accepted", "closed", "failed", "open")}").Order(StringComparer.Ordinal));

        static int Number(JsonElement row) => (int)Math.Round(row.GetProperty("seconds").GetDouble() / 0.2);
    }

    [Fact]
    public void It_prints_text_where_there_is_no_screen_for_a_picture()
    {
        var top = Tracecap.Run("top", "incident.tcap", "-n", "14", "--sort", "failed", "--limit", "1");
        Assert.Equal((0, ""), (top.Code, top.Error));
        var tables = top.Text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(14, tables.Length);
        Assert.Contains("rates of the last 10.0 s", tables[13], StringComparison.Ordinal);
        Assert.Contains("\nno events lost\n", tables[13], StringComparison.Ordinal);
        Assert.Contains("\n! 10.77.0.2:5432 ", tables[13], StringComparison.Ordinal);
        Assert.EndsWith(" more services)", tables[13], StringComparison.Ordinal);
    }

    [Fact]
    public void Losses_are_always_told()
    {
        var top = Tracecap.Run("top", "lossy.tcap", "-b");
        Assert.Contains("LOST 278 (ring full 278), some of them just now: figures are too low", top.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_do_not_reach_the_terminal_as_they_are()
    {
        var path = Path.Combine(folder, "hostile.tcap");
        Write(path, new ThreadName("\u001b[2J\a\r\n\u202e"));
        var top = Tracecap.Run("top", path, "-b", "--by", "process");
        Assert.DoesNotContain(top.Text, character => character < ' ' && character != '\n');
        Assert.DoesNotContain('\u202e', top.Text);
    }

    [Theory]
    [InlineData("-d and --window: ", "top", "nginx.tcap", "-d", "1ms", "--window", "1h")]
    [InlineData("-d: '0' is no time", "top", "nginx.tcap", "-d", "0")]
    [InlineData("--speed: 'fast' is no speed; expected 1, 10", "top", "nginx.tcap", "--speed", "fast")]
    [InlineData("--sort: there is no column 'faild'; did you mean failed?", "top", "nginx.tcap", "--sort", "faild")]
    [InlineData("--fields is for rows for programs", "top", "nginx.tcap", "-b", "--fields", "open")]
    [InlineData("--buffer is for what is recorded now", "top", "nginx.tcap", "--buffer", "8M")]
    [InlineData("--speed is for a FILE", "top", "--speed", "10")]
    [InlineData("--fields: there is no column 'x'", "top", "nginx.tcap", "-b", "--format", "csv", "--fields", "x")]
    public void What_is_not_possible_is_refused(string message, params string[] arguments)
    {
        var top = Tracecap.Run(arguments);
        Assert.Equal(2, top.Code);
        Assert.Contains(message, top.Error, StringComparison.Ordinal);
    }

    /// <summary>The filters of recordings choose of a capture as well.</summary>
    [Theory]
    [InlineData("process == curl or process == wrk", "--comm", "curl", "--comm", "wrk")]
    [InlineData("not process == nginx and ip == ipv4", "--not-comm", "nginx", "-4")]
    [InlineData("any.port == 8099 and addr in 127.0.0.0/8 and uid == 0", "--port", "8099", "--addr", "127.0.0.0/8", "-u", "0")]
    public void Filters_of_recordings_choose_of_captures(string where, params string[] filters)
    {
        string[] rest = ["top", "nginx.tcap", "-b", "--format", "csv"];
        var expected = Tracecap.Run([.. rest, "--where", where]);
        var shown = Tracecap.Run([.. rest, .. filters]);
        Assert.Equal((0, expected.Text), (shown.Code, shown.Text));
    }

    [Fact]
    public void A_recording_is_followed_while_it_is_written()
    {
        var path = Path.Combine(folder, "run.tcap");
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0);
        var writer = new CaptureWriter(file, new CaptureHeader { Start = new ClockAnchor(Second, Second, Second) });
        using var top = Tracecap.Start("top", "-f", path, "-b", "--format", "ndjson", "--by", "port", "--window", "1s");
        for (var second = 1ul; second < 4; second++)
        {
            writer.Append(new TcpEvent { Type = TcpEventType.Connect, Timestamp = (second * Second) + 5, Connection = second, IpVersion = 4, LocalPort = 1, PeerPort = 80 });
            writer.Watermark = (second + 1) * Second;
            writer.CloseChunk();
            var row = JsonDocument.Parse(top.StandardOutput.ReadLine()!).RootElement;
            Assert.Equal((second, 1), (row.GetProperty("open").GetUInt64(), row.GetProperty("opened").GetInt32()));
        }

        Assert.False(top.HasExited);
        writer.Complete("end of test", null);
        top.WaitForExit();
        Assert.Equal(0, top.ExitCode);
    }

    /// <summary>Memory does not grow with the time that passes: three weeks of connections, each to another service from another process.</summary>
    [Fact]
    public void Days_take_no_more_memory_than_minutes()
    {
        var path = Path.Combine(folder, "weeks.tcap");
        using (var file = File.Create(path))
        {
            var writer = new CaptureWriter(file, new CaptureHeader { Start = new ClockAnchor(0, 0, 0) });
            for (var number = 1u; number <= 200_000; number++)
            {
                var open = new TcpEvent
                {
                    Type = TcpEventType.Connect,
                    Timestamp = number * 9 * Second,
                    Connection = number,
                    IpVersion = 4,
                    LocalPort = 1,
                    PeerPort = (ushort)(number % 50_000),
                    PeerAddress = new Address(new IPAddress(number)),
                    Pid = 1,
                    Comm = new ThreadName($"p{number}"),
                };
                writer.Append(open);
                writer.Append(open with { Type = TcpEventType.Close, Timestamp = open.Timestamp + Second, State = 1 });
            }

            writer.Complete("end of test", null);
        }

        var top = Tracecap.RunWithin(48 << 20, "top", path, "-b", "-d", "1h", "--window", "4h", "--format", "csv", "--limit", "1");
        Assert.True(top.Code == 0, top.Error);
        Assert.InRange(top.Text.Count(character => character == '\n'), 400, 600);
    }

    /// <summary>What this process does, and no other; on a host where others connect too.</summary>
    [Fact]
    public async Task What_happens_now_is_shown()
    {
        LiveRecorder.SkipUnlessRoot();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var live = Tracecap.Start("top", "-b", "-d", "0.25", "--window", "250s", "--port", port.ToString(CultureInfo.InvariantCulture), "--by", "port", "--format", "ndjson");
        // Until its probes are attached nothing is seen: so as long there are more.
        using var stop = new CancellationTokenSource();
        var traffic = Task.Run(() =>
        {
            var count = 0;
            for (; !stop.IsCancellationRequested; count++)
            {
                Connect().ForEach(end => end.Dispose());
            }

            return count;
        });
        var row = Next();
        await stop.CancelAsync();
        var count = await traffic;
        var kept = Connect();
        for (; row.GetProperty("open").GetInt32() < 2; row = Next())
        {
            // The window holds all that was.
            Assert.InRange(row.GetProperty("opened").GetInt32(), 0, count + 1);
        }

        kept.ForEach(end => end.Dispose());
        // What was open when the probes were turned on may have been the two that were waited for.
        while (row.GetProperty("open").GetInt32() > 0 || row.GetProperty("opened").GetInt32() == 0)
        {
            row = Next();
        }

        // Of the connection that was under way then nobody saw who connected, and its lower port may be the other one.
        Assert.Equal(port, row.GetProperty("port").GetInt32());
        // Both ends of the connection that was under way when the probes were turned on may close unopened.
        Assert.InRange(row.GetProperty("closed").GetInt32() - row.GetProperty("opened").GetInt32() - row.GetProperty("accepted").GetInt32(), 0, 2);
        Assert.InRange(row.GetProperty("opened").GetInt32(), 1, count + 1);
        LiveRecorder.Signal(live, "TERM");
        live.StandardOutput.ReadToEnd();
        var said = live.StandardError.ReadToEnd();
        live.WaitForExit();
        Assert.True(live.ExitCode == 0, said);
        Assert.EndsWith(" events, none lost\n", said, StringComparison.Ordinal);

        JsonElement Next() => JsonDocument.Parse(live.StandardOutput.ReadLine() ?? throw new InvalidOperationException(live.StandardError.ReadToEnd())).RootElement;

        List<IDisposable> Connect()
        {
            var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return [client, listener.AcceptTcpClient()];
        }
    }

    private static void Write(string path, ThreadName name)
    {
        using var file = File.Create(path);
        var writer = new CaptureWriter(file, new CaptureHeader { Host = "\u001b[31mred", Start = new ClockAnchor(0, 0, 0) });
        writer.Append(new TcpEvent { Type = TcpEventType.Connect, Timestamp = 1, Connection = 1, IpVersion = 4, LocalPort = 1, PeerPort = 80, Comm = name, Pid = 1 });
        writer.Complete("end of test", null);
    }

    private static JsonElement[] Rows(params string[] arguments)
    {
        var result = Tracecap.Run(arguments);
        Assert.True(result.Code == 0, result.Error);
        return [.. result.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    /// <summary>What a row is of, and its figures.</summary>
    private static string Text(JsonElement row, string by, params string[] figures) => string.Join(' ', by.Split(',').Select(key => key switch
    {
        "process" => "thread.name",
        "errno" => "error.type",
        _ => key,
    }).Concat(figures).Select(name => row.TryGetProperty(name, out var value) ? value.ToString() : "-"));
}
