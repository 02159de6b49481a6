using System.Runtime.InteropServices;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Episodes;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;

namespace TraceCap.Charts;

/// <summary>Finds the times in which most connects to a service failed, for what charts say in words. Memory: at most 3 MiB.</summary>
/// <param name="time">Where they are.</param>
internal sealed class Outages(TimeLine time)
{
    private const int MaxServices = 256;
    private const int MaxTold = 2;

    // EpisodeCells take places that are not near the ends of a long.
    private const long Far = 1L << 60;

    // As many failed connects outweigh one that did not: first the times in which nearly all fail.
    private static readonly double[] weights = [9, 1];

    private readonly Dictionary<GroupKey, Service> services = [];

    /// <summary>Counts a connect.</summary>
    internal void Add(in Connection connection, RecordedSpan recording)
    {
        if (connection.Ending == ConnectionEnding.Failed)
        {
            // A program that tries several addresses at once gives up all but one of them.
            if (connection.Error != 0 || connection.ConnectTime >= ConnectionStatistics.SlowConnect)
            {
                Of(in connection, recording).Fail(Place(connection.Ended, recording));
            }
        }
        else if (services.Count > 0 && connection is { Role: ConnectionRole.Client, IsPreexisting: false }
            && services.TryGetValue(KeyOf(in connection, recording), out var service))
        {
            service.Connects.Good(Place(connection.Opened, recording));
        }
    }

    /// <summary>The worst of them in words, with a semicolon before each; empty if there are none.</summary>
    internal string Describe(ChartClock clock)
    {
        var found = Find();
        var told = found.Take(MaxTold).Select(one => ChartText.Invariant(
            $"; {one.Episode.Bad:N0} of {one.Episode.Tried:N0} connects to {Grouping.Of(GroupBy.Service).Text(one.Service)} failed {(one.Episode.From == one.Episode.To ? "at" : "between")} {clock.Text(one.Episode.From, one.Episode.To, "and")}"));
        return string.Concat(told) + (found.Count > MaxTold ? ChartText.Invariant($"; so did most to other services or at other times, {found.Count - MaxTold:N0} times") : "");
    }

    /// <summary>When they were, those with the most failures first.</summary>
    internal IReadOnlyList<(GroupKey Service, Episode Episode)> Find()
    {
        var limits = FindingRule.Outage;
        return [.. services.Where(one => one.Value.Failed >= limits["failed"]).SelectMany(one => Worst(one.Value).Select(episode => (one.Key, Episode: episode)))
            .OrderByDescending(one => one.Episode.Bad).ThenBy(one => one.Episode.From)];

        IEnumerable<Episode> Worst(Service service) => weights
            .Select(weight => service.Connects.Find(weight, MaxTold + 1)
                .Where(one => one.Bad >= limits["failed"] && one.Bad >= limits["share"] * one.Tried).ToArray())
            .FirstOrDefault(episodes => episodes.Length > 0) ?? [];
    }

    private static GroupKey KeyOf(in Connection connection, RecordedSpan recording) => Grouping.Of(GroupBy.Service).Key(in connection, recording);

    private long Place(ulong monotonic, RecordedSpan recording) => (long)Int128.Clamp(time.At(monotonic, recording), -Far, Far);

    private Service Of(in Connection connection, RecordedSpan recording)
    {
        var key = KeyOf(in connection, recording);
        if (services.Count >= MaxServices && !services.ContainsKey(key))
        {
            foreach (var (few, _) in services.OrderBy(one => one.Value.Failed).Take(MaxServices / 2).ToArray())
            {
                services.Remove(few);
            }
        }

        return CollectionsMarshal.GetValueRefOrAddDefault(services, key, out _) ??= new Service();
    }

    private sealed class Service
    {
        internal EpisodeCells Connects { get; } = new();

        internal long Failed { get; private set; }

        internal void Fail(long at)
        {
            Failed++;
            Connects.Bad(at);
        }
    }
}
