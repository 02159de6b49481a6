using System.Diagnostics;
using System.IO.Hashing;
using TraceCap.Format.Events;
using TraceCap.Format.Tests.Traffic;

namespace TraceCap.Bench;

/// <summary>
/// The published executable as a process, command by command, on captures of several kinds. All take turns, so that what else the machine
/// does meets each; a figure is the median, and the range of all rounds stands beside it.
/// </summary>
internal static class CommandFigures
{
    private const int Rounds = 5;

    // Six events of eight bytes and a half.
    private const int BytesOfConnection = 51;
    private const string Recorded = "samples/captures/nginx.tcap";

    // What hardly computes is measured where its start does not count.
    private const long Long = 1 << 30;

    /// <summary>Measures, and reports.</summary>
    /// <param name="report">Takes the figures.</param>
    /// <param name="bytes">How long the captures are.</param>
    internal static void Measure(Report report, long bytes)
    {
        var path = Path.Combine(Path.GetTempPath(), $"tracecap-bench-{Environment.ProcessId}.tcap");
        try
        {
            Compare(report, "simulated", path, Captures.WriteLong(path, Simulated(4_000), bytes), byPeer: 0);
            Compare(report, "simulated, 200,000 peers", path, Captures.WriteLong(path, Simulated(200_000), bytes), byPeer: 10);
            Compare(report, "nginx.tcap over and over", path, Captures.WriteLong(path, Captures.Read(Recorded), bytes), byPeer: 0);
            if (RecordedTraffic.IsPossible)
            {
                Compare(report, "recorded here, 200,000 peers", path, RecordedTraffic.Record(path, Math.Min(RecordedTraffic.Most, bytes / BytesOfConnection), 200_000), byPeer: 10);
            }
            else
            {
                report.Line("\nnothing is recorded here: root on Linux can");
            }

            Read(report, path, Captures.WriteLong(path, Captures.Read(Recorded), Long));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static TcpEvent[] Simulated(int visitors) =>
        TrafficGenerator.Generate(4_000_000, new() { ConnectionsPerSecond = 20_000, Lost = 0, Visitors = visitors });

    /// <param name="report">Takes the figures.</param>
    /// <param name="name">What the capture is.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="events">How many events it has.</param>
    /// <param name="byPeer">How many million events a second are wanted of a summary by peer; 0: no bar.</param>
    private static void Compare(Report report, string name, string path, ulong events, double byPeer)
    {
        Tell(report, name, path, events);
        TimedCommand[] all =
        [
            new("replay -t", 15, ["replay", "-t", path]),
            new("summary", 20, ["summary", path]),
            new("summary --by peer", byPeer, ["summary", "--by", "peer", path]),
            new("churn", 25, ["churn", path]),
            new("check", 25, ["check", path, "--expect", "failed >= 0"]),
            new("compact", 8, ["compact", path, "-o", "-"]),
            new("verify", 0, ["verify", path]),
        ];
        var hashing = new double[Rounds];
        // The first time around the file comes from the disk.
        for (var round = -1; round < Rounds; round++)
        {
            Array.ForEach(all, one => one.Run(round));
            if (round >= 0)
            {
                hashing[round] = Hash(path);
            }
        }

        foreach (var one in all)
        {
            report.AtLeast(one.Name, one.Wanted, [.. one.Seconds.Select(time => events / time / 1e6)], " M events/s");
            // What ends before it was looked at has shown none.
            if (one.Mebibytes > 0)
            {
                report.AtMost($"memory of {one.Name}", 128, [one.Mebibytes], " MiB");
            }
        }

        report.AtLeast("verify / reading and XXH3 alone", 0.5, [.. all[^1].Seconds.Zip(hashing, (took, hash) => hash / took)]);
    }

    /// <summary>What hardly computes, of a long capture.</summary>
    private static void Read(Report report, string path, ulong events)
    {
        Tell(report, "nginx.tcap until it is long", path, events);
        var quick = new TimedCommand("verify --quick of 1 GiB", 0, ["verify", "--quick", path]);
        var minute = new TimedCommand("a minute of 1 GiB by --from and --to", 0, ["replay", "-t", path, "--from", "60s", "--to", "+60s"]);
        var hashing = new double[Rounds];
        for (var round = -1; round < Rounds; round++)
        {
            quick.Run(round);
            minute.Run(round);
            hashing[Math.Max(round, 0)] = Hash(path);
        }

        report.AtLeast(quick.Name, 0, [.. quick.Seconds.Select(time => events / time / 1e6)], " M events/s");
        report.AtLeast("verify --quick / reading and XXH3 alone", 0.5, [.. quick.Seconds.Zip(hashing, (took, hash) => hash / took)]);
        report.AtMost(minute.Name, 50, [.. minute.Seconds.Select(time => 1e3 * time)], " ms");
    }

    private static void Tell(Report report, string name, string path, ulong events)
    {
        report.Line("");
        report.Line($"{name}: {events / 1e6:F1} M events, {new FileInfo(path).Length / (double)(1 << 20):F0} MiB; medians of {Rounds} rounds");
    }

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

    /// <param name="Name">What is shown.</param>
    /// <param name="Wanted">How many million events a second are wanted; 0: no bar.</param>
    /// <param name="Arguments">The command line.</param>
    private sealed record TimedCommand(string Name, double Wanted, string[] Arguments)
    {
        /// <summary>What each round took.</summary>
        internal double[] Seconds { get; } = new double[Rounds];

        /// <summary>The most memory of all rounds.</summary>
        internal double Mebibytes { get; private set; }

        /// <param name="round">Its number; below 0: it does not count.</param>
        internal void Run(int round)
        {
            var (time, mebibytes) = ExecutableFigures.Run(Arguments);
            if (round >= 0)
            {
                Seconds[round] = time.TotalSeconds;
                Mebibytes = Math.Max(Mebibytes, mebibytes);
            }
        }
    }
}
