using TraceCap.Analyzer.Charts;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>
/// All that is known of connections on one HTML page: figures, findings, charts, tables. It takes them as a capture
/// tells of them, in memory that does not grow with their number.
/// </summary>
public sealed class TrafficReport : IConnectionSink
{
    /// <summary>As many connections are listed unless somebody wants another number.</summary>
    public const int DefaultRows = 1000;

    private readonly ConnectionSort sort;
    private readonly ConnectionList longest = new();
    private readonly IConnectionSink[] sinks;

    /// <param name="rows">How many connections are listed, the longest ones.</param>
    /// <exception cref="ChartException">A native library that draws is not there.</exception>
    public TrafficReport(int rows)
    {
        Summary = new TrafficSummary(GroupBy.Process);
        Charts = ReportChart.All();
        sort = new ConnectionSort(ConnectionOrder.Lifetime, (ulong)rows, longest);
        sinks = [Summary, Groups, .. Charts.Select(chart => chart.Chart), sort];
    }

    /// <summary>What the connections were recorded in.</summary>
    internal IReadOnlyList<RecordedSpan> Recordings { get; private set; } = [];

    /// <summary>The figures of all connections, and those of each process.</summary>
    internal TrafficSummary Summary { get; }

    /// <summary>The figures by everything else.</summary>
    internal ReportGroups Groups { get; } = new();

    /// <summary>In the order in which they are shown.</summary>
    internal IReadOnlyList<ReportChart> Charts { get; }

    /// <summary>The connections that are listed, the longest first.</summary>
    internal IReadOnlyList<(Connection Connection, RecordedSpan Recording)> Longest => longest.Items;

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
        Recordings = recordings;
        foreach (var sink in sinks)
        {
            sink.End(recordings);
        }
    }

    /// <summary>The page. It needs no other file, and asks for none.</summary>
    /// <param name="selection">Which connections were asked for, in the words of the command line; empty for all.</param>
    public string ToHtml(string selection) => new ReportPage(this).Write(selection);
}
