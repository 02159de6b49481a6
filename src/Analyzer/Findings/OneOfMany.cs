using TraceCap.Analyzer.Episodes;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Statistics;
using static TraceCap.Analyzer.Findings.Scene;

namespace TraceCap.Analyzer.Findings;

/// <summary>The rule about one of many that differs: of those that connect to one service a host, a container or a process; of the
/// peers that one process connects to at one port a peer.</summary>
internal static class OneOfMany
{
    // Of connect times: the share that is above the 90th percentile of the others, if there is no difference.
    private const double AboveP90 = 0.1;

    /// <summary>Looks at all of them.</summary>
    internal static IEnumerable<Finding> Of(Scene scene)
    {
        // Of those that were forgotten nobody knows whether they are alike.
        if (!scene.Watch.IsComplete)
        {
            yield break;
        }

        var clients = scene.Watch.Sources.Where(one => !one.Key.IsHere && one.Tried > 0).ToList();
        foreach (var service in clients.GroupBy(one => one.Service))
        {
            var to = service.Key.Key;
            var found = Odd(scene, service, scene.Watch.HostOf, "hosts", $"that connect to {to.EndText}", name => FindingRows.Named("host", name), FindingRows.Service(to))
                ?? Odd(scene, service, one => one.Cgroup?.Container ?? "", "containers", $"that connect to {to.EndText}", name => FindingRows.Named("container", name), FindingRows.Service(to))
                ?? Odd(scene, service, one => one.Process.Key.ProcessText, "processes", $"that connect to {to.EndText}", name => FindingRows.Named("process", name), FindingRows.Service(to));
            if (found is not null)
            {
                yield return found;
            }
        }

        foreach (var port in clients.GroupBy(one => (one.Process.Key.Comm, one.Service.Key.Port)))
        {
            var process = new GroupKey { Comm = port.Key.Comm };
            if (Odd(scene, port, one => one.Service.Key.EndText, "peers", Text($"that {process.ProcessText} connects to at port {port.Key.Port}"), name => $"service == {name}", FindingRows.Process(process)) is { } found)
            {
                yield return found;
            }
        }
    }

    private static Finding? Odd(Scene scene, IEnumerable<WatchedSource> sources, Func<WatchedSource, string> name, string many, string which, Func<string, string> term, string common)
    {
        var rule = FindingRule.Differs;
        var members = sources.GroupBy(name).Where(one => one.Key.Length > 0).Select(one => new Member(one.Key, one)).Where(one => one.Tried >= rule["tried"]).ToList();
        if (members.Count < rule["members"])
        {
            return null;
        }

        var (odd, text, chance, numbers) = Failing(members) ?? Slower(members) ?? default;
        return odd is null ? null : scene.Found(
            rule,
            odd.Name,
            Text($"of {members.Count:N0} {many} {which} {odd.Name} differs: {text}: {rule.Advice}"),
            null,
            [common, term(odd.Name)],
            areOpenedThen: false,
            Confidence.ByChance(chance * members.Count, "if it were like the others", scene.Doubts),
            odd.Tried,
            [("members", members.Count), .. numbers]);
    }

    private static (Member Odd, string Text, double Chance, (string, double)[] Numbers)? Failing(List<Member> members)
    {
        var rule = FindingRule.Differs;
        var odd = members.MaxBy(one => one.Share)!;
        var (failed, tried) = (members.Sum(one => one.Failed) - odd.Failed, members.Sum(one => one.Tried) - odd.Tried);
        var chance = BinomialTail.Bound(odd.Failed, odd.Tried, (failed + 0.5) / (tried + 1));
        return odd.Failed < rule["failed"] || odd.Share < rule["share"] || odd.Share < rule["times"] * failed / tried || chance * members.Count > Confidence.MediumChance
            ? null
            : (odd, Text($"{odd.Failed:N0} of its {odd.Tried:N0} connects failed, of the {tried:N0} of the others {failed:N0} did"), chance,
                [("failed", odd.Failed), ("tried", odd.Tried), ("failed_of_others", failed), ("tried_of_others", tried)]);
    }

    private static (Member Odd, string Text, double Chance, (string, double)[] Numbers)? Slower(List<Member> members)
    {
        var rule = FindingRule.Differs;
        var timed = members.Where(one => one.Median > 0).OrderByDescending(one => one.Median).ToList();
        if (timed.Count < rule["members"])
        {
            return null;
        }

        var (odd, next, least) = (timed[0], timed[1].Median, timed[^1].Median);
        var others = new CoarseDurations();
        timed.Skip(1).ToList().ForEach(one => others.Add(one.Connects));
        // Half of its connects or more are above what a tenth of the others are.
        var isAbove = others.At(1 - AboveP90) is { } high && odd.Median > high;
        var chance = isAbove ? BinomialTail.Bound(odd.Connects.Count / 2, odd.Connects.Count, AboveP90) : 1;
        return odd.Median < rule["longer"] * next || odd.Median - next < rule["time"] || next > rule["alike"] * least || chance * members.Count > Confidence.MediumChance
            ? null
            : (odd, Text($"half of its connects took up to {DurationText.Of(odd.Median)}, of any other no more than {DurationText.Of(next)}"), chance,
                [("median_connect_ns", odd.Median), ("median_connect_of_others_ns", next), ("tried", odd.Tried)]);
    }

    private sealed class Member
    {
        internal Member(string name, IEnumerable<WatchedSource> sources)
        {
            Name = name;
            foreach (var source in sources)
            {
                Tried += source.Tried;
                Failed += source.Failed;
                if (source.Connects is { } connects)
                {
                    Connects.Add(connects);
                }
            }

            Median = Connects.At(0.5) ?? 0;
        }

        internal string Name { get; }

        internal long Tried { get; }

        internal long Failed { get; }

        internal CoarseDurations Connects { get; } = new();

        internal ulong Median { get; }

        internal double Share => (double)Failed / Tried;
    }
}
