using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Summary;

/// <summary>A <see cref="TrafficSummary"/> for people.</summary>
public static class TrafficSummaryText
{
    private const int FiguresWidth = 68;
    private const int LeastName = 12;

    /// <summary>Lays the summary out: figures, what stands out, groups.</summary>
    /// <param name="summary">The figures.</param>
    /// <param name="recordings">What they are of.</param>
    /// <param name="rows">How many groups are shown, the largest ones.</param>
    /// <param name="width">The columns of the terminal; 0: lines may be of any length.</param>
    /// <returns>UTF-8.</returns>
    public static byte[] Format(TrafficSummary summary, IReadOnlyList<RecordedSpan> recordings, int rows, int width)
    {
        var text = new StringBuilder();
        foreach (var (label, value) in Figures(summary, recordings))
        {
            WrappedText.Append(text, $"{label,-12}", value, width);
        }

        AddFindings(text, summary.Findings(recordings), width);
        AddGroups(text, summary.Groups, rows, width);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>The figures of all connections, each with what it is called.</summary>
    internal static IEnumerable<(string Label, string Value)> Figures(TrafficSummary summary, IReadOnlyList<RecordedSpan> recordings)
    {
        var all = summary.All;
        var seconds = Math.Max(recordings.Sum(recording => recording.Length / 1e9), 1e-9);
        var hosts = string.Join(", ", recordings.Select(recording => recording.Host).Where(host => host.Length > 0).Distinct());
        var ledger = TrafficSummary.LedgerOf(recordings);
        yield return ("recorded", Invariant($"{Durations.Text((ulong)(seconds * 1e9))}{(recordings.Count > 1 ? $" in {recordings.Count} recordings" : "")}{(hosts.Length > 0 ? $" on {PrintableText.Of(hosts)}" : "")}"));
        yield return ("connections", summary.Connections is { } connections
            ? Invariant($"{connections:N0}; both ends of {all.SecondEnds:N0} are on the host, so {all.Ends:N0} ends")
            : Invariant($"not all ends are shown: {all.Ends:N0} ends"));
        yield return ("begun", Invariant($"{all.Opened:N0} opened ({all.Opened / seconds:N1}/s), {all.Accepted:N0} accepted ({all.Accepted / seconds:N1}/s), {all.Failed:N0} failed, {all.Older:N0} older than the capture"));
        yield return ("ended", Invariant($"{all.Closed:N0} closed, {all.Reset:N0} reset, {all.Open:N0} still open{(all.Unseen > 0 ? Invariant($", {all.Unseen:N0} unseen") : "")}"));
        yield return ("lifetime", Percentiles(all.Lifetimes) + Censored(all.Lifetimes));
        yield return ("connect", Percentiles(all.ConnectTimes));
        yield return ("bytes", Invariant($"{SummaryText.Bytes((long)all.BytesAcked)} sent, {SummaryText.Bytes((long)all.BytesReceived)} received; {all.Retransmits:N0} of {all.SegmentsSent:N0} segments retransmitted"));
        yield return ("lost", Invariant($"{LossText.Describe(ledger)} of {ledger.Emitted:N0} events"));
    }

    private static void AddFindings(StringBuilder text, IReadOnlyList<Finding> findings, int width)
    {
        text.Append("\nwhat stands out\n");
        if (findings.Count == 0)
        {
            text.Append("  nothing that the rules look for\n");
        }

        foreach (var finding in findings)
        {
            WrappedText.Append(text, $"  {finding.Rule,-12}", finding.Text, width);
            WrappedText.Append(text, "              ", $"rule: {finding.Condition}", width);
        }
    }

    private static void AddGroups(StringBuilder text, ConnectionGroups groups, int rows, int width)
    {
        var shown = groups.InOrder.Take(rows).Select(group => (Name: Name(group.Key, groups.By), group.Statistics)).ToList();
        if (groups.Others is { } others)
        {
            shown.Add(("(smaller ones)", others));
        }

        if (shown.Count == 0)
        {
            return;
        }

        var longest = Math.Max(LeastName, shown.Max(group => group.Name.Length));
        var nameWidth = width == 0 ? longest : Math.Min(longest, Math.Max(LeastName, width - FiguresWidth));
        text.Append(CultureInfo.InvariantCulture, $"\n{groups.By.ToString().ToUpperInvariant().PadRight(nameWidth)}   ENDS FAILED  OPEN     P50     P90     P99     MAX    SENT    RECV\n");
        foreach (var (name, of) in shown)
        {
            text.Append(WrappedText.Cut(name, nameWidth).PadRight(nameWidth));
            text.Append(CultureInfo.InvariantCulture, $" {of.Ends,6} {of.Failed,6} {of.Open,5}");
            foreach (var percentile in (Percentile?[])[of.Lifetimes.At(0.5), of.Lifetimes.At(0.9), of.Lifetimes.At(0.99), MaxOf(of.Lifetimes)])
            {
                text.Append(CultureInfo.InvariantCulture, $" {Durations.Text(percentile).Replace(" ", "", StringComparison.Ordinal),7}");
            }

            text.Append(CultureInfo.InvariantCulture, $" {Bytes(of.BytesAcked),7} {Bytes(of.BytesReceived),7}\n");
        }

        if (groups.Count > rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"and {groups.Count - rows:N0} more\n");
        }
    }

    private static string Name(in GroupKey key, GroupBy by) => by == GroupBy.Container && key.IsNamed
        ? key.Text(by)[..SummaryText.ShortContainer]
        : key.Text(by);

    private static string Percentiles(LifetimeHistogram histogram) => histogram.Ended + histogram.Censored == 0
        ? "-"
        : $"p50 {Durations.Text(histogram.At(0.5))}, p90 {Durations.Text(histogram.At(0.9))}, p99 {Durations.Text(histogram.At(0.99))}, max {Durations.Text(histogram.Max)}";

    private static string Censored(LifetimeHistogram histogram) => histogram.Censored == 0
        ? ""
        : Invariant($" (Kaplan-Meier: {histogram.Censored:N0} of {histogram.Ended + histogram.Censored:N0} had not ended)");

    private static Percentile? MaxOf(LifetimeHistogram histogram) =>
        histogram.Ended + histogram.Censored == 0 ? null : histogram.Max;

    private static string Bytes(ulong bytes) =>
        SummaryText.Bytes((long)bytes).Replace(" ", "", StringComparison.Ordinal).Replace("iB", "", StringComparison.Ordinal);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
