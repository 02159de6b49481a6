using System.Diagnostics;
using System.Globalization;
using TraceCap.Format.Events;

namespace TraceCap.Bench;

/// <summary>The native executable as a process: how soon it is done with a small capture, and what a long one takes.</summary>
internal static class ExecutableFigures
{
    private const string Small = "samples/captures/traffic.tcap";
    private const int Starts = 41;

    internal static readonly string Tracecap = Environment.GetEnvironmentVariable("TRACECAP") is { Length: > 0 } path ? path : "artifacts/tracecap/tracecap";

    public static void Measure(Report report, long longBytes)
    {
        report.Line("");
        var times = Enumerable.Range(0, Starts).Select(_ => Run("replay", "-t", Small).Time.TotalMilliseconds).Order().ToArray();
        report.AtMost("replay of a small capture, start to end", 15, times[Starts / 2], " ms", "F1");
        report.AtMost("its memory (RSS)", 30, SmallMemory(), " MiB", "F1");

        QueryFigures.Measure(report);
        CommandFigures.Measure(report, longBytes);
        RivalFigures.Measure(report);
    }

    /// <summary>Runs it to its end, its output thrown away.</summary>
    /// <returns>How long it took, and the most memory seen, in MiB.</returns>
    internal static (TimeSpan Time, double Mebibytes) Run(params string[] arguments)
    {
        var begin = Stopwatch.GetTimestamp();
        // A shell, because the output of a child of .NET is a pipe, or this process's own.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >/dev/null", "sh", Tracecap, .. arguments]))!;
        var most = 0.0;
        while (!process.WaitForExit(50))
        {
            most = Math.Max(most, Mebibytes(process));
        }

        return process.ExitCode == 0
            ? (Stopwatch.GetElapsedTime(begin), most)
            : throw new InvalidOperationException($"tracecap {arguments[0]} ended with {process.ExitCode}");
    }

    /// <summary>The most memory that it had when it has printed all rows, and waits for more.</summary>
    private static double SmallMemory()
    {
        using var process = Process.Start(new ProcessStartInfo(Tracecap, ["replay", "-t", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        process.StandardInput.BaseStream.Write(File.ReadAllBytes(Small));
        process.StandardInput.BaseStream.Flush();
        for (var rows = Captures.Read(Small).Count(one => one.Type is TcpEventType.Connect or TcpEventType.Accept or TcpEventType.Close); rows > -2; rows--)
        {
            _ = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("rows are missing");
        }

        var memory = Mebibytes(process);
        process.StandardInput.Close();
        process.WaitForExit();
        return memory;
    }

    private static double Mebibytes(Process process)
    {
        try
        {
            var peak = File.ReadLines($"/proc/{process.Id}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return peak is null ? 0 : double.Parse(peak.Split(':')[1].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
        }
        catch (IOException)
        {
            return 0; // It has just ended.
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
