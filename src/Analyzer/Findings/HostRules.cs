using TraceCap.Analyzer.Episodes;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;
using static TraceCap.Analyzer.Findings.Scene;

namespace TraceCap.Analyzer.Findings;

/// <summary>The rules about the recording and the host: losses, ports, servers that stop, what is new.</summary>
internal static class HostRules
{
    /// <summary>Looks at all of it.</summary>
    internal static IEnumerable<Finding> Of(Scene scene) =>
    [
        .. new[] { Lost(scene) }.OfType<Finding>(),
        .. Ports(scene),
        .. Stopped(scene),
        .. new[] { New(scene) }.OfType<Finding>(),
    ];

    private static Finding? Lost(Scene scene)
    {
        var (losses, uncertain) = (scene.Figures.LossCounters, scene.Figures.Connections.Uncertain);
        return losses.Lost == 0 ? null : scene.Found(
            FindingRule.Lost,
            "the capture",
            Text($"{losses.Lost:N0} of {losses.Emitted:N0} events were lost while recording: counts are too low, and of {uncertain:N0} connections it is not certain what they were"),
            null,
            null,
            areOpenedThen: false,
            new Confidence(FindingConfidence.High, "the recorder counted them"),
            losses.Lost,
            ("lost", losses.Lost),
            ("emitted", losses.Emitted),
            ("uncertain", uncertain));
    }

    private static IEnumerable<Finding> Ports(Scene scene)
    {
        var rule = FindingRule.Ports;
        foreach (var (key, occupied) in scene.Watch.Ports)
        {
            var (peak, at) = occupied.Peak();
            if (peak >= rule["ports"])
            {
                yield return scene.Found(
                    rule,
                    Grouping.LocalAddressAndService.Text(key),
                    Text($"{key.LocalText} held {peak:N0} ports for {key.EndText} at once, open or in TIME_WAIT, of the {FindingRule.EphemeralPorts:N0} of the usual range: when all are taken, connects fail with EADDRNOTAVAIL; {rule.Advice}"),
                    (at, at),
                    [FindingRows.Service(key), FindingRows.Local(key)],
                    areOpenedThen: false,
                    Confidence.Counted(scene.Doubts),
                    peak,
                    ("ports_peak", peak),
                    ("ports", FindingRule.EphemeralPorts));
            }
        }

        foreach (var service in scene.Watch.Services.Where(one => one.WithoutPort >= rule["without"]))
        {
            yield return scene.Found(
                rule,
                service.Key.EndText,
                Text($"{service.WithoutPort:N0} connects to {service.Key.EndText} failed with EADDRNOTAVAIL, as this end had no port left for it: {rule.Advice}"),
                (service.WithoutPortTimes.From, service.WithoutPortTimes.To),
                [FindingRows.Service(service.Key), "errno == EADDRNOTAVAIL"],
                areOpenedThen: false,
                Confidence.Counted(scene.Doubts),
                service.WithoutPort,
                ("without_port", service.WithoutPort));
        }
    }

    private static IEnumerable<Finding> Stopped(Scene scene)
    {
        // A filter that parts connections, or which chooses by tasks, may keep the connects and not the accepts.
        if (scene.Doubts.PartsConnections || scene.Doubts.LeavesOutTasks)
        {
            yield break;
        }

        var rule = FindingRule.Stopped;
        var clients = scene.Watch.Services.Where(one => !one.IsHere).ToDictionary(one => one.Key);
        foreach (var server in scene.Watch.Services.Where(one => one.IsHere && one.Established >= rule["accepted"]))
        {
            var gaps = Gaps(server, scene.Range.To);
            var client = clients.GetValueOrDefault(server.Key);
            foreach (var (from, to) in gaps.Where(gap => gap.To - gap.From >= rule["time"]))
            {
                var (established, failed) = client?.Between(from, to) ?? default;
                var connects = established + failed;
                // Where nobody listens none is established.
                if (connects >= rule["connects"] && established >= rule["established"])
                {
                    yield return Stopped(scene, server, (from, to), Text($"while of {connects:N0} connects to it from here {established:N0} were established and {failed:N0} failed"), new Confidence(FindingConfidence.High, "both ends are in the capture"), connects);
                }
                else if (IsUnusual(server, gaps, (from, to), scene.Range.To))
                {
                    yield return Stopped(scene, server, (from, to), "which it never had done so long before, and then went on", new Confidence(FindingConfidence.Low, "there may have been no clients"), connects);
                }
            }
        }
    }

    private static Finding Stopped(Scene scene, WatchedService server, (long From, long To) gap, string text, Confidence confidence, long connects) => scene.Found(
        FindingRule.Stopped,
        server.Key.EndText,
        Text($"{scene.Who(scene.SourcesOf(server))} accepted {server.Established:N0} connections at {server.Key.EndText}, but none for {Lasting(gap.To - gap.From)}{(gap.To >= scene.Range.To ? " up to the end" : "")}, {text}: {FindingRule.Stopped.Advice}"),
        gap,
        [FindingRows.Service(server.Key)],
        areOpenedThen: true,
        confidence,
        connects,
        ("accepted", server.Established),
        ("silent_ns", gap.To - gap.From),
        ("connects_meanwhile", connects));

    /// <summary>Whether an interruption is out of its rhythm: it had long accepted all the time, and does so again.</summary>
    private static bool IsUnusual(WatchedService server, List<(long From, long To)> gaps, (long From, long To) gap, long end)
    {
        var rule = FindingRule.Stopped;
        var length = gap.To - gap.From;
        var ordinary = gaps.Where(one => one.To <= gap.From).Select(one => one.To - one.From).DefaultIfEmpty().Max() + (2 * server.Openings.Length);
        return gap.To < end && length >= rule["silence"] && length >= rule["rhythm"] * ordinary && gap.From - server.First >= 10 * length;
    }

    /// <summary>The times in which nothing was accepted, as far as cells tell, and the one from the last accept to the end.</summary>
    private static List<(long From, long To)> Gaps(WatchedService server, long end)
    {
        var gaps = new List<(long From, long To)>();
        var cells = server.Openings;
        var last = -1;
        for (var index = 0; index < cells.Count; index++)
        {
            if (cells[index].Value > 0)
            {
                if (last >= 0 && index > last + 1)
                {
                    gaps.Add((cells.Begin(last + 1), cells.Begin(index)));
                }

                last = index;
            }
        }

        gaps.Add((server.Last, Math.Max(server.Last, end)));
        return gaps;
    }

    private static Finding? New(Scene scene)
    {
        var rule = FindingRule.New;
        var (from, to) = scene.Range;
        var services = scene.Watch.Services.Where(one => one.Tried > 0).ToList();
        var late = services.Where(one => one.First - from >= (to - from) / 4 * 3).ToList();
        if (!scene.Watch.IsComplete || to - from < rule["length"] || late is not [{ } service] || service.Tried < rule["connects"]
            || services.Count - 1 < rule["others"] || services.Any(one => one != service && one.First - from > (to - from) / 2))
        {
            return null;
        }

        var others = services.Count - 1;
        return scene.Found(
            rule,
            service.Key.EndText,
            Text($"{service.Key.EndText} is new: {scene.Who(scene.SourcesOf(service))} {(service.IsHere ? "accepted" : "tried")} {service.Tried:N0} connections {(service.IsHere ? "there" : "to it")}, the first {DurationText.Of((ulong)(service.First - from))} after the capture began, while the {others:N0} other services were all met in its first half"),
            (service.First, service.First),
            [FindingRows.Service(service.Key)],
            areOpenedThen: false,
            Confidence.ByChance(Math.Pow(0.5, others), "if services were met at any time alike,", scene.Doubts),
            service.Tried,
            ("connections", service.Tried),
            ("first_after_ns", service.First - from),
            ("other_services", others));
    }
}
