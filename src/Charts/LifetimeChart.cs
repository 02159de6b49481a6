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
        // What a logarithmic scale would distort is not stacked.
        var most = Options.IsLog
            ? Math.Max(groups.SelectMany(group => group.Bars.Values).Select(bar => bar.Ended).DefaultIfEmpty().Max(), all.Values.Select(bar => bar.Censored).DefaultIfEmpty().Max())
            : all.Values.Select(bar => bar.Ended + bar.Censored).DefaultIfEmpty().Max();
        var scale = new CountScale(most, Options.IsLog);
        sheet.AxisX(ChartText.Invariant($"lifetime ({perDecade} steps to each power of ten)"), from, to, DurationScale.Ticks(from, to));
        sheet.AxisY($"number of {LifetimeText.What(All)} in each step", scale.Zero, scale.Top, scale.Ticks());
        if (Options.By is not null && Options.IsLog)
        {
            DrawLines(sheet, scale, groups, all, from, to, perDecade);
            return;
        }

        DrawBars(sheet, scale, groups, perDecade);
        if (Options.By is null)
        {
            sheet.AddPercentiles(All.Lifetimes);
        }
    }

    /// <summary>As many bars as can be told apart, whatever they span.</summary>
    private int PerDecade()
    {
        var (from, to) = LifetimeText.Limits(All.Lifetimes);
        return (to - from) switch { <= 3 => 20, <= 6 => 10, _ => 5 };
    }

    /// <summary>Draws bars, those still open hatched, on top of those that ended: stacked, or side by side on a logarithmic scale.</summary>
    private static void DrawBars(ChartSheet sheet, CountScale scale, (string Label, bool IsRest, Dictionary<int, (long Ended, long Censored)> Bars)[] groups, int perDecade)
    {
        var ended = groups.Select((group, i) => new Boxes(ColorOf(i), groups.Length == 1 && group.Label == "" ? "ended" : ChartSheet.Short(group.Label))).ToArray();
        // Of each colour one word: of those of which none ended, that they are open.
        var firstOpen = Array.FindIndex(groups, group => HasOpen(group) && HasEnded(group));
        var open = groups.Select((group, i) => new Boxes(
            ColorOf(i), i == firstOpen ? StillOpen : group.Label != "" && !HasEnded(group) ? $"{ChartSheet.Short(group.Label)}, {StillOpen}" : firstOpen < 0 ? StillOpen : "")
        { IsHatched = true }).ToArray();
        foreach (var number in groups.SelectMany(group => group.Bars.Keys).Distinct())
        {
            // A little space keeps bars apart.
            var (left, right) = ((number + 0.04) / perDecade, (number + 0.96) / perDecade);
            var (middle, sum) = ((left + right) / 2, 0L);
            var isSplit = scale.IsLog && Array.Exists(groups, group => group.Bars.GetValueOrDefault(number) is { Ended: > 0, Censored: > 0 });
            for (var i = 0; i < groups.Length; i++)
            {
                Stack(ended[i], groups[i].Bars.GetValueOrDefault(number).Ended, left, isSplit ? middle : right);
            }

            sum = scale.IsLog ? 0 : sum;
            for (var i = 0; i < groups.Length; i++)
            {
                Stack(open[i], groups[i].Bars.GetValueOrDefault(number).Censored, isSplit ? middle : left, right);
            }

            void Stack(Boxes boxes, long count, double from, double to)
            {
                if (count > 0)
                {
                    boxes.Add(from, to, sum == 0 ? scale.Zero : scale.At(sum), scale.At(sum + count));
                    sum += count;
                }
            }
        }

        Array.ForEach([.. ended, .. open], sheet.Add);

        string ColorOf(int i) => groups[i].IsRest ? sheet.Theme.Other : sheet.Theme.Series[i];

        static bool HasEnded((string Label, bool IsRest, Dictionary<int, (long Ended, long Censored)> Bars) group) => group.Bars.Values.Any(bar => bar.Ended > 0);

        static bool HasOpen((string Label, bool IsRest, Dictionary<int, (long Ended, long Censored)> Bars) group) => group.Bars.Values.Any(bar => bar.Censored > 0);
    }

    private static void DrawLines(
        ChartSheet sheet, CountScale scale, (string Label, bool IsRest, Dictionary<int, (long Ended, long Censored)> Bars)[] groups, Dictionary<int, (long Ended, long Censored)> all, double from, double to, int perDecade)
    {
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
