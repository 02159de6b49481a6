using System.Diagnostics;
using TraceCap.Analyzer.Connections;
using TraceCap.Format.Tests.Traffic;

namespace TraceCap.Bench.Pairing;

/// <summary>Events per second that are paired into connections, against dictionaries that do the same; in one run, taking
/// turns, and of each the best of several rounds.</summary>
internal static class PairingRatios
{
    private const int Rounds = 8;
    private const int BatchEvents = 1024;

    private delegate ReadOnlySpan<Connection> Pair(ReadOnlySpan<TcpEvent> events);

    /// <summary>Prints the rates, and gives the ratio to the dictionaries that do the same.</summary>
    public static double Compare(int rate, int count)
    {
        var events = TrafficGenerator.Generate(count, new() { ConnectionsPerSecond = rate, Lost = 0 });
        events.AsSpan().Sort((one, other) => one.Timestamp.CompareTo(other.Timestamp));
        (string Name, Func<Pair> Make, TimeSpan Best)[] ways =
        [
            ("ConnectionTracker", () => new ConnectionTracker(events[0].Timestamp).Add, TimeSpan.MaxValue),
            ("one Dictionary, ends not joined", () => new DictionaryTracker(join: false).Add, TimeSpan.MaxValue),
            ("Dictionary by id, another by ends", () => new DictionaryTracker(join: true).Add, TimeSpan.MaxValue),
        ];
        if (ways.DistinctBy(way => Sum(way.Make(), events)).Count() > 1)
        {
            throw new InvalidOperationException("the trackers do not find the same connections");
        }

        for (var round = 0; round < Rounds; round++)
        {
            foreach (ref var way in ways.AsSpan())
            {
                var pair = way.Make();
                var begin = Stopwatch.GetTimestamp();
                Run(pair, events);
                var elapsed = Stopwatch.GetElapsedTime(begin);
                way.Best = elapsed < way.Best ? elapsed : way.Best;
            }
        }

        Console.WriteLine(FormattableString.Invariant($"\npairing of {count:N0} events, {rate:N0} connections/s         M/s"));
        foreach (var way in ways)
        {
            Console.WriteLine(FormattableString.Invariant($"{way.Name,-48} {count / way.Best.TotalSeconds / 1e6,8:F1}"));
        }

        return ways[2].Best / ways[0].Best;
    }

    private static void Run(Pair pair, ReadOnlySpan<TcpEvent> events)
    {
        for (; !events.IsEmpty; events = events[Math.Min(events.Length, BatchEvents)..])
        {
            pair(events[..Math.Min(events.Length, BatchEvents)]);
        }
    }

    private static ulong Sum(Pair pair, ReadOnlySpan<TcpEvent> events)
    {
        var sum = 0UL;
        for (; !events.IsEmpty; events = events[Math.Min(events.Length, BatchEvents)..])
        {
            foreach (ref readonly var connection in pair(events[..Math.Min(events.Length, BatchEvents)]))
            {
                sum += connection.Ended ^ connection.BytesReceived ^ (connection.HasOpener ? connection.Opener.Tid : 0);
            }
        }

        return sum;
    }
}
