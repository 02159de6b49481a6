using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace TraceCap.Packaging.Tests;

/// <summary>The container image, run as the manifests of the cluster run it.</summary>
public sealed partial class ContainerTests : IDisposable
{
    // podman would raise them, which not every host lets even root do.
    private static readonly string[] Limits = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096"];

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap-container").FullName;

    public void Dispose()
    {
        // Root alone may delete what containers leave.
        Shell.Run("rm", "-rf", folder);
    }

    /// <summary>By the line of docs/installing.md, with the arguments and the capabilities of the cluster's manifest.</summary>
    [Fact]
    public void The_container_records_the_host()
    {
        Load();
        var (allowed, _, reason) = Shell.Try(Packages.Published, "record", "-q", "-d", "0.1", "-o", Path.Combine(folder, "host.tcap"));
        Assert.SkipUnless(allowed == 0, "not even the host itself can be recorded: " + reason);
        var daemonSet = File.ReadAllText(Repository.File("packaging/kubernetes/daemonset.yaml"));
        var line = Line().Match(File.ReadAllText(Repository.File("docs/installing.md"))).Groups[1].Value.Replace("\\\n", "", StringComparison.Ordinal);
        Assert.Contains("--cap-drop all --cap-add " + Added().Match(daemonSet).Groups[1].Value.Replace(" ", "", StringComparison.Ordinal), line, StringComparison.Ordinal);
        var captures = Directory.CreateDirectory(Path.Combine(folder, "captures")).FullName;

        using var traffic = new Traffic();
        var (code, output, error) = Podman([
            "run", .. Limits, .. line.Replace("/var/lib/tracecap:", captures + ":", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries),
            .. Arguments().Match(daemonSet).Groups[1].Value.Split(',').Select(word => word.Trim().Trim('"')), "-n", "200"]);
        Assert.True(code == 0, output + error);

        var capture = Assert.Single(Directory.GetFiles(captures));
        Assert.StartsWith(Dns.GetHostName() + "-", Path.GetFileName(capture), StringComparison.Ordinal);
        Assert.Equal("600", Shell.Run("stat", "-c", "%a", capture).Trim());
        var rows = Shell.Run(Packages.Published, "replay", capture, "--port", traffic.Port.ToString(CultureInfo.InvariantCulture));
        // The numbers of processes are the host's.
        Assert.Matches($@"(?m)^C +{Environment.ProcessId} ", rows);
    }

    [Fact]
    public void The_container_holds_nothing_but_the_recorder_and_the_C_library()
    {
        Load();
        var (_, output, _) = Podman(["run", .. Limits, "--rm", "--network", "none", $"localhost/tracecap:{Packages.Version}", "--version"]);
        Assert.Equal(Packages.Version, output.Trim());
        var (_, container, _) = Podman("create", $"localhost/tracecap:{Packages.Version}");
        var exported = Path.Combine(folder, "container.tar");
        Podman("export", "-o", exported, container.Trim());
        var files = Shell.Lines("sh", "-c", $"tar -tf {exported} | grep -v '/$'");
        string[] terms = ["usr/share/doc/tracecap/copyright", "usr/share/doc/tracecap/notices/", "usr/share/doc/tracecap/licences/"];
        Assert.All(terms, place => Assert.Contains(files, file => file.StartsWith(place, StringComparison.Ordinal)));
        Assert.Equal(
            ["etc/passwd", "lib/x86_64-linux-gnu/libc.so.6", "lib/x86_64-linux-gnu/libm.so.6", "lib64/ld-linux-x86-64.so.2", "usr/bin/tracecap", "usr/share/doc/tracecap/LICENSE"],
            files.Where(file => !terms.Any(place => file.StartsWith(place, StringComparison.Ordinal))).Order(StringComparer.Ordinal));
    }

    private void Load()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root records");
        Shell.SkipWithout("podman", "runc", "buildah");
        Podman("load", "--input", Packages.Image);
    }

    /// <summary>With a store of its own; runc also runs where cgroup1 and cgroup2 are mixed.</summary>
    private (int Code, string Output, string Error) Podman(params string[] arguments) => Shell.Try(
        "podman", ["--root", folder + "/storage", "--runroot", folder + "/run", "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--runtime", "runc", .. arguments]);

    /// <summary>Connections over loopback, one after another, until it is disposed of.</summary>
    private sealed class Traffic : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource end = new();
        private readonly Task connecting;

        internal Traffic()
        {
            listener.Start();
            Port = ((IPEndPoint)listener.LocalEndpoint).Port;
            connecting = Task.Run(async () =>
            {
                while (!end.IsCancellationRequested)
                {
                    using var client = new TcpClient();
                    await client.ConnectAsync(IPAddress.Loopback, Port);
                    (await listener.AcceptSocketAsync()).Dispose();
                }
            });
        }

        internal int Port { get; }

        public void Dispose()
        {
            end.Cancel();
            connecting.Wait();
            listener.Stop();
            end.Dispose();
        }
    }

    [GeneratedRegex(@"^podman run ((?:.*\\\n)*.*) record .*$", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"add: \[(.*)\]")]
    private static partial Regex Added();

    [GeneratedRegex(@"args: \[(.*)\]")]
    private static partial Regex Arguments();
}
