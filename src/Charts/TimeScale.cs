using ScottPlot;
using ScottPlot.TickGenerators;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Charts;

/// <summary>An axis of time, in a unit that suits its length, from the beginning of the first recording.</summary>
internal sealed class TimeScale
{
    private readonly TimeLine time;
    private readonly IReadOnlyList<RecordedSpan> recordings;
    private readonly Int128 origin;
    private readonly double one;
    private readonly string unit;

    /// <param name="time">The time of the recordings.</param>
    /// <param name="recordings">At least one.</param>
    internal TimeScale(TimeLine time, IReadOnlyList<RecordedSpan> recordings)
    {
        this.time = time;
        this.recordings = recordings;
        (origin, var end) = time.Range(recordings);
        // Not below 2: an axis from 0 to 1 has few whole numbers.
        (one, unit) = DurationScale.UnitOf((double)(end - origin) / 2);
        To = At(end);
    }

    /// <summary>Where the last recording ends; the first begins at 0.</summary>
    internal double To { get; }

    internal static ITickGenerator Ticks() => new NumericAutomatic { TickDensity = 0.7, LabelFormatter = value => ChartText.Invariant($"{value:0.######}") };

    /// <summary>Where a time stands.</summary>
    /// <param name="nanoseconds">On the <see cref="TimeLine"/>.</param>
    internal double At(Int128 nanoseconds) => (double)(nanoseconds - origin) / one;

    /// <summary>What stands below the axis.</summary>
    internal string Label
    {
        get
        {
            var first = recordings.MinBy(recording => time.At(recording.Start, recording))!;
            return first.WallClock(first.Start) is { } wall
                ? $"{unit} since {WallTime.Format(wall)[..23].Replace('T', ' ')} UTC"
                : $"{unit} since {(first.Start > first.Origin ? $"{DurationScale.Text(first.Start - first.Origin)} after " : "")}the capture begins";
        }
    }

    /// <summary>Marks the times of which nothing, or not all, is known.</summary>
    internal void DrawGaps(ChartSheet sheet)
    {
        Draw("events lost", sheet.Theme.Gap, time.Losses(recordings));
        Draw("not recorded", sheet.Theme.Grid, time.Pauses(recordings));

        void Draw(string meaning, string color, IReadOnlyList<(Int128 From, Int128 To)> gaps)
        {
            var boxes = new Boxes(color, meaning) { Least = 2 };
            foreach (var (from, to) in gaps)
            {
                boxes.Add(At(from), At(to), sheet.Bottom, sheet.Top);
            }

            sheet.Add(boxes);
        }
    }
}
