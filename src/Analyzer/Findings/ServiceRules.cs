using TraceCap.Analyzer.Episodes;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Statistics;
using TraceCap.Format.Events;
using static TraceCap.Analyzer.Findings.Scene;

namespace TraceCap.Analyzer.Findings;

/// <summary>The rules about what is connected to, by whomever.</summary>
internal static class ServiceRules
{
    /// <summary>As many outages of one service are looked for.</summary>
    private const int MaxOutages = 8;

    // So many pairs of a beginning and an end there may be: cells, squared and halved.
    private const double Windows = 256.0 * 256 / 2;

    // As many failures outweigh a success: of an outage in which nearly all fail, else of one in which half do. Of less the runs in
    // between would not hold together.
    private static readonly double[] weights = [9, 0.5];

    /// <summary>Looks at one service.</summary>
    internal static IEnumerable<Finding> Of(Scene scene, WatchedService service)
    {
        var outages = Outages(scene, service);
        return outages.Count > 0
            ? [.. outages, .. Others(scene, service)]
            : [.. new[] { Refused(scene, service) }.OfType<Finding>(), .. Others(scene, service)];
    }

    private static IEnumerable<Finding> Others(Scene scene, WatchedService service) =>
        new[] { Slow(scene, service), Retransmitted(scene, service), Resets(scene, service) }.OfType<Finding>();

    private static List<Finding> Outages(Scene scene, WatchedService service)
    {
        var rule = FindingRule.Outage;
        if (service.Failures is not { } failures || service.Failed < rule["failed"])
        {
            return [];
        }

        foreach (var weight in weights)
        {
            var found = failures.Find(weight, MaxOutages).Select(one => (Episode: one, Chance: ChanceOf(service, one)))
                .Where(one => one.Episode.Bad >= rule["failed"] && one.Episode.Bad >= rule["share"] * one.Episode.Tried && one.Chance <= Confidence.MediumChance)
                .Select(one => Outage(scene, service, one.Episode, one.Chance)).ToList();
            if (found.Count > 0)
            {
                return found;
            }
        }

        return [];
    }

    /// <summary>How likely so many failures in a time are, if the rest of the capture is as ever; 1 if there is too little of it.</summary>
    private static double ChanceOf(WatchedService service, Episode episode)
    {
        var (failed, tried) = (service.Failed - episode.Bad, service.Tried - episode.Tried);
        return tried - failed < FindingRule.Outage["rest"]
            ? 1
            : Math.Min(1, Windows * BinomialTail.Bound(episode.Bad, episode.Tried, (failed + 0.5) / (tried + 1)));
    }

    private static Finding Outage(Scene scene, WatchedService service, Episode episode, double chance)
    {
        var (failed, tried) = (service.Failed - episode.Bad, service.Tried - episode.Tried);
        var ended = episode.Recovered is { } at
            ? $"it answered again {Lasting(at - episode.To)} after the last of them"
            : "nothing that was tried after that succeeded before the recording ended";
        return scene.Found(
            FindingRule.Outage,
            service.Key.EndText,
            Text($"{episode.Bad:N0} of {episode.Tried:N0} connects of {scene.WhoFailed(service, episode.From, episode.To)} to {service.Key.EndText} failed within {Lasting(episode.To - episode.From)} ({Errors(service, counts: false)}), of {tried:N0} at other times {failed:N0} did; {ended}"),
            (episode.From, episode.To),
            [FindingRows.Service(service.Key), "ending == failed"],
            areOpenedThen: true,
            Confidence.ByChance(chance, "by the failures at other times", scene.Doubts),
            episode.Bad,
            [
                ("failed", episode.Bad),
                ("tried", episode.Tried),
                ("failed_otherwise", failed),
                ("tried_otherwise", tried),
                ("length_ns", episode.To - episode.From),
                .. episode.Recovered is { } recovered ? [("recovered_after_ns", (double)(recovered - episode.To))] : Array.Empty<(string, double)>(),
            ]);
    }

    private static Finding? Refused(Scene scene, WatchedService service)
    {
        var rule = FindingRule.Refused;
        return service.Failed < rule["failed"] || service.Failed < rule["share"] * service.Tried ? null : scene.Found(
            rule,
            service.Key.EndText,
            Text($"{service.Failed:N0} of {service.Tried:N0} connects of {scene.WhoFailed(service)} to {service.Key.EndText} failed ({Errors(service, counts: true)}): {rule.Advice}"),
            (scene.SourcesOf(service).Min(one => one.FailedTimes.From), scene.SourcesOf(service).Max(one => one.FailedTimes.To)),
            [FindingRows.Service(service.Key), "ending == failed"],
            areOpenedThen: false,
            Confidence.Counted(scene.Doubts),
            service.Failed,
            ("failed", service.Failed),
            ("tried", service.Tried));
    }

    private static Finding? Slow(Scene scene, WatchedService service)
    {
        var rule = FindingRule.Slow;
        if (service.SlowOnes is not { } slow || service.Slow < rule["slow"])
        {
            return null;
        }

        // Most of them at one time, if so; else all of them.
        var episode = slow.Find(1, 1).Where(one => one.Bad >= rule["slow"]).Select(one => (Episode?)one).FirstOrDefault();
        var within = episode is { } one ? Text($"; {one.Bad:N0} of them were among {one.Tried:N0} within {Lasting(one.To - one.From)}") : "";
        return scene.Found(
            rule,
            service.Key.EndText,
            Text($"{service.Slow:N0} of {service.Established:N0} connects of {scene.Who(scene.SourcesOf(service))} to {service.Key.EndText} took {DurationText.Whole((ulong)rule["time"])} or more{within}: their SYN was sent again, because it was lost or the accept queue was full"),
            episode is { } known ? (known.From, known.To) : null,
            [FindingRows.Service(service.Key), FindingRows.Connect(rule["time"]), "ending != failed"],
            areOpenedThen: true,
            Confidence.Counted(scene.Doubts),
            service.Slow,
            [
                ("slow", service.Slow),
                ("opened", service.Established),
                .. episode is { } some ? [("slow_in_time", some.Bad), ("opened_in_time", some.Tried)] : Array.Empty<(string, double)>(),
            ]);
    }

    private static Finding? Retransmitted(Scene scene, WatchedService service)
    {
        var rule = FindingRule.Retransmits;
        return service.SegmentsSent < rule["segments"] || Share(service.Retransmits, service.SegmentsSent) < rule["share"] ? null : scene.Found(
            rule,
            service.Key.EndText,
            Text($"{service.Retransmits:N0} of {service.SegmentsSent:N0} segments of {scene.Who(scene.SourcesOf(service))} {(service.IsHere ? "at" : "to")} {service.Key.EndText} were retransmitted ({100 * Share(service.Retransmits, service.SegmentsSent):F1} %): the path loses packets"),
            (service.RetransmitTimes.From, service.RetransmitTimes.To),
            [FindingRows.Service(service.Key)],
            areOpenedThen: false,
            Confidence.Counted(scene.Doubts),
            service.Ended,
            ("retransmits", service.Retransmits),
            ("segments_sent", service.SegmentsSent));
    }

    private static Finding? Resets(Scene scene, WatchedService service)
    {
        var rule = FindingRule.Reset;
        var before = service.IsHere ? "before they were answered" : "before they were closed";
        return service.Reset < rule["reset"] || Share(service.Reset, service.Ended) < rule["share"] ? null : scene.Found(
            rule,
            service.Key.EndText,
            Text($"{service.Reset:N0} of {service.Ended:N0} connections of {scene.Who(scene.SourcesOf(service))} {(service.IsHere ? "at" : "to")} {service.Key.EndText} were reset or timed out {before}"),
            (service.ResetTimes.From, service.ResetTimes.To),
            [FindingRows.Service(service.Key), "ending == reset"],
            areOpenedThen: false,
            Confidence.Counted(scene.Doubts),
            service.Reset,
            ("reset", service.Reset),
            ("ended", service.Ended));
    }

    private static string Errors(WatchedService service, bool counts) => string.Join(", ", service.Errors
        .OrderByDescending(error => error.Value).ThenBy(error => error.Key)
        .Select(error => counts ? Text($"{Errno.NameOf(error.Key)} {error.Value:N0}") : Errno.NameOf(error.Key)));

    /// <summary>As a quotient, which is rounded as the limit is.</summary>
    private static double Share(double part, double whole) => whole > 0 ? part / whole : 0;
}
