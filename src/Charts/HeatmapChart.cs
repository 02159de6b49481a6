using TraceCap.Analyzer.Connections;

namespace TraceCap.Charts;

/// <summary><c>heatmap</c>: the lifetimes of connections whose beginning and end were seen.</summary>
internal sealed class HeatmapChart(ChartOptions options) : Heatmap(options)
{
    /// <inheritdoc />
    public override ChartText Describe(IReadOnlyList<RecordedSpan> recordings) => new(
        "Lifetimes over time",
        (Count == 0 ? "no connection was seen from its beginning to its end" : ChartText.Invariant($"n = {Count:N0} that ended, at the time when they did")) + Events(recordings));

    private protected override string YLabel => "lifetime (logarithmic)";

    private protected override string Counted => "ended";

    private protected override string Column => "lifetime";

    private protected override void Add(in Connection connection, RecordedSpan recording)
    {
        if (connection is { IsPreexisting: false, Ending: ConnectionEnding.Closed or ConnectionEnding.Reset })
        {
            Take(connection.Ended, connection.Lifetime, recording);
        }
    }
}
