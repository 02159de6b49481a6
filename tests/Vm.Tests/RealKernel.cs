using System.Collections.Concurrent;
using System.Diagnostics;

namespace TraceCap.Vm.Tests;

/// <summary>
/// One run of tests/vm/traffic.py under a Debian kernel in a virtual machine, which all probe sets recorded and the real
/// tools watched.
/// </summary>
internal sealed class RealKernel
{
    internal static readonly string[] ProbeSets = ["fentry", "kprobe", "tracepoint"];

    private static readonly string Tools = Repository.File("tests/vm/tools/usr/sbin/tcptracer");

    private static readonly ConcurrentDictionary<string, Lazy<RealKernel>> Runs = new();

    private readonly string folder;

    private RealKernel(string folder, bool isEmulated) => (this.folder, IsEmulated) = (folder, isEmulated);

    /// <summary>Whether the processor of the machine was emulated, because the host cannot lend its own.</summary>
    internal bool IsEmulated { get; }

    /// <summary>The native executable, as users get it.</summary>
    internal static string Tracecap { get; } = Path.GetFullPath(
        Environment.GetEnvironmentVariable("TRACECAP") is { Length: > 0 } path ? path : "artifacts/tracecap/tracecap",
        Repository.Root);

    /// <summary>The run under the kernel whose version begins so, made when it is first asked for. The test is skipped
    /// where something is missing.</summary>
    internal static RealKernel Run(string version)
    {
        var tree = Directory.Exists(Repository.File("tests/vm/kernels"))
            ? Directory.GetDirectories(Repository.File("tests/vm/kernels"), version + ".*").Order().LastOrDefault()
            : null;
        Assert.SkipWhen(tree is null, $"there is no {version} kernel in tests/vm/kernels: ./build.sh vm fetches it");
        foreach (var needed in (string[])[Tracecap, Tools, "/usr/bin/qemu-system-x86_64", "/usr/sbin/tcptracer-bpfcc"])
        {
            Assert.SkipUnless(File.Exists(needed), $"{needed} is not there: ./build.sh vm provides it");
        }

        return Runs.GetOrAdd(version, _ => new Lazy<RealKernel>(() => Boot(version, tree))).Value;
    }

    /// <summary>What one of the tools printed.</summary>
    internal string Printed(string tool) => File.ReadAllText(Path.Combine(folder, tool + ".out"), Rows.Encoding);

    /// <summary>What replaying the capture of a probe set prints.</summary>
    internal string Replayed(string probeSet, params string[] options) =>
        Run(Tracecap, ["replay", "--compat", "--raw", "-t", .. options, Path.Combine(folder, probeSet + ".tcap")]).Output;

    private static RealKernel Boot(string version, string tree)
    {
        var folder = Directory.CreateTempSubdirectory("tracecap-vm").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        string[] tracers = [$"libbpf=stdbuf -oL {Tools} -t"];
        if (HasPythonTool(version))
        {
            tracers = [.. tracers, "bcc=tcptracer-bpfcc -t"];
        }

        var (_, said) = Run(
            Repository.File("tests/vm/vmrun"),
            ["--verbose", "--kernel", tree, "--rw", folder, "--", Repository.File("tests/vm/watch.py"), folder, Tracecap, string.Join(',', ProbeSets), .. tracers]);
        return new RealKernel(folder, said.Contains("vmrun: tcg", StringComparison.Ordinal));
    }

    /// <summary>The Python tool does not compile under 6.12.</summary>
    internal static bool HasPythonTool(string version) => version == "6.1";

    private static (string Output, string Error) Run(string command, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Rows.Encoding,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{command} ended with {process.ExitCode}: {error.Result}");
        return (output, error.Result);
    }
}
