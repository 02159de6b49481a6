using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace TraceCap.Cli.Tests;

/// <summary>What a recording tells those who watch over it.</summary>
[Collection(nameof(Alone))]
public sealed partial class MonitoringTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    private string Capture => Path.Combine(folder, "run-%n.tcap");

    private string Metrics => Path.Combine(folder, "tracecap.prom");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Metrics_are_there_from_the_beginning_and_at_the_end_they_are_those_of_the_files()
    {
        using var recorder = LiveRecorder.Start("-o", Capture, "--metrics", Metrics, "--buffer", "1M", "-p", LiveRecorder.Text(Environment.ProcessId));
        while (!File.Exists(Metrics))
        {
            Assert.False(recorder.HasExited);
        }

        var begun = PrometheusText.Parse(File.ReadAllText(Metrics));
        Assert.Equal((1, 0, 1), (begun["tracecap_up"], begun["tracecap_events_total{type=\"connect\"}"], begun["tracecap_files_total"]));
        Loopback.Churn(100);
        LiveRecorder.Signal(recorder, "HUP");
        while (!File.Exists(Path.Combine(folder, "run-000002.tcap")))
        {
            Assert.False(recorder.HasExited);
        }

        LiveRecorder.End(recorder);
        var ended = PrometheusText.Parse(File.ReadAllText(Metrics));
        Assert.Equal((0, 100, 100, 200), (ended["tracecap_up"], Events("connect"), Events("accept"), Events("close")));
        Assert.Equal((2, 1 << 20), (ended["tracecap_files_total"], ended["tracecap_ring_size_bytes"]));
        Assert.Equal(Directory.GetFiles(folder, "*.tcap").Sum(file => new FileInfo(file).Length), ended["tracecap_written_bytes_total"]);
        Assert.InRange(ended["tracecap_last_event_time_seconds"], ended["tracecap_start_time_seconds"], DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0);
        Assert.InRange(ended["tracecap_ring_highest_bytes"], 1, 1 << 20);
        Assert.Equal(0, ended.Where(sample => sample.Key.StartsWith("tracecap_events_lost_total{", StringComparison.Ordinal)).Sum(sample => sample.Value));

        double Events(string type) => ended[$"tracecap_events_total{{type=\"{type}\"}}"];
    }

    [Fact]
    public void Metrics_that_cannot_be_written_are_told_once_and_do_not_end_the_recording()
    {
        File.CreateSymbolicLink(Metrics, "/dev/null");
        using var recorder = LiveRecorder.Start("-o", Capture, "--metrics", Metrics);
        Assert.Equal($"tracecap: no metrics: {Metrics} is there already, and no file of metrics; recording goes on", recorder.StandardError.ReadLine());
        Assert.DoesNotContain("no metrics", LiveRecorder.End(recorder), StringComparison.Ordinal);
        Assert.Equal("/dev/null", new FileInfo(Metrics).LinkTarget);
    }

    [Theory]
    [InlineData("run-000007.tcap")]
    [InlineData("run-000007.tcap.gz")]
    public void Metrics_are_no_capture(string name)
    {
        var metrics = Path.Combine(folder, name);
        var result = Tracecap.Run("record", "-o", Capture, "--metrics", metrics);
        Assert.Equal((2, $"tracecap: --metrics {metrics} is a name of the capture; give another one\n"), (result.Code, result.Error));
    }

    /// <summary>As sd_notify(3) and sd_watchdog_enabled(3) have it; an abstract socket begins with @.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_service_manager_is_told_when_it_records_that_it_is_well_and_that_it_ends(bool isAbstract)
    {
        LiveRecorder.SkipUnlessAllowed();
        var name = Path.Combine(folder, "notify");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + name : name));
        socket.ReceiveTimeout = 60_000;
        using var recorder = Process.Start(new ProcessStartInfo(
            "env", [$"NOTIFY_SOCKET={(isAbstract ? "@" : "")}{name}", "WATCHDOG_USEC=200000", Tracecap.Path, "record", "-q", "-o", Capture, "-p", LiveRecorder.Text(Environment.ProcessId)]))!;

        Assert.Equal("READY=1\nSTATUS=0 events, 0 lost, 1 files", Receive());
        Loopback.Churn(5);
        string said;
        while (EventsIn(said = Receive()) < 20)
        {
            Assert.StartsWith("WATCHDOG=1\nSTATUS=", said, StringComparison.Ordinal);
        }

        LiveRecorder.Signal(recorder, "TERM");
        while ((said = Receive()).StartsWith("WATCHDOG=1", StringComparison.Ordinal))
        {
        }

        Assert.Matches("^STOPPING=1\nSTATUS=[\\d,]+ events, 0 lost, 1 files$", said);
        Assert.Equal(said["STOPPING=1\n".Length..], Receive());
        recorder.WaitForExit();
        Assert.Equal(0, recorder.ExitCode);

        static int EventsIn(string said) => int.Parse(Status().Match(said).Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

        string Receive()
        {
            var buffer = new byte[4096];
            return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
        }
    }

    /// <summary>Nobody reads what it writes, so it waits for ever. Another recorder, which is well, tells the time.</summary>
    [Fact]
    public void A_recorder_that_hangs_does_not_say_that_all_is_well()
    {
        const int Beats = 20;
        const int Rounds = 200;
        LiveRecorder.SkipUnlessAllowed();
        var fifo = Path.Combine(folder, "fifo");
        Process.Start("mkfifo", [fifo]).WaitForExit();
        using var reader = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"exec tail -f /dev/null < {fifo}"]))!;
        using var hungSocket = Bound("hung");
        using var wellSocket = Bound("well");
        using var hung = Watched("hung", fifo);
        using var well = Watched("well", Capture);
        Receive(hungSocket);
        Receive(wellSocket);
        Loopback.Churn(20_000);
        var rounds = 0;
        do
        {
            while (hungSocket.Poll(0, SelectMode.SelectRead))
            {
                Receive(hungSocket);
            }

            for (var beat = 0; beat < Beats; beat++)
            {
                Assert.StartsWith("WATCHDOG=1\n", Receive(wellSocket), StringComparison.Ordinal);
            }
        }
        while (hungSocket.Poll(0, SelectMode.SelectRead) && ++rounds < Rounds);

        Assert.InRange(rounds, 0, Rounds - 1);
        Assert.False(hung.HasExited);
        foreach (var process in new[] { hung, well, reader })
        {
            process.Kill();
            process.WaitForExit();
        }

        Socket Bound(string name)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 60_000 };
            socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, name)));
            return socket;
        }

        Process Watched(string name, string output) => Process.Start(new ProcessStartInfo("env", [
            $"NOTIFY_SOCKET={Path.Combine(folder, name)}", "WATCHDOG_USEC=40000", Tracecap.Path, "record", "-q", "-o", output, "-p", LiveRecorder.Text(Environment.ProcessId)]))!;

        static string Receive(Socket socket)
        {
            var buffer = new byte[4096];
            return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
        }
    }

    /// <summary>Somebody else's watchdog is not this process's.</summary>
    [Fact]
    public void A_watchdog_of_another_process_is_not_told()
    {
        LiveRecorder.SkipUnlessAllowed();
        var name = Path.Combine(folder, "notify");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(name));
        var said = Shell.Run($"NOTIFY_SOCKET={name} WATCHDOG_USEC=1000 WATCHDOG_PID=1 tracecap record -q -o {Capture} -d 0.3");
        Assert.True(said.Code == 0, said.Error);
        var buffer = new byte[4096];
        var all = "";
        for (var i = 0; i < 3; i++)
        {
            all += Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer)) + "|";
        }

        Assert.Matches("^READY=1\nSTATUS=.*\\|STOPPING=1\nSTATUS=.*\\|STATUS=.*\\|$", all);
    }

    [GeneratedRegex(@"STATUS=([\d,]+) events, 0 lost, 1 files$")]
    private static partial Regex Status();
}
