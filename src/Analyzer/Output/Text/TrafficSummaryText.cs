using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Output.Text;

/// <summary>A <see cref="TrafficSummary"/> for people.</summary>
public static class TrafficSummaryText
{
    private const int LeastName = 12;

    // An address and a port of IPv4.
    private const int WholeService = 21;

    private static readonly Column[] columns =
    [
        new("ENDS", 7, 0, of => Invariant($"{of.Ends}")),
        new("FAILED", 7, 3, of => Invariant($"{of.Failed}")),
        new("OPEN", 6, 5, of => Invariant($"{of.Open}")),
        new("P50", 8, 1, of => Duration(of.Lifetimes.At(0.5))),
        new("P90", 8, 8, of => Duration(of.Lifetimes.At(0.9))),
        new("P99", 8, 2, of => Duration(of.Lifetimes.At(0.99))),
        new("MAX", 8, 4, of => Duration(MaxOf(of.Lifetimes))),
        new("SENT", 8, 6, of => Bytes(of.PayloadSent)),
        new("RECV", 8, 7, of => Bytes(of.PayloadReceived)),
    ];

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
        var seconds = recordings.Sum(recording => recording.Length / 1e9);
        var hosts = string.Join(", ", recordings.Select(recording => recording.Host).Where(host => host.Length > 0).Distinct());
        var ledger = RecordedSpan.LossCountersOf(recordings);
        yield return ("recorded", Invariant($"{(seconds > 0 ? DurationText.Of((ulong)(seconds * 1e9)) : "for a time that is not known")}{(recordings.Count > 1 ? $" in {recordings.Count} recordings" : "")}{(hosts.Length > 0 ? $" on {PrintableText.Of(hosts)}" : "")}"));
        yield return ("connections", summary.Connections is { } connections
            ? Invariant($"{connections:N0}; both ends of {all.SecondEnds:N0} are on the host, so {all.Ends:N0} ends")
            : Invariant($"not all ends are shown: {all.Ends:N0} ends"));
        yield return ("begun", Invariant($"{all.Opened:N0} opened ({Rate(all.Opened)}), {all.Accepted:N0} accepted ({Rate(all.Accepted)}), {all.Failed:N0} failed, {all.Preexisting:N0} older than the capture"));
        yield return ("ended", Invariant($"{all.Closed:N0} closed, {all.Reset:N0} reset, {all.Open:N0} still open{(all.Unseen > 0 ? Invariant($", {all.Unseen:N0} unseen") : "")}"));
        yield return ("lifetime", Percentiles(all.Lifetimes) + Censored(all.Lifetimes));
        yield return ("connect", Percentiles(all.ConnectTimes));
        yield return ("bytes", Invariant($"{ByteText.Of((long)all.PayloadSent)} sent, {ByteText.Of((long)all.PayloadReceived)} received; {all.Retransmits:N0} of {all.SegmentsSent:N0} segments retransmitted"));
        yield return ("lost", Invariant($"{LossText.Describe(ledger)} of {ledger.Emitted:N0} events"));

        string Rate(long count) => seconds > 0 ? Invariant($"{count / seconds:N1}/s") : "-";
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
        var figures = FittingColumns.Choose(columns, width == 0 ? 0 : Math.Max(1, width - Math.Min(longest, WholeService)), column => (column.Width, column.Goes));
        var nameWidth = width == 0 ? longest : Math.Min(longest, Math.Max(LeastName, width - figures.Sum(column => column.Width)));
        text.Append('\n').Append(groups.By.Word.ToUpperInvariant().PadRight(nameWidth));
        foreach (var column in figures)
        {
            text.Append(column.Name.PadLeft(column.Width));
        }

        text.Append('\n');
        foreach (var (name, of) in shown)
        {
            text.Append(WrappedText.Cut(name, nameWidth).PadRight(nameWidth));
            foreach (var column in figures)
            {
                text.Append(' ').Append(column.Figure(of).PadLeft(column.Width - 1));
            }

            text.Append('\n');
        }

        if (groups.Count > rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"and {groups.Count - rows:N0} more\n");
        }
    }

    private static string Name(GroupKey key, Grouping by) => by == Grouping.Of(GroupBy.Container) && key.IsNamed
        ? by.Text(key)[..SummaryText.ShortContainer]
        : by.Text(key);

    private static string Percentiles(LifetimeHistogram histogram) => histogram.Ended + histogram.Censored == 0
        ? "-"
        : $"p50 {histogram.At(0.5)}, p90 {histogram.At(0.9)}, p99 {histogram.At(0.99)}, max {histogram.Max}";

    private static string Censored(LifetimeHistogram histogram) => histogram.Censored == 0
        ? ""
        : Invariant($" (Kaplan-Meier: {histogram.Censored:N0} of {histogram.Ended + histogram.Censored:N0} had not ended)");

    private static Percentile? MaxOf(LifetimeHistogram histogram) =>
        histogram.Ended + histogram.Censored == 0 ? null : histogram.Max;

    private static string Duration(Percentile? percentile) => (percentile?.ToString() ?? "-").Replace(" ", "", StringComparison.Ordinal);

    private static string Bytes(ulong bytes) =>
        ByteText.Of((long)bytes).Replace(" ", "", StringComparison.Ordinal).Replace("iB", "", StringComparison.Ordinal);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A figure of each group.</summary>
    /// <param name="Name">Its header.</param>
    /// <param name="Width">Its columns, and one before it.</param>
    /// <param name="Goes">When it makes room, see <see cref="FittingColumns"/>.</param>
    /// <param name="Figure">The figure.</param>
    private sealed record Column(string Name, int Width, int Goes, Func<ConnectionStatistics, string> Figure);
}
