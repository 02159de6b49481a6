using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Tables;

namespace TraceCap.Charts;

/// <summary><c>peers</c>: bars, each divided by how its connections ended.</summary>
internal sealed class PeersChart(ChartOptions options) : StatisticsChart(options, options.By ?? GroupBy.Peer)
{
    private const int MaxBars = 20;

    // In pixels of the default size: a bar with its name, and what is above and below all of them.
    private const double BarHeight = 15;
    private const double Around = 150;

    // Bars that may be broken, how many times longer than the next one such a bar is, and how much longer than it is drawn.
    private const int MaxBroken = 3;
    private const double Dwarfs = 4;
    private const double Broken = 1.3;

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
        // As many as can be read, and all others.
        var groups = Groups((int)Math.Clamp(((sheet.Height - Around) / BarHeight) - 1, 3, MaxBars));
        var limit = Limit(groups);
        // A value stands beside each bar.
        var scale = new CountScale(limit * 1.15, log: false);
        sheet.AxisX($"number of {LifetimeText.What(All)}", scale.Zero, scale.Top, scale.Ticks());
        // Few bars are not to be fat.
        var rows = Math.Max(groups.Count, 6);
        var labels = new FittingTicks();
        sheet.AxisY("", 0, rows, labels);
        sheet.HideGridY();
        var breaks = new Breaks(sheet.Theme.Background, sheet.Theme.Text, "not to scale");
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
            labels.AddMajor(middle, sheet.Name(groups[i].Label));
            var (sum, ends) = (0L, groups[i].Statistics.Ends);
            // A bar that is broken keeps its proportions.
            var shrunk = ends > limit ? limit / ends : 1;
            foreach (var (boxes, count) in parts)
            {
                var of = count(groups[i].Statistics);
                if (of > 0)
                {
                    boxes.Add(scale.At(sum * shrunk), scale.At((sum + of) * shrunk), middle - 0.36, middle + 0.36);
                    sum += of;
                }
            }

            if (shrunk < 1)
            {
                breaks.Add(limit * 0.9, middle - 0.36, middle + 0.36);
            }

            sheet.AddValue(scale.At(ends * shrunk), middle, ChartText.Invariant($"{ends:N0}"));
        }

        Array.ForEach(parts, part => sheet.Add(part.Boxes));
        sheet.Add(breaks);
    }

    /// <summary>As long is the longest bar, so that the others can be compared: one that dwarfs the rest is broken.</summary>
    private static double Limit(IReadOnlyList<Group> groups)
    {
        var named = groups.Where(group => !group.IsRest).Select(group => (double)group.Statistics.Ends).OrderDescending().ToArray();
        var limit = named.FirstOrDefault();
        for (var i = 0; i < Math.Min(named.Length - 1, MaxBroken); i++)
        {
            if (named[i] > Dwarfs * Math.Max(named[i + 1], 1))
            {
                limit = named[i + 1] * Broken;
            }
        }

        return Math.Max(1, groups.Where(group => group.IsRest).Select(group => (double)group.Statistics.Ends).Select(rest => rest > limit * Broken ? limit * Broken : Math.Max(rest, limit)).FirstOrDefault(limit));
    }
}
