using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Writing;

namespace TraceCap.Cli.Tests;

/// <summary>Who waits at a terminal sees how much of a capture has been read.</summary>
[Collection(nameof(Alone))]
public sealed class ProgressTests : IDisposable
{
    private const string OfFile = @"large\.tcap: \d+ %, [\d.]+ [KMG]iB/s(, (\d+ h )?(\d+ min )?\d+ (s|min) left)?";

    /// <summary>What is run, and the line that it shows.</summary>
    private static readonly (string Command, string Line)[] Commands =
    [
        ("summary large.tcap", OfFile), ("check large.tcap --expect 'failed == 0'", OfFile), ("churn large.tcap --every 1h", OfFile),
        ("lifetimes large.tcap --sort rtt --limit 1", OfFile), ("plot cdf large.tcap -o cdf.svg", OfFile), ("report large.tcap -o report.html", OfFile),
        ("replay large.tcap > rows", OfFile), ("replay large.tcap -o rows.txt", OfFile), ("diff large.tcap large.tcap", OfFile), ("verify large.tcap", OfFile),
        ("export large.tcap --to ndjson -o rows.ndjson", OfFile), ("cut large.tcap -o cut.tcap --keep-whole -p 1", OfFile), ("compact large.tcap -o compact.tcap", OfFile),
        ("anonymize large.tcap -o public.tcap --random-key", OfFile), ("recover large.tcap -o whole.tcap", OfFile),
        ("split large.tcap -o 'part-%n.tcap' --by size --size 1M", OfFile), ("merge large.tcap large.tcap -o both.tcap", @"large\.tcap \([12] of 2\): \d+ %, "),
        ("summary large.tcap again.tcap", @"large\.tcap \(1 of 2\): \d+ %, "), ("summary - < large.tcap", "standard input: "),
        ("cat large.tcap | tracecap summary -", @"standard input: [\d.]+ [KMG]iB, [\d.]+ [KMG]iB/s"),
    ];

    /// <summary>It is shown first after a quarter of a second. What has ended by then is given more to read.</summary>
    private static readonly int[] Events = [6_000_000, 24_000_000, 96_000_000];

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Every_command_that_reads_a_large_capture_shows_how_far_how_fast_and_how_long_at_a_terminal()
    {
        var silent = Commands;
        foreach (var events in Events.TakeWhile(_ => silent.Length > 0))
        {
            Directory.Delete(folder, recursive: true);
            Directory.CreateDirectory(folder);
            Write(Path.Combine(folder, "large.tcap"), events);
            File.CreateSymbolicLink(Path.Combine(folder, "again.tcap"), "large.tcap");
            silent = [.. silent.Where(one => !Shows(one.Command, one.Line))];
        }

        Assert.Empty(silent);
    }

    /// <summary>Whether the command shows the line before it ends. What ends with an error fails the test.</summary>
    private bool Shows(string command, string line)
    {
        var result = Shell.Python($"""
            import os, pty, re
            os.chdir('{folder}')
            child, terminal = pty.fork()
            command = "{command}"
            if child == 0: os.execv('/bin/bash', ['bash', '-c', command if command.startswith('cat') else 'exec tracecap ' + command])
            seen = b''
            while not re.search(rb'{line}', seen):
                try: some = os.read(terminal, 4096)
                except OSError: break
                seen += some
            shown = re.search(rb'{line}', seen)
            if shown: os.kill(child, 9)
            os.close(terminal)
            status = os.waitpid(child, 0)[1]
            assert shown or status == 0, (command, status, seen)
            print(bool(shown))
            """);
        Assert.True(result.Code == 0, result.Error);
        return result.Text.Trim() == "True";
    }

    private static void Write(string path, int events)
    {
        using var file = File.Create(path);
        var writer = new CaptureWriter(file, new CaptureHeader());
        var chunk = new TcpEvent[6_000];
        for (var begin = 0; begin < events; begin += chunk.Length)
        {
            for (var i = 0; i < chunk.Length; i++)
            {
                var connection = (ulong)(begin + i) / 2;
                chunk[i] = new TcpEvent
                {
                    Timestamp = (ulong)(begin + i) * 1_000,
                    Type = i % 2 == 0 ? TcpEventType.Connect : TcpEventType.Close,
                    IpVersion = 4,
                    Connection = connection + 1,
                    LocalPort = (ushort)connection,
                    PeerPort = 443,
                };
            }

            writer.Append(chunk);
            writer.Watermark = (ulong)(begin + chunk.Length - 1) * 1_000;
        }

        writer.Complete("end of test", null);
    }
}
