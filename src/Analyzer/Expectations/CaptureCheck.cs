using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Expectations;

/// <summary>What became of an expectation.</summary>
/// <param name="Expectation">What was expected.</param>
/// <param name="Figure">What there was; null if there was nothing to measure.</param>
/// <param name="Holds">Whether it holds. Null if the figure is not known well enough to tell: then nobody should rely on
/// it.</param>
public sealed record CheckResult(Expectation Expectation, Figure? Figure, bool? Holds)
{
    /// <summary>The figure in words.</summary>
    public string FigureText => Figure is not { } figure
        ? "nothing to measure"
        : figure.Text(Expectation.Metric.Unit) + (Holds is null ? ", more is not known" : "");

    /// <summary>The expectation, whether it holds, and the figure.</summary>
    public override string ToString() => $"{(Holds == true ? "ok" : "FAILED")}: {Expectation.Text}: {FigureText}";
}

/// <summary>Holds connections against expectations.</summary>
public sealed class CaptureCheck : IConnectionSink
{
    private readonly IReadOnlyList<Expectation> expectations;
    private readonly SelectedFigures figures;

    /// <summary>Takes what is expected of one capture.</summary>
    public CaptureCheck(IReadOnlyList<Expectation> expectations)
    {
        this.expectations = expectations;
        figures = new SelectedFigures(expectations);
    }

    /// <summary>Reads a capture to its end, and holds all of it against expressions.</summary>
    /// <param name="capture">A capture file.</param>
    /// <param name="expressions">Such as <c>failed == 0</c>.</param>
    /// <exception cref="ExpectationFormatException">An expression is none.</exception>
    /// <inheritdoc cref="ConnectionList.Read" path="/exception" />
    public static IReadOnlyList<CheckResult> Run(Stream capture, params IEnumerable<string> expressions)
    {
        var check = new CaptureCheck([.. expressions.Select(Expectation.Parse)]);
        return check.Results(ConnectionFeed.ReadAll(capture, check));
    }

    /// <inheritdoc />
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording) => figures.Take(connections, recording);

    /// <summary>What became of the expectations, in their order.</summary>
    /// <param name="recordings">What the connections were recorded in.</param>
    public IReadOnlyList<CheckResult> Results(IReadOnlyList<RecordedSpan> recordings)
    {
        figures.End(recordings);
        return [.. expectations.Select(expectation =>
        {
            var figure = expectation.Metric.Of(figures.Of(expectation));
            return new CheckResult(expectation, figure, expectation.Holds(figure));
        })];
    }
}
