using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Charts;

/// <summary><c>connect</c>: how long it took to connect, over time: where packets are lost there are bands at 1 s, 3 s and 7 s, when the
/// kernel sends the SYN again.</summary>
internal sealed class ConnectChart(ChartOptions options) : Heatmap(options)
{
    private readonly ConnectionStatistics statistics = new();

    /// <inheritdoc />
    public override ChartText Describe(IReadOnlyList<RecordedSpan> recordings)
    {
        const string title = "Connect times over time";
        if (Count == 0)
        {
            return new ChartText(title, "no connection was seen whose connect time is known" + Events(recordings));
        }

        var times = statistics.ConnectTimes;
        return new ChartText(title, ChartText.Invariant(
            $"n = {Count:N0} that this host established; p50 {times.At(0.5)}, p90 {times.At(0.9)}, p99 {times.At(0.99)}, max {times.Max}; {statistics.SlowConnects:N0} took 1 s or more")
            + Events(recordings));
    }

    private protected override string YLabel => "from SYN to established (logarithmic)";

    private protected override string Counted => "established";

    private protected override string Column => "connect";

    private protected override void Add(in Connection connection, RecordedSpan recording)
    {
        if (connection is { IsPreexisting: false, ConnectTime: > 0, Ending: not ConnectionEnding.Failed })
        {
            statistics.Add(in connection, recording);
            Take(connection.Opened, connection.ConnectTime, recording);
        }
    }
}
