using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Writing;

namespace TraceCap.Cli.Tests;

/// <summary>Who waits at a terminal sees how much of a capture has been read.</summary>
[Collection(nameof(Alone))]
public sealed class ProgressTests : IDisposable
{
    /// <summary>It is shown first after a quarter of a second, in which no machine pairs so many.</summary>
    private const int Events = 6_000_000;

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Every_command_that_reads_a_large_capture_shows_how_far_how_fast_and_how_long_at_a_terminal()
    {
        var capture = Path.Combine(folder, "large.tcap");
        Write(capture);
        File.CreateSymbolicLink(Path.Combine(folder, "again.tcap"), capture);
        var result = Shell.Python($$"""
            import os, pty, re
            os.chdir('{{folder}}')
            of_file = rb'large\.tcap: \d+ %, [\d.]+ [KMG]iB/s(, (\d+ h )?(\d+ min )?\d+ (s|min) left)?'
            for command, line in [
                ('summary large.tcap', of_file), ("check large.tcap --expect 'failed == 0'", of_file), ('churn large.tcap --every 1h', of_file),
                ('lifetimes large.tcap --sort rtt --limit 1', of_file), ('plot cdf large.tcap -o cdf.svg', of_file), ('report large.tcap -o report.html', of_file),
                ('replay large.tcap > rows', of_file), ('replay large.tcap -o rows.txt', of_file), ('diff large.tcap large.tcap', of_file), ('verify large.tcap', of_file),
                ('export large.tcap --to ndjson -o rows.ndjson', of_file), ('cut large.tcap -o cut.tcap --keep-whole -p 1', of_file), ('compact large.tcap -o compact.tcap', of_file),
                ('anonymize large.tcap -o public.tcap --random-key', of_file), ('recover large.tcap -o whole.tcap', of_file), ("split large.tcap -o 'part-%n.tcap' --by size --size 1M", of_file),
                ('merge large.tcap large.tcap -o both.tcap', rb'large\.tcap \([12] of 2\): \d+ %, '), ('summary large.tcap again.tcap', rb'large\.tcap \(1 of 2\): \d+ %, '),
                ('summary - < large.tcap', rb'standard input: '), ('cat large.tcap | tracecap summary -', rb'standard input: [\d.]+ [KMG]iB, [\d.]+ [KMG]iB/s')]:
                child, terminal = pty.fork()
                if child == 0: os.execv('/bin/bash', ['bash', '-c', command if command.startswith('cat') else 'exec tracecap ' + command])
                seen = b''
                while not re.search(line, seen):
                    try: some = os.read(terminal, 4096)
                    except OSError: break
                    seen += some
                assert re.search(line, seen), (command, seen)
                os.close(terminal)
                os.kill(child, 9)
                os.waitpid(child, 0)
            """);
        Assert.True(result.Code == 0, result.Error);
    }

    private static void Write(string path)
    {
        using var file = File.Create(path);
        var writer = new CaptureWriter(file, new CaptureHeader());
        var events = new TcpEvent[6_000];
        for (var begin = 0; begin < Events; begin += events.Length)
        {
            for (var i = 0; i < events.Length; i++)
            {
                var connection = (ulong)(begin + i) / 2;
                events[i] = new TcpEvent
                {
                    Timestamp = (ulong)(begin + i) * 1_000,
                    Type = i % 2 == 0 ? TcpEventType.Connect : TcpEventType.Close,
                    IpVersion = 4,
                    Connection = connection + 1,
                    LocalPort = (ushort)connection,
                    PeerPort = 443,
                };
            }

            writer.Append(events);
            writer.Watermark = (ulong)(begin + events.Length - 1) * 1_000;
        }

        writer.Complete("end of test", null);
    }
}
