using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TraceCap.Format.Events;
using TraceCap.Recorder.Host;
using TraceCap.Recorder.Probes;
using TraceCap.Recorder.Session;

namespace TraceCap.Recorder.Tests;

/// <summary>Processes have a number in each PID namespace that they are in.</summary>
[Collection(Live.Name)]
public class PidNamespaceTests
{
    private const string Inside = "TRACECAP_TEST_PROC";

    [Fact]
    public void A_process_in_a_container_has_both_of_its_numbers()
    {
        Live.SkipUnlessAllowed();
        using var cgroup = new TestCgroup();
        using var holding = cgroup.Start("unshare", "--pid", "--fork", "--mount-proc", "sh", "-c", "stat -Lc %i /proc/self/ns/pid && exec \"$@\"", "sh",
            "python3", Repository.File("tests/vm/corners.py"), "hold");
        var pidns = uint.Parse(holding.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
        Assert.Equal("ready", holding.StandardOutput.ReadLine());
        var events = cgroup.Own(Open(new ProbeOptions(), out var limits));
        holding.StandardInput.WriteLine();
        holding.WaitForExit();

        Assert.Empty(limits);
        Assert.Equal("OO", string.Concat(events.Select(e => (char)e.Type)));
        Assert.All(events, e => Assert.Equal((1u, pidns), (e.ContainerPid, e.Pidns)));
        Assert.All(events, e => Assert.True(e.Pid > 1));
    }

    /// <summary>A container with a /proc of its own, and one that sees the host's, as /proc or elsewhere.</summary>
    [Theory]
    [InlineData("own", "mount -t proc proc /proc")]
    [InlineData("host's", "true")]
    [InlineData("host's elsewhere", "mkdir -p /tmp/tracecap-proc && mount --rbind /proc /tmp/tracecap-proc && mount -t proc proc /proc")]
    public void A_recorder_in_a_container_tells_what_it_sees_and_what_not(string proc, string mount)
    {
        Live.SkipUnlessAllowed();
        var test = Path.ChangeExtension(typeof(PidNamespaceTests).Assembly.Location, null);
        using var inside = Process.Start(new ProcessStartInfo(
            "unshare",
            ["--pid", "--fork", "--mount", "sh", "-c", mount + " && exec \"$@\"", "sh", test, "-method", $"*.{nameof(Recorder_inside)}", "-explicit", "only", "-noColor"])
        {
            Environment = { [Inside] = proc },
            RedirectStandardOutput = true,
        })!;
        var output = inside.StandardOutput.ReadToEnd();
        inside.WaitForExit();

        Assert.True(inside.ExitCode == 0, output);
        Assert.Contains("Total: 1, Errors: 0, Failed: 0, Skipped: 0", output, StringComparison.Ordinal);
    }

    /// <summary>Is run by the test above.</summary>
    [Fact(Explicit = true)]
    public void Recorder_inside()
    {
        var proc = Environment.GetEnvironmentVariable(Inside);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        client.Connect(listener.LocalEndPoint!);
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;

        var open = Open(new ProbeOptions { Pids = (uint)Environment.ProcessId }, out var limits).Single(e => e.PeerPort == port);
        Assert.Equal((uint)Environment.ProcessId, open.ContainerPid);
        Assert.Equal(FilterTests.NamespaceInode("pid"), open.Pidns);
        Assert.Equal(proc == "own", open.Pid == 0);
        Assert.Equal(proc == "own", limits.Any(limit => limit.Contains("lack the host's process ids", StringComparison.Ordinal)));
        Assert.NotEqual(open.ContainerPid, open.Pid);
        Assert.DoesNotContain(Open(new ProbeOptions { Pids = (uint)Environment.ProcessId + 1 }, out _), e => e.PeerPort == port);

        Privileges.Drop(null);
        Assert.Contains("CapEff:\t0000000000000000", File.ReadAllText("/proc/self/status"), StringComparison.Ordinal);
    }

    /// <summary>The connections that are open.</summary>
    private static List<TcpEvent> Open(ProbeOptions options, out IReadOnlyList<string> limits)
    {
        using var session = LiveSession.Start(options with { ProbeSet = Live.ProbeSet });
        limits = session.Limits;
        Assert.True(session.Next(out var some, out _));
        return [.. some.ToArray().Where(e => e.Type == TcpEventType.Open)];
    }
}
