using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>
/// All that is known of connections on one HTML page: figures, what stands out, charts, tables. It takes them as a capture
/// tells of them, in memory that does not grow with their number.
/// </summary>
public sealed class TrafficReport : IConnectionSink
{
    /// <summary>As many connections are listed unless somebody wants another number.</summary>
    public const int DefaultRows = 1000;

    private readonly TrafficSummary summary;
    private readonly ReportGroups groups = new();
    private readonly IReadOnlyList<IReportPicture> pictures;
    private readonly ConnectionSort sort;
    private readonly ConnectionList longest = new();
    private readonly IConnectionSink[] sinks;

    /// <param name="isFiltered">Whether connections may come with one of their two ends only.</param>
    /// <param name="rows">How many connections are listed, the longest ones.</param>
    /// <param name="pictures">In the order in which they are shown, none with connections yet; null or none: the page says that it
    /// has none. Those of TraceCap.Charts are <c>ReportCharts.All()</c>.</param>
    public TrafficReport(bool isFiltered, int rows, IReadOnlyList<IReportPicture>? pictures = null)
    {
        summary = new TrafficSummary(GroupBy.Process, isFiltered);
        this.pictures = pictures ?? [];
        sort = new ConnectionSort(ConnectionOrder.Lifetime, (ulong)rows, longest);
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

    /// <summary>The page. It needs no other file, and asks for none.</summary>
    /// <param name="recordings">What the connections were recorded in.</param>
    /// <param name="selection">Which connections were asked for, in the words of the command line; empty for all.</param>
    public string ToHtml(IReadOnlyList<RecordedSpan> recordings, string selection)
    {
        sort.End();
        return new ReportPage(new ReportContent(summary, groups, pictures, longest.Items), recordings).Write(selection);
    }
}
