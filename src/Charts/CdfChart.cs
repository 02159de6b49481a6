using ScottPlot.TickGenerators;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Tables;

namespace TraceCap.Charts;

/// <summary><c>cdf</c>: Kaplan and Meier's estimate, so that a curve ends below 100 % where the longest
/// connections were still open.</summary>
internal sealed class CdfChart(ChartOptions options) : StatisticsChart(options, options.By)
{
    /// <inheritdoc />
    public override ChartText Describe(IReadOnlyList<RecordedSpan> recordings) => new(
        Options.Log ? $"Share of connections that lived longer{ByText}" : $"Share of connections that lived at most so long{ByText}",
        LifetimeText.Describe(All) + Lost(recordings));

    /// <inheritdoc />
    public override TableData Data(IReadOnlyList<RecordedSpan> recordings) => new(
        [
            .. GroupColumn,
            TableColumn.Of("lifetime_ns", FieldTypes.Duration),
            TableColumn.Of("share", RealType.Share),
            TableColumn.Of("share_low", RealType.Share),
            TableColumn.Of("share_high", RealType.Share),
            TableColumn.Of("at_risk", FieldTypes.Count),
            TableColumn.Of("ended", FieldTypes.Count),
            TableColumn.Of("still_open", FieldTypes.Count),
        ],
        Groups(MaxGroups).SelectMany(group => group.Statistics.Lifetimes.Distribution.Steps.Select(step => (IReadOnlyList<FieldValue>)
        [
            .. GroupValue(group.Label),
            FieldValue.Of(step.Nanoseconds),
            RealType.Of(1 - step.Survival),
            RealType.Of(1 - step.High),
            RealType.Of(1 - step.Low),
            FieldValue.Of((ulong)step.AtRisk),
            FieldValue.Of((ulong)step.Ended),
            FieldValue.Of((ulong)step.Censored),
        ])));

    private protected override bool IsEmpty => All.Lifetimes.Ended + All.Lifetimes.Censored == 0;

    private protected override void Draw(ChartSheet sheet, IReadOnlyList<RecordedSpan> recordings)
    {
        var (from, to) = LifetimeText.Limits(All.Lifetimes);
        sheet.AxisX("lifetime (logarithmic)", from, to, DurationScale.Ticks(from, to));
        // The least share that a connection can have.
        var least = -Math.Ceiling(Math.Log10(Math.Max(All.Lifetimes.Ended + All.Lifetimes.Censored, 10)));
        if (Options.Log)
        {
            sheet.AxisY("share that lived longer", least, 0.08, LogTicks(least));
        }
        else
        {
            sheet.AxisY("share that lived at most so long", 0, 1.02, LinearTicks());
        }

        var groups = Groups(MaxGroups);
        for (var i = 0; i < groups.Count; i++)
        {
            if (groups[i].Statistics.Lifetimes is { Ended: 0, Censored: 0 })
            {
                continue;
            }

            var steps = groups[i].Statistics.Lifetimes.Distribution.Steps;
            if (Options.By is null)
            {
                AddBand(sheet, steps);
            }

            var line = sheet.Series(i, Options.By is null ? "" : groups[i].Label, groups[i].IsRest);
            var (at, survival) = (from, 1.0);
            for (var k = 0; k < steps.Length; k++)
            {
                // Where some are censored, nothing changes; only up to the last of them is the line known.
                if (steps[k].Ended > 0 || k == steps.Length - 1)
                {
                    var next = DurationScale.At(steps[k].Nanoseconds);
                    line.Add(at, next, Place(survival));
                    (at, survival) = (next, steps[k].Survival);
                }
            }

            line.Add(at, survival < 1e-9 ? to : at, Place(survival));
            sheet.Add(line);
        }

        void AddBand(ChartSheet sheet, DurationStep[] steps)
        {
            var band = new Boxes(sheet.Theme.Grid, "95 % confidence");
            for (var k = 0; k < steps.Length - 1; k++)
            {
                var (one, other) = (Place(steps[k].Low), Place(steps[k].High));
                band.Add(DurationScale.At(steps[k].Nanoseconds), DurationScale.At(steps[k + 1].Nanoseconds), Math.Min(one, other), Math.Max(one, other));
            }

            sheet.Add(band);
        }

        double Place(double survival) =>
            !Options.Log ? 1 - survival : survival > 1e-12 ? Math.Max(Math.Log10(survival), least) : least;
    }

    private static NumericManual LinearTicks()
    {
        var ticks = new NumericManual();
        for (var tenth = 0; tenth <= 10; tenth++)
        {
            ticks.AddMajor(tenth / 10.0, $"{tenth * 10} %");
        }

        return ticks;
    }

    private static NumericManual LogTicks(double least)
    {
        var ticks = new NumericManual();
        for (var power = 0; power >= least; power--)
        {
            ticks.AddMajor(power, ChartText.Invariant($"{(decimal)Math.Pow(10, power + 2):0.##########} %"));
            for (var digit = 2; digit < 10 && power > least; digit++)
            {
                ticks.AddMinor(Math.Log10(digit) + power - 1);
            }
        }

        return ticks;
    }
}
