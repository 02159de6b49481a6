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

    /// <summary>How many events were lost, where and when, and what that does to the figures.</summary>
    internal static string Lost(CaptureFigures of) => string.Join("; ", new[]
    {
        LossWords.Lost(of.Recordings, of.LossCounters),
        LossWords.Damaged(of.Recordings),
        LossWords.Truncated(of.Recordings),
        of.Doubts.Events is > 0 and < double.PositiveInfinity ? "any count may be off by as many" : null,
    }.OfType<string>());

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
