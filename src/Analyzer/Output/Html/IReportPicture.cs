using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Output.Tables;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>A picture of a report. It takes the connections that the report takes, and is drawn when all are there. The report
/// knows no library that draws: its pictures are given to it.</summary>
internal interface IReportPicture : IConnectionSink
{
    /// <summary>Unlike those of the others; letters only.</summary>
    string Name { get; }

    /// <summary>How to read it.</summary>
    string Explanation { get; }

    /// <summary>What it shows, in words.</summary>
    /// <param name="recordings">What the connections were recorded in.</param>
    string Describe(IReadOnlyList<RecordedSpan> recordings);

    /// <summary>The numbers that it shows.</summary>
    /// <inheritdoc cref="Describe" path="/param" />
    TableData Data(IReadOnlyList<RecordedSpan> recordings);

    /// <summary>Draws it as SVG, in the colours of <see cref="ColorTheme.Light"/>: the page puts those of its own theme in their
    /// place.</summary>
    /// <inheritdoc cref="Describe" path="/param" />
    string ToSvg(IReadOnlyList<RecordedSpan> recordings);
}
