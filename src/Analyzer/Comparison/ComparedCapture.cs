using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Comparison;

/// <summary>One of two captures that are compared. Memory is bounded.</summary>
internal sealed class ComparedCapture : IConnectionSink
{
    private readonly SelectedFigures figures;

    /// <param name="expectations">Expectations about both, for which figures of their connections are kept.</param>
    /// <param name="mostGroups">Of each kind as many groups are kept.</param>
    public ComparedCapture(IReadOnlyList<Expectation> expectations, int mostGroups = ComparedGroups.MaxGroups)
    {
        figures = new SelectedFigures(expectations, Clock);
        Groups = [.. new[] { GroupBy.Service, GroupBy.Peer, GroupBy.Errno }.Select(by => new ComparedGroups(Grouping.Of(by), Clock, mostGroups))];
    }

    /// <summary>The figures of all connections.</summary>
    public CaptureFigures Figures => figures.All;

    /// <summary>The intervals of time that figures are counted by.</summary>
    internal IntervalClock Clock { get; } = new();

    /// <summary>Services, peers, and reasons of failures.</summary>
    internal IReadOnlyList<ComparedGroups> Groups { get; }

    /// <summary>Reads a capture to its end.</summary>
    /// <param name="capture">A capture file.</param>
    /// <param name="expectations">What it and another are held against.</param>
    /// <inheritdoc cref="ConnectionFeed.ReadAll" path="/exception" />
    public static ComparedCapture Read(Stream capture, params IReadOnlyList<Expectation> expectations)
    {
        var compared = new ComparedCapture(expectations);
        ConnectionFeed.ReadAll(capture, compared);
        return compared;
    }

    /// <inheritdoc />
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        figures.Take(connections, recording);
        foreach (ref readonly var connection in connections)
        {
            Course?.Add(in connection, recording);
            foreach (var groups in Groups)
            {
                groups.Add(in connection, recording);
            }
        }
    }

    /// <inheritdoc />
    public void End(IReadOnlyList<RecordedSpan> recordings)
    {
        Clock.End(recordings);
        Course?.End(recordings);
        figures.End(recordings);
    }

    /// <summary>What happened by time; null unless it is set before connections come.</summary>
    internal ComparedCourse? Course { get; init; }

    internal CaptureFigures FiguresOf(MetricComparison term) => figures.Of(term);
}
