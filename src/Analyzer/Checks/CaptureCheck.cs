using TraceCap.Analyzer.Conditions;
using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Checks;

/// <summary>Holds connections against expectations.</summary>
internal sealed class CaptureCheck : IConnectionSink
{
    private readonly IReadOnlyList<Expectation> expectations;
    private readonly SelectedFigures figures;

    /// <summary>Takes what is expected of one capture.</summary>
    public CaptureCheck(IReadOnlyList<Expectation> expectations)
    {
        this.expectations = expectations;
        figures = new SelectedFigures(expectations);
    }

    /// <summary>Whether expectations are judged by what was recorded, as if nothing were missing.</summary>
    public bool AllowLoss { get; init; }

    /// <summary>Reads a capture to its end, and holds all of it against expressions.</summary>
    /// <param name="capture">A capture file.</param>
    /// <param name="expressions">Such as <c>failed == 0</c>.</param>
    /// <exception cref="ConditionFormatException">An expression is none.</exception>
    /// <inheritdoc cref="ConnectionList.Read" path="/exception" />
    public static IReadOnlyList<CheckResult> Run(Stream capture, params IEnumerable<string> expressions)
    {
        var check = new CaptureCheck([.. expressions.Select(Expectation.Parse)]);
        ConnectionFeed.ReadAll(capture, check);
        return check.Results();
    }

    /// <inheritdoc />
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording) => figures.Take(connections, recording);

    /// <inheritdoc />
    public void End(IReadOnlyList<RecordedSpan> recordings) => figures.End(recordings);

    /// <summary>What became of the expectations, in their order.</summary>
    public IReadOnlyList<CheckResult> Results() =>
        [.. expectations.Select(expectation => new CheckResult(
            expectation, [.. expectation.Terms.Select(term => new CheckedTerm(term, KnownFigure.Of(term, figures.Of(term), AllowLoss)))]))];
}
