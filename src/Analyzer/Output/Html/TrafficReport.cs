using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>
/// All that is known of connections on one HTML page: figures, findings, charts, tables. It takes them as a capture
/// says of them, in memory that does not grow with their number.
/// </summary>
internal sealed class TrafficReport : IConnectionSink
{
    /// <summary>As many connections are listed unless another number is given.</summary>
    public const int DefaultRows = 1000;

    private readonly TrafficSummary summary = new(GroupBy.Process);
    private readonly ReportGroups groups = new();
    private readonly IReadOnlyList<IReportPicture> pictures;
    private readonly ConnectionSort sort;
    private readonly ConnectionList longest = new();
    private readonly IConnectionSink[] sinks;
    private IReadOnlyList<RecordedSpan> recorded = [];

    /// <param name="rows">How many connections are listed, the longest ones.</param>
    /// <param name="pictures">In the order in which they are shown, none with connections yet; null or none: the page says that it
    /// has none. Those of TraceCap.Charts are <c>ReportCharts.All()</c>.</param>
    public TrafficReport(int rows, IReadOnlyList<IReportPicture>? pictures = null)
    {
        this.pictures = pictures ?? [];
        sort = new ConnectionSort(ConnectionOrders.Longest, (ulong)rows, longest);
        sinks = [summary, groups, .. this.pictures, sort];
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
            sink.End(recordings);
        }
    }

    /// <summary>The page. It needs no other file, and asks for none.</summary>
    /// <param name="selection">Which connections were asked for, in the words of the command line; empty for all.</param>
    /// <param name="command">What shows the rows of a finding; null: files are not named.</param>
    public string ToHtml(string selection, FindingCommand? command = null) =>
        new ReportPage(new ReportContent(recorded, summary, groups, pictures, longest.Items), command ?? FindingCommand.OfAnyFile).Write(selection);
}
