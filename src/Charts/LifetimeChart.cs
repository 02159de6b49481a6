using ScottPlot;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Tables;

namespace TraceCap.Charts;

/// <summary><c>lifetime</c>: how many connections lived how long.</summary>
internal sealed class LifetimeChart(ChartOptions options) : StatisticsChart(options, options.By)
{
    private const string StillOpen = "still open: lived longer";

    /// <inheritdoc />
    public override ChartText Describe(IReadOnlyList<RecordedSpan> recordings) => new(
        $"Lifetime of connections{ByText}", LifetimeText.Describe(All) + Lost(recordings));

    /// <inheritdoc />
    public override TableData Data(IReadOnlyList<RecordedSpan> recordings)
    {
        var perDecade = PerDecade();
        var shown = Options.By is null ? [("", All.Lifetimes)] : Groups(MaxGroups).Select(group => (group.Label, group.Statistics.Lifetimes));
        return new TableData(
            [
                .. GroupColumn,
                TableColumn.Of("lifetime_from_ns", FieldTypes.Duration),
                TableColumn.Of("lifetime_to_ns", FieldTypes.Duration),
                TableColumn.Of("ended", FieldTypes.Count),
                TableColumn.Of("still_open", FieldTypes.Count),
            ],
            shown.SelectMany(group => Bars(group.Item2, perDecade).OrderBy(bar => bar.Key).Select(bar => (IReadOnlyList<FieldValue>)
            [
                .. GroupValue(group.Item1),
                FieldValue.Of(Edge(bar.Key)),
                FieldValue.Of(Edge(bar.Key + 1)),
                FieldValue.Of((ulong)bar.Value.Ended),
                FieldValue.Of((ulong)bar.Value.Censored),
            ])));

        ulong Edge(int number) => (ulong)Math.Min(Math.Round(Math.Pow(10, (double)number / perDecade)), ulong.MaxValue);
    }

    private protected override bool IsEmpty => All.Lifetimes.Ended + All.Lifetimes.Censored == 0;

    private protected override void Draw(ChartSheet sheet, IReadOnlyList<RecordedSpan> recordings)
    {
        var (from, to) = LifetimeText.Limits(All.Lifetimes);
        var perDecade = PerDecade();
        var all = Bars(All.Lifetimes, perDecade);
        (string Label, bool IsRest, Dictionary<int, (long Ended, long Censored)> Bars)[] groups = Options.By is null
            ? [("", false, all)]
            : [.. Groups(MaxGroups).Select(group => (group.Label, group.IsRest, Bars(group.Statistics.Lifetimes, perDecade)))];
        var most = Math.Max(
            groups.SelectMany(group => group.Bars.Values).Select(bar => bar.Ended).DefaultIfEmpty().Max(),
            all.Values.Select(bar => bar.Censored).DefaultIfEmpty().Max());
        var scale = new CountScale(most, Options.Log);
        sheet.AxisX(ChartText.Invariant($"lifetime ({perDecade} steps to each power of ten)"), from, to, DurationScale.Ticks(from, to));
        sheet.AxisY(LifetimeText.What(All), scale.Zero, scale.Top, scale.Ticks());
        if (Options.By is null)
        {
            DrawBars(sheet, scale, all, perDecade);
            sheet.AddPercentiles(All.Lifetimes);
            return;
        }

        var numbers = Enumerable.Range((int)(from * perDecade), (int)((to - from) * perDecade)).ToArray();
        for (var i = 0; i < groups.Length; i++)
        {
            DrawLine(sheet.Series(i, groups[i].Label, groups[i].IsRest), number => groups[i].Bars.GetValueOrDefault(number).Ended);
        }

        // How long those lived is not known: they are no part of any line.
        DrawLine(new Steps(sheet.Theme.Other, LinePattern.Dotted, StillOpen), number => all.GetValueOrDefault(number).Censored);

        void DrawLine(Steps line, Func<int, long> count)
        {
            if (Array.TrueForAll(numbers, number => count(number) == 0))
            {
                return;
            }

            foreach (var number in numbers)
            {
                line.Add((double)number / perDecade, (number + 1.0) / perDecade, scale.At(count(number)));
            }

            sheet.Add(line);
        }
    }

    /// <summary>As many bars as can be told apart, whatever they span.</summary>
    private int PerDecade()
    {
        var (from, to) = LifetimeText.Limits(All.Lifetimes);
        return (to - from) switch { <= 3 => 20, <= 6 => 10, _ => 5 };
    }

    private static void DrawBars(ChartSheet sheet, CountScale scale, Dictionary<int, (long Ended, long Censored)> bars, int perDecade)
    {
        var ended = new Boxes(sheet.Theme.Series[0], "ended");
        var censored = new Boxes(sheet.Theme.Other, StillOpen);
        foreach (var (number, bar) in bars)
        {
            // A little space keeps bars apart. Those of one step stand side by side: stacked ones would be distorted by a
            // logarithmic scale.
            var (left, right) = ((number + 0.04) / perDecade, (number + 0.96) / perDecade);
            var middle = bar.Ended == 0 ? left : bar.Censored == 0 ? right : (left + right) / 2;
            if (bar.Ended > 0)
            {
                ended.Add(left, middle, scale.Zero, scale.At(bar.Ended));
            }

            if (bar.Censored > 0)
            {
                censored.Add(middle, right, scale.Zero, scale.At(bar.Censored));
            }
        }

        sheet.Add(ended);
        sheet.Add(censored);
    }

    private static Dictionary<int, (long Ended, long Censored)> Bars(LifetimeHistogram lifetimes, int perDecade)
    {
        var bars = new Dictionary<int, (long Ended, long Censored)>();
        foreach (var step in lifetimes.Distribution.Steps)
        {
            var number = (int)(DurationScale.At(step.Nanoseconds) * perDecade);
            var bar = bars.GetValueOrDefault(number);
            bars[number] = (bar.Ended + step.Ended, bar.Censored + step.Censored);
        }

        return bars;
    }
}
