using System.Globalization;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Findings;

/// <summary>Applies the rules to groups of connections: each speaks of a group when its condition holds.</summary>
internal static class FindingRules
{
    /// <summary>Looks at who connects to what.</summary>
    internal static IEnumerable<Finding> OfProcess(GroupKey key, ConnectionStatistics statistics) =>
        new[] { Pool(key, statistics), Leak(key, statistics) }.OfType<Finding>();

    /// <summary>Looks at what is connected to, by any process.</summary>
    internal static IEnumerable<Finding> OfService(GroupKey key, ConnectionStatistics statistics) => new[]
    {
        Ports(key, statistics), Refused(key, statistics), Slow(key, statistics), Retransmitted(key, statistics), Resets(key, statistics),
    }.OfType<Finding>();

    /// <summary>Looks at what the recording missed.</summary>
    internal static Finding? OfLosses(LossCounters losses, long uncertain) => losses.Lost == 0 ? null : FindingRule.Lost.Finds(
        "the capture",
        Text($"{losses.Lost:N0} of {losses.Emitted:N0} events were lost while recording: counts are too low, and of {uncertain:N0} connections it is not certain that they were there before or are still open"),
        ("lost", losses.Lost),
        ("emitted", losses.Emitted),
        ("uncertain", uncertain));

    private static Finding? Pool(GroupKey key, ConnectionStatistics statistics)
    {
        var rule = FindingRule.Pool;
        var rate = statistics.Opened / Math.Max(statistics.OpeningSpan / 1e9, 1e-3);
        if (statistics.Opened < rule["opened"] || rate < rule["rate"]
            || statistics.Lifetimes.At(0.5) is not { IsAtLeast: false } median || median.Nanoseconds >= rule["lifetime"])
        {
            return null;
        }

        return rule.Finds(
            Who(key),
            Text($"{key.ProcessText} opened {statistics.Opened:N0} connections to {key.EndText}, {Rate(rate)} a second, and half of them lived no longer than {DurationText.Of(median.Nanoseconds)}: {rule.Advice}"),
            ("opened", statistics.Opened),
            ("opened_per_second", rate),
            ("median_lifetime_ns", median.Nanoseconds));
    }

    private static Finding? Leak(GroupKey key, ConnectionStatistics statistics)
    {
        var rule = FindingRule.Leak;
        var begun = statistics.Opened + statistics.Accepted;
        var early = statistics.OpenSinceFirstHalf;
        var late = statistics.Open - early;
        if (statistics.Open < rule["open"] || IsLess(statistics.Open, begun, rule["share"])
            || IsLess(early, statistics.Open, rule["each"]) || IsLess(late, statistics.Open, rule["each"]))
        {
            return null;
        }

        var verb = statistics.Opened >= statistics.Accepted ? "opened" : "accepted";
        return rule.Finds(
            Who(key),
            Text($"{key.ProcessText} {verb} {begun:N0} connections {(verb == "opened" ? "to" : "at")} {key.EndText} and never closed {statistics.Open:N0} of them, {early:N0} from the first half of the capture and {late:N0} from the second: their number grows; {rule.Advice}"),
            ("begun", begun),
            ("open", statistics.Open),
            ("open_since_first_half", early),
            ("port", key.Port));
    }

    private static Finding? Ports(GroupKey key, ConnectionStatistics statistics)
    {
        var rule = FindingRule.Ports;
        var used = statistics.Ports.Peak;
        return used < rule["ports"] ? null : rule.Finds(
            Grouping.LocalAddressAndService.Text(key),
            Text($"{key.LocalText} had {used:N0} ports to {key.EndText} in TIME_WAIT at once, of the {FindingRule.EphemeralPorts:N0} of the usual range: when all are taken, connects fail with EADDRNOTAVAIL; {rule.Advice}"),
            ("time_wait_peak", used),
            ("ports", FindingRule.EphemeralPorts));
    }

    private static Finding? Refused(GroupKey key, ConnectionStatistics statistics)
    {
        var rule = FindingRule.Refused;
        var tried = statistics.Failed + statistics.Opened;
        if (statistics.Failed < rule["failed"] || IsLess(statistics.Failed, tried, rule["share"]))
        {
            return null;
        }

        var errors = string.Join(", ", statistics.Errors.OrderByDescending(error => error.Value).ThenBy(error => error.Key)
            .Select(error => Text($"{Errno.NameOf(error.Key)} {error.Value:N0}")));
        return rule.Finds(
            key.EndText,
            Text($"{statistics.Failed:N0} of {tried:N0} connects to {key.EndText} failed ({errors}): {rule.Advice}"),
            ("failed", statistics.Failed),
            ("tried", tried));
    }

    private static Finding? Slow(GroupKey key, ConnectionStatistics statistics)
    {
        var rule = FindingRule.Slow;
        return statistics.SlowConnects < rule["slow"] ? null : rule.Finds(
            key.EndText,
            Text($"{statistics.SlowConnects:N0} of {statistics.Opened:N0} connects to {key.EndText} took {DurationText.Whole((ulong)rule["time"])} or more: their SYN was sent again, because it was lost or the accept queue was full"),
            ("slow", statistics.SlowConnects),
            ("opened", statistics.Opened));
    }

    private static Finding? Retransmitted(GroupKey key, ConnectionStatistics statistics)
    {
        var rule = FindingRule.Retransmits;
        return statistics.SegmentsSent < rule["segments"] || IsLess(statistics.Retransmits, statistics.SegmentsSent, rule["share"]) ? null : rule.Finds(
            key.EndText,
            Text($"{statistics.Retransmits:N0} of {statistics.SegmentsSent:N0} segments between {key.LocalText} and {key.EndText} were retransmitted ({100.0 * statistics.Retransmits / statistics.SegmentsSent:F1} %): the path loses packets"),
            ("retransmits", statistics.Retransmits),
            ("segments_sent", statistics.SegmentsSent));
    }

    private static Finding? Resets(GroupKey key, ConnectionStatistics statistics)
    {
        var rule = FindingRule.Reset;
        var ended = statistics.Closed + statistics.Reset;
        return statistics.Reset < rule["reset"] || IsLess(statistics.Reset, ended, rule["share"]) ? null : rule.Finds(
            key.EndText,
            Text($"{statistics.Reset:N0} of {ended:N0} connections with {key.EndText} were reset or timed out before they were closed"),
            ("reset", statistics.Reset),
            ("ended", ended));
    }

    /// <summary>Whether a part is a smaller share of the whole than a limit. As a quotient, which is rounded as the limit is.</summary>
    private static bool IsLess(double part, double whole, double share) => whole > 0 && part / whole < share;

    private static string Who(GroupKey key) => Grouping.ProcessAndService.Text(key);

    private static string Rate(double perSecond) => perSecond >= 10 ? Text($"{perSecond:N0}") : Text($"{perSecond:N1}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
