using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Charts;

/// <summary><c>churn</c>: what happened to connections in each interval.</summary>
internal sealed class ChurnChart(ChartOptions options) : ActivityChart(options, options.By)
{
    /// <inheritdoc />
    public override ChartText Describe(IReadOnlyList<RecordedSpan> recordings)
    {
        var title = Options.By is null ? "Churn of connections" : $"Connections opened and accepted{ByText}";
        if (recordings.Count == 0 || IsEmpty)
        {
            return new ChartText(title, (recordings.Count == 0 ? "nothing was recorded" : "no connection was seen") + Lost(recordings));
        }

        var all = Total(recordings);
        return new ChartText(title, ChartText.Invariant(
            $"{Counted}: {all.Sum(of => of.Opened):N0} opened, {all.Sum(of => of.Accepted):N0} accepted, {all.Sum(of => of.Closed):N0} closed, {all.Sum(of => of.Failed):N0} failed") + Events(recordings));
    }

    private protected override void Draw(ChartSheet sheet, IReadOnlyList<RecordedSpan> recordings)
    {
        if (Options.By is null)
        {
            DrawLines(sheet, recordings, ("opened", of => of.Opened), ("accepted", of => of.Accepted), ("closed", of => of.Closed), ("failed", of => of.Failed));
        }
        else
        {
            DrawLines(sheet, recordings, ("begun", of => of.Opened + of.Accepted));
        }
    }

    private protected override string YLabel(TimeGrid grid) => $"number of {Counted} in each {DurationScale.Text(grid.Length)}";
}
