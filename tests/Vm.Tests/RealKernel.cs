using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace TraceCap.Vm.Tests;

/// <summary>
/// One run of tests/vm/watch.py under a Debian kernel in a virtual machine: connections that all probe sets recorded and the
/// real tools watched.
/// </summary>
internal sealed class RealKernel
{
    /// <summary>The collection of all tests: two machines would be too slow for either.</summary>
    internal const string OneAtATime = "one machine at a time";

    internal static readonly string[] Versions = ["6.1", "6.12"];

    internal static readonly string[] ProbeSets = ["fentry", "kprobe", "tracepoint"];

    private static readonly string Tools = Repository.File("tests/vm/tools/usr/sbin");

    private static readonly ConcurrentDictionary<string, Lazy<RealKernel>> Runs = new();

    private readonly string folder;

    private RealKernel(string folder, bool isEmulated) => (this.folder, IsEmulated) = (folder, isEmulated);

    internal static TheoryData<string, string> KernelsAndSets => Pairs(Versions);

    internal static TheoryData<string, string> KernelsWithPythonTools => Pairs(Versions.Where(HasPythonTools));

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
        foreach (var needed in (string[])[Tracecap, Tools + "/tcptracer", Tools + "/tcplife", "/usr/bin/qemu-system-x86_64", "/usr/sbin/tcptracer-bpfcc"])
        {
            Assert.SkipUnless(File.Exists(needed), $"{needed} is not there: ./build.sh vm provides it");
        }

        return Runs.GetOrAdd(version, _ => new Lazy<RealKernel>(() => Boot(version, tree))).Value;
    }

    /// <summary>What one of the tools printed.</summary>
    internal string Printed(string tool) => File.ReadAllText(Path.Combine(folder, tool + ".out"), Rows.Encoding);

    /// <summary>What replaying the capture of a probe set prints.</summary>
    internal string Replayed(string probeSet, params string[] options) =>
        Run(Tracecap, ["replay", "--compat", "--raw", "-t", .. options, Path.Combine(folder, probeSet + ".tcap")], Rows.Encoding).Output;

    /// <summary>What <c>lifetimes</c> says of the capture of a probe set, without the marks.</summary>
    internal IReadOnlyList<Session> Sessions(string probeSet) =>
        [.. Run(Tracecap, ["lifetimes", "--json", Path.Combine(folder, probeSet + ".tcap")], Encoding.UTF8).Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Session.Parse).Where(session => !session.Ends.IsMark)];

    /// <summary>How many events a capture has, and its ledger, as <c>info</c> says.</summary>
    internal (long Events, long Emitted, long Lost, long RingFull, long ProbeMissed) LossCounters(string capture)
    {
        var info = Run(Tracecap, ["info", "--json", Path.Combine(folder, capture + ".tcap")], Encoding.UTF8).Output;
        var section = JsonDocument.Parse(info).RootElement.GetProperty("sections")[0];
        var ledger = section.GetProperty("ledger");
        return (Number(section, "events"), Number(ledger, "emitted"), Number(ledger, "lost"), Number(ledger, "ring_full"),
            Number(ledger, "probe_missed"));

        static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();
    }

    private static RealKernel Boot(string version, string tree)
    {
        var folder = Directory.CreateTempSubdirectory("tracecap-vm").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        string[] tracers = [$"libbpf=stdbuf -oL {Tools}/tcptracer -t", $"libbpf-tcplife=stdbuf -oL {Tools}/tcplife -w"];
        if (HasPythonTools(version))
        {
            tracers = [.. tracers, "bcc=tcptracer-bpfcc -t", "bcc-tcplife=tcplife-bpfcc -w"];
        }

        var (_, said) = Run(
            Repository.File("tests/vm/vmrun"),
            ["--verbose", "--kernel", tree, "--rw", folder, "--", Repository.File("tests/vm/watch.py"), folder, Tracecap, string.Join(',', ProbeSets), .. tracers],
            Rows.Encoding);
        return new RealKernel(folder, said.Contains("vmrun: tcg", StringComparison.Ordinal));
    }

    /// <summary>The Python tools do not compile under 6.12.</summary>
    internal static bool HasPythonTools(string version) => version == "6.1";

    private static TheoryData<string, string> Pairs(IEnumerable<string> versions) =>
        [.. versions.SelectMany(version => ProbeSets, (version, probeSet) => new TheoryDataRow<string, string>(version, probeSet))];

    private static (string Output, string Error) Run(string command, string[] arguments, Encoding encoding)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = encoding,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{command} ended with {process.ExitCode}: {error.Result}");
        return (output, error.Result);
    }
}
