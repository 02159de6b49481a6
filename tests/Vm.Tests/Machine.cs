namespace TraceCap.Vm.Tests;

/// <summary>A stock Debian kernel, how it is booted, and the probe sets that must load there.</summary>
/// <param name="Series">Its version begins so.</param>
/// <param name="Parameter">Of the boot that differs from the kernel's own way; empty if none does.</param>
/// <param name="Architecture">As Debian calls it.</param>
/// <param name="ProbeSets">Those that the kernel takes.</param>
internal sealed record Machine(string Series, string Parameter, string Architecture, params string[] ProbeSets)
{
    private static readonly string[] AllSets = ["fentry", "kprobe", "tracepoint"];

    /// <summary>
    /// 5.10 knows one way of preemption. 7.2 knows two, of which the lazy one is its own; so there is no <c>none</c>. The kernel's functions have places for fentry on arm64 since 6.4.
    /// </summary>
    private static readonly Machine[] All =
    [
        new("5.10", "", "amd64", AllSets),
        new("6.1", "", "amd64", AllSets),
        new("6.1", "preempt=full", "amd64", AllSets),
        new("6.1", "preempt=none", "amd64", AllSets),
        new("6.12", "", "amd64", AllSets),
        new("6.12", "preempt=full", "amd64", AllSets),
        new("6.12", "preempt=none", "amd64", AllSets),
        new("7.2", "", "amd64", AllSets),
        new("7.2", "preempt=full", "amd64", AllSets),
        new("6.1", "", "arm64", "kprobe", "tracepoint"),
        new("6.12", "", "arm64", AllSets),
    ];

    /// <summary>Those that TRACECAP_TEST_MACHINES names, separated by commas; <c>amd64</c> and <c>arm64</c> are all of them.
    /// Else the two that every run of the tests has time for.</summary>
    internal static IReadOnlyList<Machine> Chosen { get; } = Choose(
        Environment.GetEnvironmentVariable("TRACECAP_TEST_MACHINES") is { Length: > 0 } names ? names : "6.1,6.12");

    /// <summary>As tests call it.</summary>
    internal string Name => string.Join(' ', ((string[])[Series, Parameter, IsEmulatedAlways ? Architecture : ""]).Where(part => part.Length > 0));

    /// <summary>Whether the host's processor is of another kind.</summary>
    internal bool IsEmulatedAlways => Architecture != "amd64";

    /// <summary>bcc's tools compile their programs with the headers of the kernel, which takes minutes or fails under the others; and a compiler
    /// for another processor is too much to bring.</summary>
    internal bool HasPythonTools => !IsEmulatedAlways && Series == "6.1";

    /// <summary>The native executable for it, as users get it.</summary>
    internal string Tracecap => IsEmulatedAlways ? Repository.File("artifacts/arm64/tracecap/tracecap") : RealKernel.Tracecap;

    /// <summary>Where libbpf-tools are, as the machine sees it, and as the host does.</summary>
    internal (string Guest, string Host) Tools => IsEmulatedAlways
        ? ("/usr/sbin", Repository.File("tests/vm/roots/arm64/usr/sbin"))
        : (Repository.File("tests/vm/tools/usr/sbin"), Repository.File("tests/vm/tools/usr/sbin"));

    /// <summary>What of build.sh fetches all that it takes.</summary>
    internal string Verb => IsEmulatedAlways ? "vm-arm64" : "vm-all";

    internal string Emulator => IsEmulatedAlways ? "/usr/bin/qemu-system-aarch64" : "/usr/bin/qemu-system-x86_64";

    /// <summary>Where its kernel is unpacked, if it is.</summary>
    internal string? Tree
    {
        get
        {
            var kernels = Repository.File("tests/vm/kernels");
            return Directory.Exists(kernels)
                ? Directory.GetDirectories(kernels, $"{Series}.*-{Architecture}").Order().LastOrDefault()
                : null;
        }
    }

    internal static Machine Of(string name) => All.Single(machine => machine.Name == name);

    private static List<Machine> Choose(string names) =>
        [.. names.Split(',').SelectMany(name => name is "amd64" or "arm64" ? All.Where(machine => machine.Architecture == name) : [Of(name)])];
}
