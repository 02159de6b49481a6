using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
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

    /// <summary>Of NVMe over TCP and of CIFS, whose sockets are the kernel's own.</summary>
    private static readonly string[] Modules = ["nvmet_tcp", "nvme_tcp", "cifs"];

    private static readonly ConcurrentDictionary<string, Lazy<RealKernel>> Runs = new();

    private readonly string folder;

    private RealKernel(Machine machine, string folder, string said)
    {
        (Machine, this.folder) = (machine, folder);
        IsEmulated = said.Contains("vmrun: tcg", StringComparison.Ordinal);
        Version = Path.GetFileName(machine.Tree!);
        Cases = int.Parse(File.ReadAllText(Path.Combine(folder, "cases")), CultureInfo.InvariantCulture);
    }

    /// <summary>Machines, and the probe sets that must load there.</summary>
    internal static TheoryData<string, string> KernelsAndSets => Pairs(Machine.Chosen);

    internal static TheoryData<string, string> KernelsWithPythonTools => Pairs(Machine.Chosen.Where(machine => machine.HasPythonTools));

    internal Machine Machine { get; }

    /// <summary>Of the kernel, as Debian calls it.</summary>
    internal string Version { get; }

    /// <summary>How many kinds of traffic there were.</summary>
    internal int Cases { get; }

    /// <summary>Whether the processor of the machine was emulated, because the host cannot lend its own.</summary>
    internal bool IsEmulated { get; }

    /// <summary>The native executable, as users get it.</summary>
    internal static string Tracecap { get; } = Path.GetFullPath(
        Environment.GetEnvironmentVariable("TRACECAP") is { Length: > 0 } path ? path : "artifacts/tracecap/tracecap",
        Repository.Root);

    /// <summary>The run on the machine of this name, made when it is first asked for. The test is skipped where something is
    /// missing.</summary>
    internal static RealKernel Run(string name)
    {
        var machine = Machine.Of(name);
        Assert.SkipWhen(machine.Tree is null, $"there is no {machine.Series} kernel in tests/vm/kernels: ./build.sh {machine.Verb} fetches it");
        foreach (var needed in (string[])[machine.Tracecap, machine.Tools.Host + "/tcptracer", machine.Tools.Host + "/tcplife", machine.Emulator])
        {
            Assert.SkipUnless(File.Exists(needed), $"{needed} is not there: ./build.sh {machine.Verb} provides it");
        }

        Assert.SkipUnless(!machine.HasPythonTools || File.Exists("/usr/sbin/tcptracer-bpfcc"), "bpfcc-tools are not installed");
        return Runs.GetOrAdd(name, _ => new Lazy<RealKernel>(() => Boot(machine))).Value;
    }

    /// <summary>What one of the tools printed.</summary>
    internal string Printed(string tool) => File.ReadAllText(Path.Combine(folder, tool + ".out"), Rows.Encoding);

    /// <summary>What replaying the capture of a probe set prints.</summary>
    internal string Replayed(string probeSet, params string[] options) =>
        Run(Tracecap, ["replay", "--compat", "--raw", "-t", .. options, Capture(probeSet)], Rows.Encoding).Output;

    /// <summary>What <c>lifetimes</c> says of the capture of a probe set, without the marks.</summary>
    internal IReadOnlyList<Session> Sessions(string probeSet) =>
        [.. Run(Tracecap, ["lifetimes", "--json", Capture(probeSet)], Encoding.UTF8).Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Session.Parse).Where(session => !session.Ends.IsMark)];

    /// <summary>How many events a capture has, and its ledger, as <c>info</c> says.</summary>
    internal (long Events, long Emitted, long Lost, long RingFull, long ProbeMissed) LossCounters(string capture)
    {
        var info = Run(Tracecap, ["info", "--json", Capture(capture)], Encoding.UTF8).Output;
        var section = JsonDocument.Parse(info).RootElement.GetProperty("sections")[0];
        var ledger = section.GetProperty("ledger");
        return (Number(section, "events"), Number(ledger, "emitted"), Number(ledger, "lost"), Number(ledger, "ring_full"),
            Number(ledger, "probe_missed"));

        static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();
    }

    /// <summary>What was recorded, if the kernel took the probes.</summary>
    private string Capture(string name)
    {
        var refused = Path.Combine(folder, name + ".refused");
        Assert.False(File.Exists(refused), File.Exists(refused) ? File.ReadAllText(refused) : "");
        return Path.Combine(folder, name + ".tcap");
    }

    private static RealKernel Boot(Machine machine)
    {
        var folder = Directory.CreateTempSubdirectory("tracecap-vm").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        var tools = machine.Tools.Guest;
        string[] tracers = [$"libbpf=stdbuf -oL {tools}/tcptracer -t", $"libbpf-tcplife=stdbuf -oL {tools}/tcplife -w"];
        if (machine.HasPythonTools)
        {
            tracers = [.. tracers, "bcc=tcptracer-bpfcc -t", "bcc-tcplife=tcplife-bpfcc -w"];
        }

        var (_, said) = Run(
            Repository.File("tests/vm/vmrun"),
            ["--verbose", "--kernel", machine.Tree!, "--append", machine.Parameter, .. Modules.SelectMany(module => (string[])["--module", module]),
                "--timeout", "1500", "--rw", folder,
                "--", Repository.File("tests/vm/watch.py"), folder, machine.Tracecap, string.Join(',', machine.ProbeSets), .. tracers],
            Rows.Encoding);
        return new RealKernel(machine, folder, said);
    }

    private static TheoryData<string, string> Pairs(IEnumerable<Machine> machines) =>
        [.. machines.SelectMany(machine => machine.ProbeSets, (machine, probeSet) => new TheoryDataRow<string, string>(machine.Name, probeSet))];

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
