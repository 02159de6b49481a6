using System.Diagnostics;
using TraceCap.Format.Events;
using TraceCap.Recorder.Host;

namespace TraceCap.Recorder.Tests;

/// <summary>
/// A cgroup for the processes of one test: their events can be told from everybody else's, to the last one of a killed
/// process, and no matter what network namespace they are in.
/// </summary>
internal sealed class TestCgroup : IDisposable
{
    private readonly string path;

    /// <summary>Makes it at the root of the hierarchy, or below another one.</summary>
    internal TestCgroup(TestCgroup? parent = null)
    {
        path = Path.Combine(parent?.path ?? Cgroups.FindRoot(), "tracecap-test-" + Guid.NewGuid());
        Directory.CreateDirectory(path);
        Id = Cgroups.InodeOf(path);
    }

    internal ulong Id { get; }

    /// <summary>Its folder.</summary>
    internal string Folder => path;

    /// <summary>Its path in the hierarchy.</summary>
    internal string Name => path[Cgroups.FindRoot().Length..];

    public void Dispose()
    {
        // A process that has been waited for may still be on its way out.
        while (File.ReadAllText(Path.Combine(path, "cgroup.events")).Contains("populated 1", StringComparison.Ordinal))
        {
            Thread.Yield();
        }

        Directory.Delete(path);
    }

    /// <summary>Starts a program in this cgroup and in network and mount namespaces of its own, with loopback
    /// and room for named network namespaces.</summary>
    internal Process Start(params string[] command)
    {
        const string script = "echo $$ >\"$0\"/cgroup.procs && exec unshare --net --mount -- "
            + "sh -c 'ip link set lo up && mkdir -p /run/netns && mount -t tmpfs none /run/netns && exec \"$@\"' sh \"$@\"";
        return Process.Start(new ProcessStartInfo("sh", ["-c", script, path, .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    /// <summary>Runs a program to its end.</summary>
    internal void Run(params string[] command)
    {
        using var process = Start(command);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>The events of this cgroup among all, and the ends of its connections.</summary>
    internal List<TcpEvent> Own(IReadOnlyCollection<TcpEvent> events)
    {
        var own = events.Where(e => e.Cgroup == Id).Select(e => e.Connection).ToHashSet();
        return [.. events.Where(e => e.Type == TcpEventType.Ended ? own.Contains(e.Connection) : e.Cgroup == Id)];
    }
}
