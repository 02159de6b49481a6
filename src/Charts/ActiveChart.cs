using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Charts;

/// <summary><c>active</c>: how many connections were open at once.</summary>
internal sealed class ActiveChart(ChartOptions options) : ActivityChart(options, options.By)
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
            $"{Counted} open at once: {max:N0} at most, {end:N0} at the end") + Growth(recordings) + Events(recordings));
    }

    private protected override bool IsLevel => true;

    private protected override void Draw(ChartSheet sheet, IReadOnlyList<RecordedSpan> recordings) =>
        DrawLines(sheet, recordings, ("", of => of.Peak));

    private protected override string YLabel(TimeGrid grid) => $"most {Counted} open at once in each {DurationScale.Text(grid.Length)}";

    /// <summary>That they are more from quarter to quarter, and at the end twice as many as after the first: what a leak looks like.</summary>
    private string Growth(IReadOnlyList<RecordedSpan> recordings)
    {
        var all = Total(recordings);
        if (all.Length < 8)
        {
            return "";
        }

        var quarters = Enumerable.Range(1, 4).Select(quarter => all[(quarter * all.Length / 4) - 1].Active).ToArray();
        var grows = quarters[3] >= Math.Max(10, 2 * quarters[0]) && quarters.Zip(quarters.Skip(1)).All(pair => pair.Second > pair.First);
        return grows ? ChartText.Invariant($"; they grow all the time: {quarters[0]:N0}, {quarters[1]:N0}, {quarters[2]:N0} and {quarters[3]:N0} after each quarter of it") : "";
    }
}
