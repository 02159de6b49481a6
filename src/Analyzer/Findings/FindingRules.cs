using System.Globalization;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Findings;

/// <summary>
/// What is worth saying about a capture. A rule speaks of a group when its condition holds; each of its limits is named in
/// the condition. docs/analysis.md says why they are what they are.
/// </summary>
internal static class FindingRules
{
    // net.ipv4.ip_local_port_range of Linux is 32768 to 60999 unless somebody changed it.
    private const int EphemeralPorts = 60_999 - 32_768 + 1;
    private const ulong Second = 1_000_000_000;

    /// <summary>Looks at who connects to what.</summary>
    internal static IEnumerable<Finding> OfProcess(GroupKey key, ConnectionStatistics statistics)
    {
        var who = key.ProcessText;
        var where = key.EndText;
        if (Pool(who, where, statistics) is { } pool)
        {
            yield return pool;
        }

        if (Leak(key, who, where, statistics) is { } leak)
        {
            yield return leak;
        }
    }

    /// <summary>Looks at what is connected to, whoever does it.</summary>
    internal static IEnumerable<Finding> OfService(GroupKey key, ConnectionStatistics statistics) => new[]
    {
        Ports(key, statistics), Refused(key, statistics), Slow(key, statistics), Retransmitted(key, statistics), Resets(key, statistics),
    }.OfType<Finding>();

    /// <summary>Looks at what the recording missed.</summary>
    internal static Finding? OfLedger(LossCounters ledger, long uncertain) => ledger.Lost == 0
        ? null
        : new Finding(
            "lost",
            Text($"{ledger.Lost:N0} of {ledger.Emitted:N0} events were lost while recording: counts are too low, and of {uncertain:N0} connections it is not certain that they were there before or are still open"),
            "an event was lost",
            "the capture",
            [("lost", ledger.Lost), ("emitted", ledger.Emitted), ("uncertain", uncertain)]);

    private static Finding? Pool(string who, string where, ConnectionStatistics statistics)
    {
        var rate = statistics.Opened / Math.Max(statistics.OpeningSpan / 1e9, 1e-3);
        if (statistics.Opened < 100 || rate < 1 || statistics.Lifetimes.At(0.5) is not { IsAtLeast: false } median || median.Nanoseconds >= Second)
        {
            return null;
        }

        return new Finding(
            "pool",
            Text($"{who} opened {statistics.Opened:N0} connections to {where}, {Rate(rate)} a second, and half of them lived no longer than {DurationText.Of(median.Nanoseconds)}: keep connections open and use them again (a connection pool, HTTP keep-alive)"),
            "one process opened 100 connections or more to one service, one a second or more, with a median lifetime below 1 s",
            $"{who} to {where}",
            [("opened", statistics.Opened), ("opened_per_second", rate), ("median_lifetime_ns", median.Nanoseconds)]);
    }

    private static Finding? Leak(GroupKey key, string who, string where, ConnectionStatistics statistics)
    {
        var begun = statistics.Opened + statistics.Accepted;
        var early = statistics.OpenSinceFirstHalf;
        var late = statistics.Open - early;
        if (statistics.Open < 20 || statistics.Open * 2 < begun || early * 4 < statistics.Open || late * 4 < statistics.Open)
        {
            return null;
        }

        var verb = statistics.Opened >= statistics.Accepted ? "opened" : "accepted";
        return new Finding(
            "leak",
            Text($"{who} {verb} {begun:N0} connections {(verb == "opened" ? "to" : "at")} {where} and never closed {statistics.Open:N0} of them, {early:N0} from the first half of the capture and {late:N0} from the second: their number grows; look for a close that is missing"),
            "20 connections or more of one process and service are open at the end, half or more of all that it began, and each half of the capture has a quarter of them or more",
            $"{who} to {where}",
            [("begun", begun), ("open", statistics.Open), ("open_since_first_half", early), ("port", key.Port)]);
    }

    private static Finding? Ports(GroupKey key, ConnectionStatistics statistics)
    {
        var used = statistics.Ports.Peak;
        return used * 2 < EphemeralPorts
            ? null
            : new Finding(
                "ports",
                Text($"{key.LocalText} had {used:N0} ports to {key.EndText} in TIME_WAIT at once, of the {EphemeralPorts:N0} of the usual range: when all are taken, connects fail with EADDRNOTAVAIL; reuse connections, or have the other end close first"),
                Text($"the connections from one address to one service that this end closed first, within 60 s, are {EphemeralPorts / 2:N0} or more: half of the default net.ipv4.ip_local_port_range"),
                $"{key.LocalText} to {key.EndText}",
                [("time_wait_peak", used), ("ports", EphemeralPorts)]);
    }

    private static Finding? Refused(GroupKey key, ConnectionStatistics statistics)
    {
        var tried = statistics.Failed + statistics.Opened;
        if (statistics.Failed < 5 || statistics.Failed * 2 < tried)
        {
            return null;
        }

        var errors = string.Join(", ", statistics.Errors.OrderByDescending(error => error.Value).ThenBy(error => error.Key)
            .Select(error => Text($"{Errno.NameOf(error.Key)} {error.Value:N0}")));
        return new Finding(
            "refused",
            Text($"{statistics.Failed:N0} of {tried:N0} connects to {key.EndText} failed ({errors}): is it listening, and is the way to it open?"),
            "5 connects or more to one service failed, and half or more of all",
            key.EndText,
            [("failed", statistics.Failed), ("tried", tried)]);
    }

    private static Finding? Slow(GroupKey key, ConnectionStatistics statistics) => statistics.SlowConnects < 5
        ? null
        : new Finding(
            "slow",
            Text($"{statistics.SlowConnects:N0} of {statistics.Opened:N0} connects to {key.EndText} took a second or more: their SYN was sent again, because it was lost or the accept queue was full"),
            "5 connects or more to one service took 1 s or more, the kernel's first retransmission of a SYN",
            key.EndText,
            [("slow", statistics.SlowConnects), ("opened", statistics.Opened)]);

    private static Finding? Retransmitted(GroupKey key, ConnectionStatistics statistics) =>
        statistics.SegmentsSent < 1000 || statistics.Retransmits * 100 < statistics.SegmentsSent
            ? null
            : new Finding(
                "retransmits",
                Text($"{statistics.Retransmits:N0} of {statistics.SegmentsSent:N0} segments between {key.LocalText} and {key.EndText} were retransmitted ({100.0 * statistics.Retransmits / statistics.SegmentsSent:F1} %): the path loses packets"),
                "of 1,000 segments or more with one service, 1 % or more were retransmitted",
                key.EndText,
                [("retransmits", statistics.Retransmits), ("segments_sent", statistics.SegmentsSent)]);

    private static Finding? Resets(GroupKey key, ConnectionStatistics statistics)
    {
        var ended = statistics.Closed + statistics.Reset;
        return statistics.Reset < 20 || statistics.Reset * 2 < ended
            ? null
            : new Finding(
                "reset",
                Text($"{statistics.Reset:N0} of {ended:N0} connections with {key.EndText} were reset or timed out before they were closed"),
                "20 connections or more with one service were reset, and half or more of those that ended",
                key.EndText,
                [("reset", statistics.Reset), ("ended", ended)]);
    }

    private static string Rate(double perSecond) => perSecond >= 10 ? Text($"{perSecond:N0}") : Text($"{perSecond:N1}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
