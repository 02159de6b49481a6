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
    public void Every_command_that_reads_a_large_capture_shows_it_at_a_terminal()
    {
        var capture = Path.Combine(folder, "large.tcap");
        Write(capture);
        var result = Shell.Python($$"""
            import os, pty, shlex
            for command in [
                'summary {{capture}}', "check {{capture}} --expect 'failed == 0'", 'churn {{capture}} --every 1h', 'lifetimes {{capture}} --sort rtt --limit 1',
                'plot cdf {{capture}} -o {{folder}}/cdf.svg', 'report {{capture}} -o {{folder}}/report.html']:
                child, terminal = pty.fork()
                if child == 0: os.execv(tracecap, [tracecap, *shlex.split(command)])
                seen = b''
                while b' %' not in seen:
                    try: some = os.read(terminal, 4096)
                    except OSError: break
                    seen += some
                assert b'large.tcap: ' in seen and b' %' in seen, (command, seen)
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
