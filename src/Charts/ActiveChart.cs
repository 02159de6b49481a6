using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Charts;

/// <summary><c>active</c>: how many connections were open at once.</summary>
internal sealed class ActiveChart(ChartOptions options) : ActivityChart(options)
{
    /// <inheritdoc />
    public override ChartText Describe(IReadOnlyList<RecordedSpan> recordings)
    {
        var title = $"Active connections{ByText}";
        if (recordings.Count == 0 || IsEmpty)
        {
            return new ChartText(title, (recordings.Count == 0 ? "nothing was recorded" : "no connection was seen") + Lost(recordings));
        }

        var (max, end) = Open(recordings);
        return new ChartText(title, ChartText.Invariant(
            $"{Counted} open at once: {max:N0} at most, {end:N0} at the end") + Lost(recordings));
    }

    private protected override void Draw(ChartSheet sheet, IReadOnlyList<RecordedSpan> recordings) =>
        DrawLines(sheet, recordings, ("", of => of.Peak));

    private protected override string YLabel(TimeGrid grid) => $"most {Counted} open at once, per {DurationScale.Text(grid.Length)}";
}
