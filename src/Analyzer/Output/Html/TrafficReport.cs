using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Output.Html.Rows;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>
/// All that is known of connections on one HTML page: figures, findings, charts, tables, and the connections themselves, to be explored.
/// It takes them as a capture says of them, in memory that does not grow with their number: what is too much waits in a temporary file.
/// </summary>
internal sealed class TrafficReport : IConnectionSink
{
    /// <summary>So many of the longest are always there.</summary>
    private const int Longest = 1000;

    /// <summary>As many wait in memory; more are in a file until the end.</summary>
    private const int Spooled = 1 << 15;

    private readonly TrafficSummary summary = new(GroupBy.Process);
    private readonly ReportGroups groups;
    private readonly IReadOnlyList<IReportPicture> pictures;
    private readonly ConnectionSort longest;
    private readonly LeastLifetime leastLifetime = new();
    private readonly ConnectionSort spool;
    private readonly RepresentativeRows rows;
    private readonly int? mostRows;
    private readonly IConnectionSink[] sinks;
    private IReadOnlyList<RecordedSpan> recorded = [];
    private FindingRows[] findings = [];
    private ConnectionContext? context;

    /// <param name="rows">As many connections the page holds at most; null: as many as keep it small.</param>
    /// <param name="pictures">In the order in which they are shown, none with connections yet; null or none: the page says that it
    /// has none. Those of TraceCap.Charts are <c>ReportCharts.All()</c>.</param>
    /// <param name="by">What there is a table of beside the usual ones; null: nothing.</param>
    public TrafficReport(int? rows = null, IReadOnlyList<IReportPicture>? pictures = null, Grouping? by = null)
    {
        this.pictures = pictures ?? [];
        mostRows = rows;
        groups = new ReportGroups(by);
        longest = new ConnectionSort(ConnectionOrders.Longest, Longest, leastLifetime);
        this.rows = new RepresentativeRows(rows ?? ReportPage.UsualRows, Matters);
        spool = new ConnectionSort((in _, _, in _, _) => 0, ulong.MaxValue, this.rows, Spooled);
        sinks = [summary, groups, .. this.pictures, longest, spool];
    }

    /// <inheritdoc />
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        foreach (var sink in sinks)
        {
            sink.Take(connections, recording);
        }
    }

    /// <inheritdoc />
    public void End(IReadOnlyList<RecordedSpan> recordings)
    {
        recorded = recordings;
        foreach (var sink in sinks)
        {
            if (sink == spool)
            {
                // What matters is known when all else is.
                findings = [.. FindingList.ForPeople(summary.Findings).Shown.Select(one => one.Finding.Rows).OfType<FindingRows>()];
            }

            sink.End(recordings);
        }
    }

    /// <summary>The page. It needs no other file, and asks for none.</summary>
    /// <param name="selection">Which connections were asked for, in the words of the command line; empty for all.</param>
    /// <param name="command">What shows the rows of a finding; null: files are not named.</param>
    public string ToHtml(string selection, FindingCommand? command = null) =>
        new ReportPage(new ReportContent(recorded, summary, groups, pictures, rows, mostRows), command ?? FindingCommand.OfAnyFile).Write(selection);

    private bool Matters(in Connection connection, RecordedSpan recording)
    {
        if (connection.Ending == ConnectionEnding.Failed || connection.Lifetime >= leastLifetime.Nanoseconds)
        {
            return true;
        }

        context = ConnectionContext.Of(recording, context);
        foreach (var finding in findings)
        {
            if (finding.Has(in connection, context))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The shortest lifetime of the longest; none is as long if there are none.</summary>
    private sealed class LeastLifetime : IConnectionSink
    {
        internal ulong Nanoseconds { get; private set; } = ulong.MaxValue;

        public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
        {
            foreach (ref readonly var connection in connections)
            {
                Nanoseconds = Math.Min(Nanoseconds, connection.Lifetime);
            }
        }
    }
}
