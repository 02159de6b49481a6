using System.Globalization;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Metrics;

/// <summary>Phrases of a summary that say more than a figure.</summary>
internal static class SummaryPhrases
{
    /// <summary>How long was recorded, by how many recorders, and on which hosts.</summary>
    internal static string Recorded(CaptureFigures of)
    {
        var length = of.Seconds > 0 ? DurationText.Of((ulong)(of.Seconds * 1e9)) : "for a time that is not known";
        var hosts = string.Join(", ", of.Recordings.Select(recording => recording.Host).Where(host => host.Length > 0).Distinct());
        var many = of.Recordings.Count > 1 ? $" in {of.Recordings.Count} recordings" : "";
        return Invariant($"{length}{many}{(hosts.Length > 0 ? $" on {PrintableText.Of(hosts)}" : "")}");
    }

    /// <summary>How many connections there were; how many sockets, if both ends of some are on the host.</summary>
    internal static string Connections(CaptureFigures of) => of switch
    {
        { ConnectionCount: null } => Invariant($"{CountText.Of(of.Connections.Ends, "socket")}; a filter may have left out the other side"),
        { Connections.SecondEnds: 0 } => Invariant($"{of.ConnectionCount:N0} (none of them within this host)"),
        _ => Invariant($"{of.ConnectionCount:N0} ({of.Connections.SecondEnds:N0} of them within this host, seen from both sides: {of.Connections.Ends:N0} sockets)"),
    };

    /// <summary>How many events were lost, and where.</summary>
    internal static string Lost(CaptureFigures of) => Invariant($"{LossText.Describe(of.LossCounters)} of {of.LossCounters.Emitted:N0} events");

    /// <summary>Where the percentiles of lifetimes lie, as far as that can be told.</summary>
    internal static string Confidence(CaptureFigures of)
    {
        var bounds = MetricTable.All.Where(metric => metric.Name.StartsWith("lifetime.", StringComparison.Ordinal))
            .Select(metric => (metric, metric.Confidence(of))).Where(one => one.Item2 is { Low: not null })
            .Select(one => $"{one.metric.Name["lifetime.".Length..]} {Range(one.Item2!.Value.Low!.Value, one.Item2.Value.High)}").ToArray();
        return bounds.Length == 0 ? "" : $"95 %: {string.Join(", ", bounds)}";
    }

    private static string Range(ulong low, ulong? high) => (DurationText.Of(low), high is { } most ? DurationText.Of(most) : null) switch
    {
        (var from, null) => $"{from} or more",
        var (from, to) when from == to => from,
        var (from, to) => $"{from} to {to}",
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
