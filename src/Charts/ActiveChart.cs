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

        var (grid, all) = Total(recordings);
        return new ChartText(title, ChartText.Invariant(
            $"{Ends} open at the end of each {DurationScale.Text(grid.Length)}: {all.Max(of => of.Active):N0} at most, {all[^1].Active:N0} at the end") + Lost(recordings));
    }

    private protected override void Draw(ChartSheet sheet, IReadOnlyList<RecordedSpan> recordings) =>
        DrawLines(sheet, recordings, ("", of => of.Active));

    private protected override string YLabel(TimeGrid grid) => $"{Ends} open";
}
