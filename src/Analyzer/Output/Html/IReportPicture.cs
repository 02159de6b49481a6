using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>A picture of a report. It takes the connections that the report takes, and is drawn when all are there. The report
/// knows no library that draws: its pictures are given to it.</summary>
internal interface IReportPicture : IConnectionSink
{
    /// <summary>Unlike those of the others; letters only.</summary>
    string Name { get; }

    /// <summary>How to read it.</summary>
    string Explanation { get; }

    /// <summary>Draws it as SVG, in the colours of <see cref="ColorTheme.Light"/>: the page puts those of its own theme in their
    /// place.</summary>
    /// <param name="recordings">What the connections were recorded in.</param>
    string ToSvg(IReadOnlyList<RecordedSpan> recordings);
}
