using System.Diagnostics;

namespace TraceCap.Bench;

/// <summary>The traffic of a busy host (bench/host/mixed.c), recorded by the executable here.</summary>
internal static class RecordedTraffic
{
    /// <summary>The most connections: some 10 million events.</summary>
    internal const long Most = 1_700_000;

    private const string Mixed = "artifacts/bench/mixed";

    /// <summary>Whether it can be recorded here.</summary>
    internal static bool IsPossible => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;

    /// <summary>Records so many connections, from as many addresses of the loopback, into a file.</summary>
    /// <returns>How many events it has.</returns>
    internal static ulong Record(string path, long connections, int peers)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Mixed)!);
        Run("clang", "-O2", "-o", Mixed, "bench/host/mixed.c");
        Run(ExecutableFigures.Tracecap, "record", "-o", path, "--force", "--buffer", "64M", "--", Mixed, $"{connections}", $"{peers}");
        return (ulong)Captures.Read(path).LongLength;
    }

    private static void Run(string command, params string[] arguments)
    {
        using var process = Process.Start(command, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{command} ended with {process.ExitCode}");
        }
    }
}
