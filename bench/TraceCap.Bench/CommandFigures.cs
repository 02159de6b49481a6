using System.Diagnostics;
using System.IO.Hashing;
using TraceCap.Format.Tests.Traffic;

namespace TraceCap.Bench;

/// <summary>
/// The published executable as a process, command by command, on captures of several kinds, and beside it what users would run instead.
/// All take turns, so that what else the machine does meets each; a figure is the median, and the range of all rounds stands beside it.
/// </summary>
internal static class CommandFigures
{
    private const int Rounds = 5;
    private const string Recorded = "samples/captures/nginx.tcap";

    /// <summary>What is run, with FILE for the capture, and how many million events a second are wanted of it.</summary>
    private static readonly (string Name, double Wanted, string[] Arguments)[] commands =
    [
        ("replay -t", 15, ["replay", "-t", "FILE"]),
        ("summary", 20, ["summary", "FILE"]),
        ("churn", 25, ["churn", "FILE"]),
        ("check", 25, ["check", "FILE", "--expect", "failed >= 0"]),
        ("compact", 8, ["compact", "FILE", "-o", "-"]),
    ];

    /// <summary>Measures, and reports.</summary>
    /// <param name="report">Takes the figures.</param>
    /// <param name="bytes">How long the captures are.</param>
    internal static void Measure(Report report, long bytes)
    {
        var path = Path.Combine(Path.GetTempPath(), $"tracecap-bench-{Environment.ProcessId}.tcap");
        try
        {
            Compare(report, "simulated", path, Captures.WriteLong(path, Simulated(4_000), bytes), isWide: false);
            Compare(report, "simulated, 200,000 peers", path, Captures.WriteLong(path, Simulated(200_000), bytes), isWide: true);
            // What it counted as lost is not in its events, so that verify would miss it: that is left out.
            Compare(report, "nginx.tcap over and over", path, Captures.WriteLong(path, Captures.Read(Recorded), bytes), isWide: false, isSound: false);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static TraceCap.Format.Events.TcpEvent[] Simulated(int visitors) =>
        TrafficGenerator.Generate(4_000_000, new() { ConnectionsPerSecond = 20_000, Lost = 0, Visitors = visitors });

    private static void Compare(Report report, string name, string path, ulong events, bool isWide, bool isSound = true)
    {
        report.Line("");
        report.Line($"{name}: {events / 1e6:F1} M events, {new FileInfo(path).Length / (double)(1 << 20):F0} MiB; medians of {Rounds} rounds");
        var all = commands.Select(one => (one.Name, one.Wanted, Run: Command(one.Arguments, path)))
            .Append(("summary --by peer", isWide ? 10 : 0, Command(["summary", "--by", "peer", "FILE"], path)))
            .Append(("verify", 0, Command(["verify", "FILE"], path)))
            .Append(("a minute by --from and --to", 0, Command(["replay", "-t", "FILE", "--from", "60s", "--to", "+60s"], path)))
            .Where(one => isSound || one.Item1 != "verify")
            .ToArray();
        var (seconds, hashing, memory) = (all.Select(_ => new double[Rounds]).ToArray(), new double[Rounds], new double[all.Length]);
        for (var round = -1; round < Rounds; round++)
        {
            for (var i = 0; i < all.Length; i++)
            {
                var (time, mebibytes) = all[i].Run();
                // The first time around the file comes from the disk.
                if (round >= 0)
                {
                    seconds[i][round] = time.TotalSeconds;
                    memory[i] = Math.Max(memory[i], mebibytes);
                }
            }

            if (round >= 0)
            {
                hashing[round] = Hash(path);
            }
        }

        for (var i = 0; i < all.Length; i++)
        {
            var rates = seconds[i].Select(time => events / time / 1e6).ToArray();
            switch (all[i].Name)
            {
                case "verify":
                    report.AtLeast("verify / reading and XXH3 alone", 0.5, seconds[i].Zip(hashing, (verify, hash) => hash / verify).ToArray());
                    break;
                case "a minute by --from and --to":
                    report.AtMost(all[i].Name, 50, seconds[i].Select(time => 1e3 * time).ToArray(), " ms");
                    continue;
            }

            report.AtLeast(all[i].Name, all[i].Wanted, rates, " M events/s");
            report.AtMost($"memory of {all[i].Name}", 128, [memory[i]], " MiB");
        }
    }

    private static Func<(TimeSpan Time, double Mebibytes)> Command(string[] arguments, string path) =>
        () => ExecutableFigures.Run(Array.ConvertAll(arguments, argument => argument == "FILE" ? path : argument));

    /// <summary>Reads and hashes a file, as whoever only wants to know whether it is damaged must do at least.</summary>
    private static double Hash(string path)
    {
        var begin = Stopwatch.GetTimestamp();
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        var hash = new XxHash3();
        var buffer = new byte[1 << 20];
        for (int length; (length = file.Read(buffer)) > 0;)
        {
            hash.Append(buffer.AsSpan(0, length));
        }

        return hash.GetCurrentHashAsUInt64() == 0 ? double.NaN : Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }
}
