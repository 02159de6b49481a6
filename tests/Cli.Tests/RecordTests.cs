using System.Diagnostics;
using TraceCap.Format.Events;
using TraceCap.Format.Reading;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Cli.Tests;

/// <summary>Tests that count what the host does run alone: a process started beside them inherits their sockets until
/// it has become another program, and closes them under its own name.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;

/// <summary>One capture.</summary>
[Collection(nameof(Alone))]
public sealed class RecordTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    private string Capture => Path.Combine(folder, "run.tcap");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_happens_is_recorded_and_replayed()
    {
        using var recorder = LiveRecorder.Start("-o", Capture, "-p", LiveRecorder.Text(Environment.ProcessId), "--comment", "a test");
        var port = Loopback.Churn(3);
        var said = LiveRecorder.End(recorder);

        Assert.Matches(@"^tracecap: .*run\.tcap: [\d,]+ events \(C \d+, A \d+, X \d+(, [EFO] [\d,]+)*\) in [\d.]+ s, none lost, [\d.]+ KiB\n$", said);
        var rows = Tracecap.Run("replay", "-p", LiveRecorder.Text(Environment.ProcessId), Capture).Text.Split('\n').Where(row => row.Contains($" {port} ", StringComparison.Ordinal));
        Assert.Equal("CAXX" + "CAXX" + "CAXX", string.Concat(rows.Select(row => row[0])));
        var info = Tracecap.Run("info", Capture).Text;
        Assert.Contains("state       complete", info, StringComparison.Ordinal);
        Assert.Contains("comment     a test", info, StringComparison.Ordinal);
        Assert.Contains("ended       stopped by a signal", info, StringComparison.Ordinal);
        Assert.Matches(@"lost        0 of [\d,]+ emitted\n", info);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Capture));
        }
    }

    [Fact]
    public void A_capture_that_nobody_names_has_the_name_of_the_host_and_the_time_and_replaces_nothing()
    {
        LiveRecorder.SkipUnlessAllowed();
        foreach (var options in new[] { "", " --rotate-every 1h" })
        {
            var result = Shell.Run($"cd {folder} && tracecap record -d 100ms -u root{options} | cat");
            Assert.Equal((0, ""), (result.Code, result.Text));
            var name = Path.GetFileName(Assert.Single(Directory.GetFiles(folder)));
            Assert.Matches(@"^[A-Za-z0-9._-]+-[0-9]{8}T[0-9]{6}Z\.tcap$", name);
            Assert.StartsWith(
                $"tracecap: recording to {(options.Length == 0 ? name : name[..^22] + "-%t.tcap")}; Ctrl-C ends it\n", result.Error, StringComparison.Ordinal);
            Assert.Equal(0, Tracecap.Run("verify", Path.Combine(folder, name)).Code);
            File.Delete(Path.Combine(folder, name));
        }
    }

    [Fact]
    public void Twenty_thousand_fast_connections_are_eighty_thousand_events_and_none_is_lost()
    {
        using var recorder = LiveRecorder.Start("-o", Capture, "-p", LiveRecorder.Text(Environment.ProcessId));
        var port = Loopback.Churn(20_000);
        LiveRecorder.End(recorder);

        var types = Tracecap.Run("replay", Capture).Text.Split('\n').Where(row => row.Contains($" {port} ", StringComparison.Ordinal)).CountBy(row => row[0]).ToDictionary();
        Assert.Equal((20_000, 20_000, 40_000), (types['C'], types['A'], types['X']));
        Assert.Matches(@"lost        0 of [\d,]+ emitted\n", Tracecap.Run("info", Capture).Text);
    }

    [Fact]
    public void It_ends_by_itself_after_so_many_events()
    {
        using var recorder = LiveRecorder.Start("-o", Capture, "-n", "5", "-p", LiveRecorder.Text(Environment.ProcessId));
        Loopback.Churn(10);
        recorder.WaitForExit();

        Assert.Equal(0, recorder.ExitCode);
        var types = LiveRecorder.Info(Capture).GetProperty("events_by_type").EnumerateObject().Where(type => type.Name != "E");
        Assert.Equal(5, types.Sum(type => type.Value.GetInt64()));
        Assert.Contains("lost        0 of ", Tracecap.Run("info", Capture).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void It_ends_by_itself_after_so_long()
    {
        using var recorder = LiveRecorder.Start("-o", Capture, "-d", "0.2");
        recorder.WaitForExit();

        Assert.Equal(0, recorder.ExitCode);
        Assert.Contains("ended       the time was over", Tracecap.Run("info", Capture).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_time_longer_than_clocks_count_is_not_over_at_once()
    {
        using var recorder = LiveRecorder.Start("-o", Capture, "-d", "20000000000");
        Loopback.Churn(1);
        LiveRecorder.End(recorder);
        Assert.Contains("ended       stopped by a signal", Tracecap.Run("info", Capture).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Trace_counts_the_rows_that_it_prints()
    {
        LiveRecorder.SkipUnlessAllowed();
        using var trace = Tracecap.Start("trace", "-n", "4", "-p", LiveRecorder.Text(Environment.ProcessId));
        trace.StandardOutput.ReadLine();
        // Failed connects are no rows of tcptracer.
        for (var i = 0; i < 4; i++)
        {
            using var refused = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
            Assert.ThrowsAny<System.Net.Sockets.SocketException>(() => refused.Connect(System.Net.IPAddress.Loopback, 1));
        }

        Loopback.Churn(1);
        var rows = trace.StandardOutput.ReadToEnd().Split('\n')[1..^1];
        Assert.Equal("CAXX", string.Concat(rows.Select(row => row[0])));
    }

    [Fact]
    public void A_capture_that_is_there_is_not_overwritten_unless_forced()
    {
        File.WriteAllText(Capture, "precious");
        var refused = Tracecap.Run("record", "-o", Capture, "-d", "0.1");

        Assert.Equal(1, refused.Code);
        Assert.Equal($"tracecap: {Capture} is there already; choose another name, or overwrite it with --force\n", refused.Error);
        Assert.Equal("precious", File.ReadAllText(Capture));

        Assert.Equal(0, Shell.Run($"chmod 644 {Capture}").Code);
        using var forced = LiveRecorder.Start("-o", Capture, "-d", "0.1", "--force");
        forced.WaitForExit();
        Assert.Equal(0, Tracecap.Run("replay", Capture).Code);
        Assert.Equal("600", Shell.Run($"stat -c %a {Capture}").Text.Trim());
    }

    [Fact]
    public void What_a_link_names_is_not_overwritten()
    {
        var precious = Path.Combine(folder, "precious");
        File.WriteAllText(precious, "precious");
        File.CreateSymbolicLink(Capture, precious);
        using var recorder = LiveRecorder.Start("-o", Capture, "-d", "0.1", "--force");
        recorder.WaitForExit();

        Assert.Equal("precious", File.ReadAllText(precious));
        Assert.Equal(0, Tracecap.Run("replay", Capture).Code);
    }

    [Theory]
    [InlineData("-o /dev/stdout -d 0.2 | tracecap verify -", 0, "")]
    [InlineData("-o /dev/null -d 0.2", 0, "")]
    [InlineData("-o /dev/null --force -d 0.2; [ -c /dev/null ]", 0, "")]
    [InlineData("-o /dev/stdout --force -d 0.2 > {folder}/file", 1, "tracecap: /dev/stdout is a file or socket that is open already; -o - writes into standard output\n")]
    public void Standard_output_and_devices_may_be_named_by_their_paths(string arguments, int code, string error)
    {
        LiveRecorder.SkipUnlessAllowed();
        var result = Shell.Run($"set -o pipefail; tracecap record -q {arguments.Replace("{folder}", folder, StringComparison.Ordinal)}");
        Assert.Equal((code, error), (result.Code, result.Error));
        Assert.Equal("/proc/self/fd/1\n", Shell.Run("readlink /dev/stdout").Text);
    }

    [Theory]
    [InlineData("mkfifo {capture}", "is a pipe of user 65534, who could take or drop all that is recorded; name one of your own, or a file")]
    [InlineData("ln -s /dev/null {capture}", "is a link of user 65534 and not followed; name what it leads to, or replace it with --force")]
    public void What_somebody_else_put_at_the_name_takes_nothing(string plant, string expected)
    {
        LiveRecorder.SkipUnlessRoot();
        Assert.Equal(0, Shell.Run($"chmod 777 {folder}; {plant.Replace("{capture}", Capture, StringComparison.Ordinal)}; chown -h 65534 {Capture}").Code);
        var refused = Tracecap.Run("record", "-o", Capture, "-d", "0.1");
        Assert.Equal((1, $"tracecap: {Capture} {expected}\n"), (refused.Code, refused.Error));
    }

    [Fact]
    public void Two_recordings_into_one_file_do_not_mix()
    {
        using var first = LiveRecorder.Start("-o", Capture);
        using var second = LiveRecorder.Start("-o", Capture, "--force", "-d", "0.5");
        second.WaitForExit();
        first.WaitForExit();

        Assert.Equal((1, 0), (first.ExitCode, second.ExitCode));
        Assert.Contains($"{Capture} was deleted, or its folder was", first.StandardError.ReadToEnd(), StringComparison.Ordinal);
        Assert.Equal(0, Tracecap.Run("verify", Capture).Code);
    }

    [Fact]
    public void A_named_pipe_is_written_to_as_it_is()
    {
        Assert.Equal(0, Shell.Run($"mkfifo {Capture}").Code);
        using var replay = Tracecap.Start("replay", Capture);
        using var recorder = LiveRecorder.Start("-o", Capture, "-n", "4", "-p", LiveRecorder.Text(Environment.ProcessId));
        Loopback.Churn(1);
        recorder.WaitForExit();

        Assert.Equal("CAXX", string.Concat(replay.StandardOutput.ReadToEnd().Split('\n')[2..^1].Select(row => row[0])));
        Assert.Equal("pipe", Shell.Run($"test -p {Capture} && echo pipe").Text.Trim());
    }

    [Fact]
    public async Task A_pipe_shows_rows_as_they_happen()
    {
        using var recorder = LiveRecorder.Start("-o", "-", "-p", LiveRecorder.Text(Environment.ProcessId));
        using var replay = Tracecap.Start("replay", "-t", "-");
        var copying = Task.Run(() =>
        {
            var buffer = new byte[4096];
            for (int got; (got = recorder.StandardOutput.BaseStream.Read(buffer)) > 0;)
            {
                replay.StandardInput.BaseStream.Write(buffer.AsSpan(0, got));
                replay.StandardInput.BaseStream.Flush();
            }

            replay.StandardInput.Close();
        }, TestContext.Current.CancellationToken);
        var port = Loopback.Churn(1);
        var seen = "";
        while (seen.Length < 4)
        {
            var row = replay.StandardOutput.ReadLine()!;
            seen += row.Contains($" {port} ", StringComparison.Ordinal) ? row[9] : "";
        }

        // All rows were there while the recorder still runs.
        Assert.Equal("CAXX", seen);
        Assert.False(recorder.HasExited);
        LiveRecorder.End(recorder);
        await copying;
        replay.WaitForExit();
        Assert.Equal(0, replay.ExitCode);
    }

    [Fact]
    public void Killed_it_leaves_all_but_the_last_second()
    {
        using var recorder = LiveRecorder.Start("-o", Capture, "-p", LiveRecorder.Text(Environment.ProcessId));
        var port = Loopback.Churn(5);
        while (Rows(port).Count < 20)
        {
            Assert.False(recorder.HasExited);
        }

        recorder.Kill();
        recorder.WaitForExit();
        var replay = Tracecap.Run("replay", Capture);
        Assert.Equal(3, replay.Code);
        Assert.Contains("truncated", replay.Error, StringComparison.Ordinal);
        Assert.Equal(20, Rows(port).Count);
        Assert.Contains("state       truncated", Tracecap.Run("info", Capture).Text, StringComparison.Ordinal);

        List<string> Rows(int local) =>
            [.. Tracecap.Run("replay", Capture).Text.Split('\n').Where(row => row.Contains($" {local} ", StringComparison.Ordinal))];
    }

    [Fact]
    public async Task Killed_under_load_it_leaves_all_but_the_last_second_without_a_hole()
    {
        const ulong tolerance = 2_000_000_000;
        using var recorder = LiveRecorder.Start("-o", Capture, "-p", LiveRecorder.Text(Environment.ProcessId));
        var load = Task.Run(() =>
        {
            while (!recorder.HasExited)
            {
                Loopback.Churn(100);
            }
        }, TestContext.Current.CancellationToken);
        while (new FileInfo(Capture).Length < 500_000)
        {
            Assert.False(recorder.HasExited);
        }

        var killed = Clocks.Monotonic();
        recorder.Kill();
        await recorder.WaitForExitAsync(TestContext.Current.CancellationToken);
        await load;

        var events = new List<TcpEvent>();
        using (var file = File.OpenRead(Capture))
        {
            var reader = new CaptureReader(file);
            while (reader.Read())
            {
                events.AddRange(reader.Events);
            }

            Assert.Equal((1, 0), (reader.Truncated, reader.Damage.MissingBlocks));
        }

        Assert.InRange(events.Max(e => e.Timestamp), killed - tolerance, ulong.MaxValue);
        Assert.All(events.GroupBy(e => e.Cpu), ofCpu =>
        {
            // An interrupt may take its place in the ring before the event that it interrupts.
            const int underWay = 16;
            var numbers = ofCpu.Select(e => e.Sequence).Order().ToArray();
            Assert.InRange(numbers.Length, 1_000, int.MaxValue);
            Assert.Equal(Enumerable.Range(1, numbers.Length - underWay).Select(number => (ulong)number), numbers[..^underWay]);
        });
    }

    [Fact]
    public void Before_anything_happened_it_is_a_capture_without_events()
    {
        using var recorder = LiveRecorder.Start("-o", Capture, "-p", LiveRecorder.Text(Environment.ProcessId));
        var early = Tracecap.Run("info", Capture);
        LiveRecorder.End(recorder);
        var ended = Tracecap.Run("info", Capture);

        Assert.Equal((3, 0), (early.Code, ended.Code));
        Assert.Contains("state       truncated, or still being recorded\n", early.Text, StringComparison.Ordinal);
        Assert.Contains("state       complete by its footer", ended.Text, StringComparison.Ordinal);
        Assert.All([early.Text, ended.Text], text => Assert.Contains("\nevents      0\nlost        0 of 0 emitted\nchunks      0\n", text, StringComparison.Ordinal));
        Assert.Equal(0, Tracecap.Run("verify", Capture).Code);
    }

    [Fact]
    public void A_full_disk_is_told_at_once()
    {
        LiveRecorder.SkipUnlessAllowed();
        var device = FullDevice.In(folder);
        var result = Tracecap.Run("record", "-o", device, "--force", "-d", "60");

        Assert.Equal(1, result.Code);
        Assert.True(FullDevice.Is(device));
        Assert.Equal($"tracecap: {device}: No space left on device\n", result.Error);
    }

    [Fact]
    public void A_reader_that_went_away_is_told_at_once()
    {
        using var recorder = LiveRecorder.Start("-o", "-", "-p", LiveRecorder.Text(Environment.ProcessId));
        recorder.StandardOutput.Close();
        Loopback.Churn(1);
        recorder.WaitForExit();

        Assert.Equal(1, recorder.ExitCode);
        Assert.EndsWith(
            "recording ended: standard output was closed by its reader; of 6 events, 0 were written before and can be read; LOST 6 (dropped 6)\n",
            recorder.StandardError.ReadToEnd(),
            StringComparison.Ordinal);
    }

    /// <summary>Only the published executable can do it.</summary>
    [Fact]
    public void Alone_in_a_folder_with_libc_it_records_and_replays()
    {
        LiveRecorder.SkipUnlessAllowed();
        Assert.SkipUnless(Tracecap.IsPublished, "TRACECAP does not name the published executable");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "it takes root to change the root folder");
        var alone = $"""
            cd {folder} && mkdir -p proc sys tmp
            for file in {Tracecap.Path} $(ldd {Tracecap.Path} | grep -o '/[^ ]*'); do cp -L --parents "$file" .; done
            unshare --mount bash -c 'mount --rbind /proc proc && mount --rbind /sys sys &&
                chroot . {Tracecap.Path} record -o tmp/alone.tcap -d 0.2 && chroot . {Tracecap.Path} replay tmp/alone.tcap'
            """;
        using var shell = Process.Start(new ProcessStartInfo("/bin/bash", ["-ec", alone]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = shell.StandardError.ReadToEnd();
        shell.WaitForExit();

        Assert.True(shell.ExitCode == 0, said);
        Assert.StartsWith("Tracing TCP established connections.", shell.StandardOutput.ReadToEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void Trace_prints_rows_as_they_happen()
    {
        LiveRecorder.SkipUnlessAllowed();
        using var trace = Tracecap.Start("trace", "-t", "-p", LiveRecorder.Text(Environment.ProcessId));
        Assert.StartsWith("Tracing TCP established connections.", trace.StandardOutput.ReadLine(), StringComparison.Ordinal);
        Assert.StartsWith("TIME(s)", trace.StandardOutput.ReadLine(), StringComparison.Ordinal);
        var port = Loopback.Churn(1);
        var seen = "";
        while (seen.Length < 4)
        {
            var row = trace.StandardOutput.ReadLine()!;
            seen += row.Contains($" {port} ", StringComparison.Ordinal) ? row[9] : "";
        }

        Assert.Equal("CAXX", seen);
        LiveRecorder.Signal(trace, "INT");
        trace.WaitForExit();
        Assert.Equal(0, trace.ExitCode);
    }
}
