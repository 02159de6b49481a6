using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Checks;

/// <summary>The figures that some expectations are about: one set for all connections, and one for each selector.</summary>
internal sealed class SelectedFigures : IConnectionSink
{
    private readonly Dictionary<ConnectionCondition, CaptureFigures> selected;

    internal SelectedFigures(IEnumerable<Expectation> expectations) => selected = expectations
        .SelectMany(expectation => expectation.Terms).Select(term => term.Selector).OfType<ConnectionCondition>().Distinct()
        .ToDictionary(selector => selector, selector => new CaptureFigures(selector));

    /// <summary>Those of all connections.</summary>
    internal CaptureFigures All { get; } = new();

    private IEnumerable<CaptureFigures> Each => selected.Values.Prepend(All);

    /// <summary>Those that a comparison is about.</summary>
    internal CaptureFigures Of(MetricComparison term) => term.Selector is { } selector ? selected[selector] : All;

    /// <inheritdoc />
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        foreach (var figures in Each)
        {
            figures.Take(connections, recording);
        }
    }

    /// <inheritdoc />
    public void End(IReadOnlyList<RecordedSpan> recordings)
    {
        foreach (var figures in Each)
        {
            figures.End(recordings);
        }
    }
}
