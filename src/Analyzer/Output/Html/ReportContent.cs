using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Output.Html.Rows;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>What a report shows.</summary>
/// <param name="Recordings">What the connections were recorded in.</param>
/// <param name="Summary">The figures of all connections, and those of each process.</param>
/// <param name="Groups">The figures by everything else.</param>
/// <param name="Pictures">In the order in which they are shown.</param>
/// <param name="Rows">The connections that the page may hold.</param>
/// <param name="MostRows">As many it holds at most; null: as many as keep it below <see cref="ReportPage.UsualBytes"/>.</param>
internal sealed record ReportContent(
    IReadOnlyList<RecordedSpan> Recordings,
    TrafficSummary Summary,
    ReportGroups Groups,
    IReadOnlyList<IReportPicture> Pictures,
    RepresentativeRows Rows,
    int? MostRows);
