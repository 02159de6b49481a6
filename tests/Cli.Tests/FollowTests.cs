using System.Diagnostics;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Writing;

namespace TraceCap.Cli.Tests;

/// <summary>A capture that is read while it is written.</summary>
public sealed class FollowTests : IDisposable
{
    private const ulong Second = 1_000_000_000;

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Rows_come_as_they_are_written_until_the_recording_ends()
    {
        var path = Path.Combine(folder, "run.tcap");
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0);
        var writer = Begin(new InPieces(file), 0);
        using var replay = Tracecap.Start("replay", "-f", path, "--json");
        using var lifetimes = Tracecap.Start("lifetimes", "--follow", path, "--json");
        for (var second = 0ul; second < 3; second++)
        {
            Write(writer, second);
            Assert.Contains("\"network.peer.port\":", replay.StandardOutput.ReadLine(), StringComparison.Ordinal);
            replay.StandardOutput.ReadLine();
            Assert.Contains("\"ending\":\"closed\"", lifetimes.StandardOutput.ReadLine(), StringComparison.Ordinal);
        }

        Assert.False(replay.HasExited);
        writer.Complete("stopped by a signal", null);
        AssertEnded(replay, 0, "");
        AssertEnded(lifetimes, 0, "");
    }

    [Fact]
    public void It_goes_on_to_the_next_file_of_the_series()
    {
        var first = Path.Combine(folder, "run-000009.tcap");
        using var replay = Tracecap.Start("replay", "-f", first, "--json");
        Assert.Equal($"tracecap: {first}: not there yet; waiting for it", replay.StandardError.ReadLine());
        foreach (var (number, reason) in new[] { (9ul, "rotated"), (10ul, "rotated"), (11ul, "the time was over"), (12ul, "another recording") })
        {
            using var file = new FileStream(Path.Combine(folder, $"run-{number:D6}.tcap"), FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0);
            var writer = Begin(file, number);
            Write(writer, number);
            if (number < 12)
            {
                Assert.Contains("\"time\":", replay.StandardOutput.ReadLine(), StringComparison.Ordinal);
                replay.StandardOutput.ReadLine();
            }

            writer.Complete(reason, null);
        }

        AssertEnded(replay, 0, "");
    }

    [Fact]
    public void Of_one_that_was_cut_off_what_is_complete_is_read()
    {
        var path = Path.Combine(folder, "run.tcap");
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0);
        using var churn = Tracecap.Start("churn", "-f", path);
        Write(Begin(file, 0), 0);
        Assert.StartsWith("TIME(s)", churn.StandardOutput.ReadLine(), StringComparison.Ordinal);
        file.Dispose();
        AssertEnded(churn, 3, $"tracecap: {path}: truncated: it did not end properly; what is complete has been read\n", rows: 1);
    }

    [Fact]
    public void Intervals_are_printed_once_they_are_complete()
    {
        var path = Path.Combine(folder, "run.tcap");
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0);
        var writer = Begin(file, 0);
        using var churn = Tracecap.Start("churn", "-f", path);
        Assert.StartsWith("TIME(s)", churn.StandardOutput.ReadLine(), StringComparison.Ordinal);
        Write(writer, 0, isLeftOpen: true);
        Write(writer, 1);
        Assert.Equal("0.000             1        0        0        0        1", churn.StandardOutput.ReadLine());
        Write(writer, 2);
        Assert.Equal("1.000             1        0        1        0        1", churn.StandardOutput.ReadLine());
        writer.Complete("stopped by a signal", null);
        Assert.Equal("2.000             1        0        1        0        1", churn.StandardOutput.ReadLine());
        AssertEnded(churn, 0, "");
        Assert.Equal(4, Tracecap.Run("churn", path).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("summary")]
    [InlineData("lifetimes")]
    [InlineData("churn")]
    public void Ctrl_C_ends_it_as_if_the_capture_ended_there(string command)
    {
        var path = Path.Combine(folder, "run.tcap");
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0);
        Write(Begin(file, 0), 0, isLeftOpen: true);
        using var reader = Tracecap.Start(command, "-f", path, "--json");
        using var replay = Tracecap.Start("replay", "-f", path, "--json");
        replay.StandardOutput.ReadLine();
        AwaitReading(reader, path);
        LiveRecorder.Signal(reader, "INT");
        var printed = reader.StandardOutput.ReadToEnd();
        AssertEnded(reader, 0, "");
        Assert.Equal(Tracecap.Run(command, "--json", path).Text, printed);
        LiveRecorder.Signal(replay, "TERM");
        AssertEnded(replay, 0, "");
    }

    [Fact]
    public async Task On_a_terminal_the_summary_is_drawn_again()
    {
        var path = Path.Combine(folder, "run.tcap");
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0);
        var writer = Begin(file, 0);
        Write(writer, 0);
        var drawing = Task.Run(() => Shell.Python($$"""
            import os, pty
            child, terminal = pty.fork()
            if child == 0: os.execve(tracecap, [tracecap, 'summary', '-f', '{{path}}'], {**os.environ, 'TERM': 'xterm'})
            seen = b''
            while True:
                try: some = os.read(terminal, 4096)
                except OSError: break
                seen += some
                for count in '12':
                    if f'{count} opened'.encode() in seen: open('{{path}}.' + count, 'w')
            assert b'\x1b[H\x1b[J' in seen and b'1 opened' in seen, seen
            assert seen.rindex(b'2 opened') > seen.rindex(b'\x1b[H\x1b[J'), seen
            assert os.waitpid(child, 0)[1] == 0
            """));
        AwaitDrawn(1);
        Write(writer, 1);
        AwaitDrawn(2);
        writer.Complete("stopped by a signal", null);
        file.Dispose();
        var result = await drawing;
        Assert.True(result.Code == 0, result.Error);

        void AwaitDrawn(int connections)
        {
            while (!File.Exists(FormattableString.Invariant($"{path}.{connections}")) && !drawing.IsCompleted)
            {
                Thread.Yield();
            }
        }
    }

    [Fact]
    public void A_pipe_is_followed_anyway() => Assert.Equal(
        Shell.Run("tracecap lifetimes traffic.tcap").Text, Shell.Run("cat traffic.tcap | tracecap lifetimes -f -").Text);

    [Fact]
    public void What_is_over_is_read_as_ever()
    {
        Assert.Equal(Shell.Run("tracecap churn traffic.tcap").Text, Shell.Run("tracecap churn traffic.tcap -f").Text);
        var result = Shell.Run($"gzip -c traffic.tcap > {folder}/x.gz; tracecap replay -f {folder}/x.gz");
        Assert.Equal((0, Shell.Run("tracecap replay traffic.tcap").Text), (result.Code, result.Text));
        Assert.Equal(2, Tracecap.Run("lifetimes", "-f", "x", "--sort", "rtt").Code);
    }

    [Fact]
    public void One_that_is_written_is_told_from_one_that_was_cut_off()
    {
        var path = Path.Combine(folder, "run.tcap");
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0);
        Write(Begin(file, 0), 0);
        Assert.Equal($"tracecap: {path}: still being recorded; what is complete has been read\n", Tracecap.Run("replay", path).Error);
        file.Dispose();
        Assert.Equal($"tracecap: {path}: truncated: it did not end properly; what is complete has been read\n", Tracecap.Run("replay", path).Error);
    }

    private static CaptureWriter Begin(Stream file, ulong second) => new(file, new CaptureHeader { BootId = "boot", Start = new ClockAnchor(second * Second, 0, second * Second) });

    /// <summary>Writes a connection of one second, in a chunk of its own.</summary>
    private static void Write(CaptureWriter writer, ulong second, bool isLeftOpen = false)
    {
        var opened = new TcpEvent { Timestamp = second * Second, Type = TcpEventType.Connect, IpVersion = 4, Connection = second + 1, LocalPort = 1, PeerPort = 443 };
        writer.Append(opened);
        if (!isLeftOpen)
        {
            writer.Append(opened with { Timestamp = opened.Timestamp + (Second / 2), Type = TcpEventType.Close });
        }

        writer.Watermark = (second * Second) + (Second / 2);
        writer.CloseChunk();
    }

    /// <summary>Waits until a process has the file open, and so handles signals.</summary>
    private static void AwaitReading(Process process, string path)
    {
        while (!Directory.EnumerateFiles($"/proc/{process.Id}/fd").Any(file => TargetOf(file) == path))
        {
            Thread.Yield();
        }

        // What it has open may be closed between the two looks.
        static string? TargetOf(string file)
        {
            try
            {
                return File.ResolveLinkTarget(file, false)?.FullName;
            }
            catch (FileNotFoundException)
            {
                return null;
            }
        }
    }

    private static void AssertEnded(Process process, int code, string error, int rows = 0)
    {
        var said = process.StandardError.ReadToEndAsync();
        var rest = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        Assert.Equal(error, said.Result);
        Assert.Equal(code, process.ExitCode);
        Assert.Equal(rows, rest.Length);
    }

    /// <summary>Writes a few bytes at a time.</summary>
    private sealed class InPieces(Stream file) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            for (; !buffer.IsEmpty; buffer = buffer[Math.Min(7, buffer.Length)..])
            {
                file.Write(buffer[..Math.Min(7, buffer.Length)]);
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    }
}
