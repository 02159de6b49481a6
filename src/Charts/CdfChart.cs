using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Tables;

namespace TraceCap.Charts;

/// <summary><c>cdf</c>: Kaplan and Meier's estimate, so that a curve ends below 100 % where the longest
/// connections were still open.</summary>
internal sealed class CdfChart(ChartOptions options) : StatisticsChart(options, options.By)
{
    private const int MaxBands = 3;

    /// <inheritdoc />
    public override ChartText Describe(IReadOnlyList<RecordedSpan> recordings) => new(
        Options.IsLog ? $"Share of connections that lived longer{ByText}" : $"Share of connections that lived at most so long{ByText}",
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
        // The least share that a connection can have.
        var least = -Math.Ceiling(Math.Log10(Math.Max(All.Lifetimes.Ended + All.Lifetimes.Censored, 10)));
        if (Options.IsLog)
        {
            // As far down as any line goes, or its confidence.
            var lowest = Groups(MaxGroups).SelectMany(group => group.Statistics.Lifetimes.Distribution.Steps).Min(step => step.Survival > 0 ? Math.Max(step.Low, 1e-12) : 1e-12);
            least = Math.Max(least, Math.Min(Math.Floor(Math.Log10(lowest)), -1));
        }

        if (Options.Percentiles)
        {
            sheet.AxisX("percentile (logarithmic towards 100 %)", 0, -least, PercentileTicks(-least));
            sheet.AxisY("lifetime (logarithmic)", from, to, DurationScale.Ticks(from, to));
        }
        else
        {
            sheet.AxisX("lifetime (logarithmic)", from, to, DurationScale.Ticks(from, to));
            if (Options.IsLog)
            {
                sheet.AxisY("share that lived longer", least, 0.08, LogTicks(least));
            }
            else
            {
                sheet.AxisY("share that lived at most so long", 0, 1.02, LinearTicks());
            }
        }

        var groups = Groups(MaxGroups).Where(group => group.Statistics.Lifetimes is not { Ended: 0, Censored: 0 }).ToArray();
        var atRisk = Options.Percentiles || groups.Length > sheet.RowsBelow ? null : sheet.AddAtRisk(Options.By is not null);
        var isFirst = true;
        for (var i = 0; i < groups.Length; i++)
        {
            var steps = groups[i].Statistics.Lifetimes.Distribution.Steps;
            var color = groups[i].IsRest ? sheet.Theme.Other : sheet.Theme.Series[i];
            // More of them would hide each other.
            if (groups.Length <= MaxBands)
            {
                AddBand(color, isFirst ? "95 % confidence" : "", steps);
                isFirst = false;
            }

            var line = sheet.Series(i, Options.By is null ? "" : groups[i].Label, groups[i].IsRest);
            var (at, survival) = (from, 1.0);
            for (var k = 0; k < steps.Length; k++)
            {
                // Where some are censored, nothing changes; only up to the last of them is the line known.
                if (steps[k].Ended > 0 || k == steps.Length - 1)
                {
                    var next = DurationScale.At(steps[k].Nanoseconds);
                    Add(line, at, next, survival, steps[k].Survival);
                    (at, survival) = (next, steps[k].Survival);
                }
            }

            if (!Options.Percentiles)
            {
                line.Add(at, survival < 1e-9 ? to : at, Place(survival));
            }

            sheet.Add(line);
            atRisk?.Add(Options.By is null ? "" : ChartSheet.Short(groups[i].Label), color, place => AtRisk(steps, place));
        }

        void Add(Steps line, double at, double next, double survival, double after)
        {
            if (Options.Percentiles)
            {
                // What is only censored has no percentile.
                if (after < survival)
                {
                    line.Add(Place(survival), Place(after), next);
                }
            }
            else
            {
                line.Add(at, next, Place(survival));
            }
        }

        void AddBand(string color, string legend, DurationStep[] steps)
        {
            var band = new Boxes(color, legend) { Opacity = 0.25 };
            // Of what is only censored no percentile is known.
            var last = Options.Percentiles ? Array.FindLastIndex(steps, step => step.Ended > 0) : steps.Length - 1;
            for (var k = 0; k < last; k++)
            {
                var (one, other) = (Place(steps[k].Low), Place(steps[k].High));
                var (begin, end) = (DurationScale.At(steps[k].Nanoseconds), DurationScale.At(steps[k + 1].Nanoseconds));
                if (Options.Percentiles)
                {
                    band.Add(Math.Min(one, other), Math.Max(one, other), begin, end);
                }
                else
                {
                    band.Add(begin, end, Math.Min(one, other), Math.Max(one, other));
                }
            }

            sheet.Add(band);
        }

        double Place(double survival) =>
            Options.Percentiles ? survival > 1e-12 ? Math.Min(-Math.Log10(survival), -least) : -least
            : !Options.IsLog ? 1 - survival
            : survival > 1e-12 ? Math.Max(Math.Log10(survival), least) : least;
    }

    /// <summary>How many were seen to live so long, or were still open then.</summary>
    private static long AtRisk(DurationStep[] steps, double place)
    {
        foreach (ref readonly var step in steps.AsSpan())
        {
            if (DurationScale.At(step.Nanoseconds) >= place)
            {
                return step.AtRisk;
            }
        }

        return 0;
    }

    private static FittingTicks PercentileTicks(double most)
    {
        var ticks = new FittingTicks();
        ticks.AddMajor(0, "0 %");
        ticks.AddMajor(-Math.Log10(0.5), "50 %");
        for (var power = 0; power <= most; power++)
        {
            if (power > 0)
            {
                ticks.AddMajor(power, ChartText.Invariant($"{100 - (decimal)Math.Pow(10, 2 - power):0.##########} %"));
            }

            for (var digit = 2; digit < 10 && power < most; digit++)
            {
                ticks.AddMinor(power + 1 - Math.Log10(digit));
            }
        }

        return ticks;
    }

    private static FittingTicks LinearTicks()
    {
        var ticks = new FittingTicks();
        for (var tenth = 0; tenth <= 10; tenth++)
        {
            ticks.AddMajor(tenth / 10.0, $"{tenth * 10} %");
        }

        return ticks;
    }

    private static FittingTicks LogTicks(double least)
    {
        var ticks = new FittingTicks();
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
