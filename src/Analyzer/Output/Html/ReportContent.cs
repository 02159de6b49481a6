using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Findings;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>What a report shows.</summary>
/// <param name="Recordings">What the connections were recorded in.</param>
/// <param name="Summary">The figures of all connections, and those of each process.</param>
/// <param name="Groups">The figures by everything else.</param>
/// <param name="Pictures">In the order in which they are shown.</param>
/// <param name="Longest">The connections that are listed, the longest first.</param>
internal sealed record ReportContent(
    IReadOnlyList<RecordedSpan> Recordings,
    TrafficSummary Summary,
    ReportGroups Groups,
    IReadOnlyList<IReportPicture> Pictures,
    IReadOnlyList<(Connection Connection, RecordedSpan Recording)> Longest);
