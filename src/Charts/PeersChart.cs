using ScottPlot.TickGenerators;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Tables;

namespace TraceCap.Charts;

/// <summary><c>peers</c>: bars, each divided by how its connections ended.</summary>
internal sealed class PeersChart(ChartOptions options) : StatisticsChart(options, options.By ?? GroupBy.Peer)
{
    private const int MaxBars = 20;

    private static readonly TableColumn[] counts =
        [.. new[] { "sockets", "closed", "reset", "failed", "open", "unseen" }.Select(name => TableColumn.Of(name, FieldTypes.Count))];

    /// <inheritdoc />
    public override ChartText Describe(IReadOnlyList<RecordedSpan> recordings) => new(
        Options.By is null || Options.By == Grouping.Of(GroupBy.Peer) ? "Connections by peer" : $"Connections{ByText}",
        All.Ends == 0 ? "no connection was seen" : ChartText.Invariant($"n = {All.Ends:N0} {LifetimeText.What(All)}: {All.Closed:N0} closed, {All.Reset:N0} reset, {All.Failed:N0} failed, {All.Open:N0} still open{(All.Unseen == 0 ? "" : ChartText.Invariant($", {All.Unseen:N0} ended unseen"))}") + Lost(recordings));

    /// <inheritdoc />
    public override TableData Data(IReadOnlyList<RecordedSpan> recordings) => new(
        [
            TableColumn.Of("group", FieldTypes.Text),
            .. counts,
        ],
        Groups(MaxBars).Select(group => (IReadOnlyList<FieldValue>)
        [
            FieldValue.Of(group.Label),
            .. new[] { group.Statistics.Ends, group.Statistics.Closed, group.Statistics.Reset, group.Statistics.Failed, group.Statistics.Open, group.Statistics.Unseen }
                .Select(count => FieldValue.Of((ulong)count)),
        ]));

    private protected override void Draw(ChartSheet sheet, IReadOnlyList<RecordedSpan> recordings)
    {
        var groups = Groups(MaxBars);
        var scale = new CountScale(groups.Select(group => group.Statistics.Ends).DefaultIfEmpty().Max(), Options.Log);
        sheet.AxisX(LifetimeText.What(All), scale.Zero, scale.Top, scale.Ticks());
        // Few bars are not to be fat.
        var rows = Math.Max(groups.Count, 6);
        var labels = new NumericManual();
        sheet.AxisY("", 0, rows, labels);
        sheet.HideGridY();
        (Boxes Boxes, Func<ConnectionStatistics, long> Count)[] parts =
        [
            (new Boxes(sheet.Theme.Of(ConnectionEnding.Closed), "closed"), of => of.Closed),
            (new Boxes(sheet.Theme.Of(ConnectionEnding.Reset), "reset"), of => of.Reset),
            (new Boxes(sheet.Theme.Of(ConnectionEnding.Failed), "failed"), of => of.Failed),
            (new Boxes(sheet.Theme.Of(ConnectionEnding.Open), "still open"), of => of.Open),
            (new Boxes(sheet.Theme.Of(ConnectionEnding.Unseen), "ended unseen"), of => of.Unseen),
        ];
        for (var i = 0; i < groups.Count; i++)
        {
            var middle = rows - i - 0.5;
            labels.AddMajor(middle, ChartSheet.Short(groups[i].Label));
            var sum = 0L;
            foreach (var (boxes, count) in parts)
            {
                var of = count(groups[i].Statistics);
                if (of > 0)
                {
                    boxes.Add(scale.At(sum), scale.At(sum + of), middle - 0.36, middle + 0.36);
                    sum += of;
                }
            }
        }

        Array.ForEach(parts, part => sheet.Add(part.Boxes));
    }
}
