using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace TraceCap.Bench;

/// <summary>What recording costs a host: bench/host/cost.py here, and in virtual machines with other kernels, where the real
/// tools run as well. A machine without KVM is emulated: there only how the tracers compare means something.</summary>
internal static class HostFigures
{
    private const string Load = "artifacts/bench/load";
    private const string Tcptracer = "tests/vm/tools/usr/sbin/tcptracer";
    private const string Theirs = "libbpf-tools' tcptracer";
    private const string Bcc = "bcc's tcptracer";

    public static void Measure(Report report)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            report.Line("\nwhat recording costs the host is measured by root on Linux only");
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Load)!);
        Run("clang", "-O2", "-pthread", "-o", Load, "bench/host/load.c");
        Add(report, Run("python3", ["bench/host/cost.py", Load, ExecutableFigures.Tracecap]), isBar: true);
        if (!File.Exists(Tcptracer) || !Directory.Exists("tests/vm/kernels"))
        {
            report.Line("\nno kernels and tools in tests/vm to compare with: ./build.sh vm fetches them");
            return;
        }

        foreach (var kernel in Directory.GetDirectories("tests/vm/kernels", "6.1*-amd64").Order(StringComparer.Ordinal))
        {
            string[] bcc = Path.GetFileName(kernel).StartsWith("6.1.", StringComparison.Ordinal) ? [$"{Bcc}=tcptracer-bpfcc -t"] : [];
            string[] command = [
                "--timeout", "900", "--kernel", kernel, "--", "python3", "bench/host/cost.py", Load, ExecutableFigures.Tracecap,
                "--rounds", "2", "--seconds", "1", "--burst-seconds", "1", $"{Theirs}={Path.GetFullPath(Tcptracer)} -t", .. bcc];
            try
            {
                Add(report, Run("tests/vm/vmrun", command), isBar: false);
            }
            catch (InvalidOperationException error)
            {
                // Emulated kernels have been seen to panic under the Python tool.
                report.Line($"\n{Path.GetFileName(kernel)}: {error.Message}; nothing is known of it");
            }
        }
    }

    private static void Add(Report report, string json, bool isBar)
    {
        using var document = JsonDocument.Parse(json);
        var run = document.RootElement;
        report.Line("");
        report.Line($"connections opened, accepted and closed on kernel {run.GetProperty("kernel")}: {Number(run, "rate"):N0}/s without a tracer, medians of {run.GetProperty("rounds")} rounds");
        report.Line("tracer                     slow-down    work   call    CPU/event  BPF/event   memory  missing     lost");
        foreach (var tracer in run.GetProperty("tracers").EnumerateObject())
        {
            var value = tracer.Value;
            report.Line($"{tracer.Name,-25} {Number(value, "slow_down"),8:F1} % {Number(value, "work_added"),6:F1} % {Number(value, "call_added_ns"),4:F0} ns {Number(value, "processor_us_per_event"),8:F2} us {Number(value, "bpf_ns_per_event"),7:F0} ns {Number(value, "memory_mib"),4:F0} MiB {value.GetProperty("rows_missing"),8} {value.GetProperty("lost"),8}");
        }

        foreach (var tracer in Recorders(run.GetProperty("tracers")))
        {
            report.Line($"{tracer.Name}: none lost of {tracer.Value.GetProperty("burst")} connections in one burst; the ring held {tracer.Value.GetProperty("ring_held")} events while the recorder stood still");
            if (isBar)
            {
                report.Figure("host slow-down by record, as fast as it goes", string.Create(CultureInfo.InvariantCulture, $"{Number(tracer.Value, "slow_down"):F1} % at {Number(run, "rate"):N0} connections/s"));
                report.AtMost("events lost at that load", 0, Number(tracer.Value, "lost"), "", "F0");
            }
            else if (run.GetProperty("tracers").TryGetProperty(Theirs, out var theirs))
            {
                report.AtMost($"work added by record ({tracer.Name}) / by libbpf-tools' tcptracer", 1, Number(tracer.Value, "work_added") / Number(theirs, "work_added"));
            }
        }

        if (isBar && run.TryGetProperty("paced", out var paced))
        {
            foreach (var tracer in Recorders(paced))
            {
                report.AtMost("host slow-down by record, 20,000 connections/s", 10, Number(tracer.Value, "slow_down"), " %", "F1");
                report.Figure("processor time of record per event, then", string.Create(CultureInfo.InvariantCulture, $"{Number(tracer.Value, "processor_us_per_event"):F2} us"));
            }
        }
    }

    private static IEnumerable<JsonProperty> Recorders(JsonElement tracers) =>
        tracers.EnumerateObject().Where(tracer => tracer.Name is "fentry" or "kprobe" or "tracepoint");

    private static double Number(JsonElement value, string name) => value.GetProperty(name).GetDouble();

    /// <summary>Runs a program that must do what it is told.</summary>
    /// <returns>What it printed.</returns>
    internal static string Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{command} ended with {process.ExitCode}");
    }
}
