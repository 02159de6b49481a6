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
        HostFigures.Run("clang", "-O2", "-o", Mixed, "bench/host/mixed.c");
        HostFigures.Run(ExecutableFigures.Tracecap, "record", "-o", path, "--force", "--buffer", "64M", "--", Mixed, $"{connections}", $"{peers}");
        return (ulong)Captures.Read(path).LongLength;
    }
}
