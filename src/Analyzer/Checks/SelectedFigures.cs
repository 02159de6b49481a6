using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Checks;

/// <summary>The figures that some expectations are about: one set for all connections, and one for each selector.</summary>
internal sealed class SelectedFigures : IConnectionSink
{
    private readonly Dictionary<ConnectionCondition, CaptureFigures> selected;

    /// <param name="expectations">What there is to know.</param>
    /// <param name="clock">The intervals that a comparison goes by; null if there will be none.</param>
    internal SelectedFigures(IEnumerable<Expectation> expectations, IntervalClock? clock = null)
    {
        All = new CaptureFigures(clock: clock);
        selected = expectations
            .SelectMany(expectation => expectation.Terms).Select(term => term.Selector).OfType<ConnectionCondition>().Distinct()
            .ToDictionary(selector => selector, selector => new CaptureFigures(selector, clock));
    }

    /// <summary>Those of all connections.</summary>
    internal CaptureFigures All { get; }

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
