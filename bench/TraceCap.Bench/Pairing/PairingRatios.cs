using TraceCap.Analyzer.Connections;
using TraceCap.Format.Events;
using TraceCap.Format.Tests.Traffic;

namespace TraceCap.Bench.Pairing;

/// <summary>Events per second that are paired into connections, against dictionaries that do the same.</summary>
internal static class PairingRatios
{
    private const int BatchEvents = 1024;

    private delegate ReadOnlySpan<Connection> Pair(ReadOnlySpan<TcpEvent> events);

    public static void Compare(Report report, int rate, int count)
    {
        var events = TrafficGenerator.Generate(count, new() { ConnectionsPerSecond = rate, Lost = 0 });
        events.AsSpan().Sort((one, other) => one.Timestamp.CompareTo(other.Timestamp));
        (string Name, Func<Pair> Make)[] ways =
        [
            ("ConnectionTracker", () => new ConnectionTracker(events[0].Timestamp).Add),
            ("one Dictionary, ends not joined", () => new DictionaryTracker(join: false).Add),
            ("Dictionary by id, another by ends", () => new DictionaryTracker(join: true).Add),
        ];
        if (ways.DistinctBy(way => Sum(way.Make(), events)).Count() > 1)
        {
            throw new InvalidOperationException("the trackers do not find the same connections");
        }

        var best = BestOf.Turns([.. ways.Select(way => (Action)(() => Run(way.Make(), events)))]);
        report.Line("");
        report.Line($"pairing of {count:N0} events, {rate:N0} connections/s         M/s");
        foreach (var (way, time) in ways.Zip(best))
        {
            report.Line($"{way.Name,-48} {count / time.TotalSeconds / 1e6,8:F1}");
        }

        report.AtLeast("pairing / dictionaries that do the same", 1.4, best[2] / best[0]);
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
