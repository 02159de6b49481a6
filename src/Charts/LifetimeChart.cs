using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Charts;

/// <summary><c>lifetime</c>: how many connections lived how long.</summary>
internal sealed class LifetimeChart(ChartOptions options) : StatisticsChart(options, options.By)
{
    /// <inheritdoc />
    public override ChartText Describe(IReadOnlyList<RecordedSpan> recordings) => new(
        $"Lifetime of connections{ByText}", LifetimeText.Describe(All) + Lost(recordings));

    private protected override bool IsEmpty => All.Lifetimes.Ended + All.Lifetimes.Censored == 0;

    private protected override void Draw(ChartSheet sheet, IReadOnlyList<RecordedSpan> recordings)
    {
        var (from, to) = LifetimeText.Limits(All.Lifetimes);
        // As many bars as can be told apart, whatever they span.
        var perDecade = (to - from) switch { <= 3 => 20, <= 6 => 10, _ => 5 };
        var groups = Groups(MaxGroups).Select(group => (group.Label, group.IsRest, Bars: Bars(group.Statistics.Lifetimes, perDecade))).ToArray();
        var scale = new CountScale(groups.SelectMany(group => group.Bars.Values).Select(bar => Options.By is null ? Math.Max(bar.Ended, bar.Censored) : bar.Ended + bar.Censored).DefaultIfEmpty().Max(), Options.Log);
        sheet.AxisX(ChartText.Invariant($"lifetime ({perDecade} steps to each power of ten)"), from, to, DurationScale.Ticks(from, to));
        sheet.AxisY(LifetimeText.What(All), scale.Zero, scale.Top, scale.Ticks());
        if (Options.By is null)
        {
            DrawBars(sheet, scale, groups[0].Bars, perDecade);
            sheet.AddPercentiles(All.Lifetimes);
            return;
        }

        for (var i = 0; i < groups.Length; i++)
        {
            if (groups[i].Bars.Count == 0)
            {
                continue;
            }

            var line = sheet.Series(i, groups[i].Label, groups[i].IsRest);
            foreach (var number in Enumerable.Range((int)(from * perDecade), (int)((to - from) * perDecade)))
            {
                var bar = groups[i].Bars.GetValueOrDefault(number);
                line.Add((double)number / perDecade, (number + 1.0) / perDecade, scale.At(bar.Ended + bar.Censored));
            }

            sheet.Add(line);
        }
    }

    private static void DrawBars(ChartSheet sheet, CountScale scale, Dictionary<int, (long Ended, long Censored)> bars, int perDecade)
    {
        var ended = new Boxes(sheet.Theme.Series[0], "ended");
        var censored = new Boxes(sheet.Theme.Other, "still open: lived longer");
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
        foreach (var bucket in lifetimes.Distribution())
        {
            var number = (int)(DurationScale.At(bucket.Nanoseconds) * perDecade);
            var bar = bars.GetValueOrDefault(number);
            bars[number] = (bar.Ended + bucket.Ended, bar.Censored + bucket.Censored);
        }

        return bars;
    }
}
