using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Charts;

/// <summary>An axis of time, from the beginning of the first recording to the end of the last: by the wall clock, or where that is not known in
/// a unit that suits its length.</summary>
internal sealed class TimeScale
{
    private readonly TimeLine time;
    private readonly IReadOnlyList<RecordedSpan> recordings;

    /// <param name="time">The time of the recordings.</param>
    /// <param name="recordings">At least one.</param>
    /// <param name="zone">By which clocks are shown.</param>
    internal TimeScale(TimeLine time, IReadOnlyList<RecordedSpan> recordings, TimeZoneInfo zone)
    {
        (this.time, this.recordings) = (time, recordings);
        Clock = new ChartClock(time, recordings, zone);
        To = At(Clock.To);
    }

    /// <summary>Tells the times.</summary>
    internal ChartClock Clock { get; }

    /// <summary>Where the last recording ends; the first begins at 0.</summary>
    internal double To { get; }

    /// <summary>Where a time stands.</summary>
    /// <param name="nanoseconds">On the <see cref="TimeLine"/>.</param>
    internal double At(Int128 nanoseconds) => (double)(nanoseconds - Clock.From) / Clock.Unit;

    /// <summary>Where a time stands, or the nearer end of the axis.</summary>
    internal double Within(Int128 nanoseconds) => Math.Clamp(At(nanoseconds), 0, To);

    /// <summary>Puts it below a chart.</summary>
    internal void DrawOn(ChartSheet sheet) => sheet.AxisX(
        Clock.Label, 0, To, Clock.IsKnown ? new ClockTicks(Clock, At) : new RoundTicks(value => ChartText.Invariant($"{value:0.######}")));

    /// <summary>Marks the times of which nothing, or not all, is known.</summary>
    /// <param name="sheet">Where.</param>
    /// <param name="lost">What it means for the chart that events were lost.</param>
    internal void DrawGaps(ChartSheet sheet, string lost)
    {
        Draw(lost, sheet.Theme.Gap, time.Losses(recordings));
        Draw("not recorded", sheet.Theme.Grid, time.Pauses(recordings));

        void Draw(string meaning, string color, IReadOnlyList<(Int128 From, Int128 To)> gaps)
        {
            // A strong edge above, as the ground is hardly darker than the paper.
            var (ground, edge) = (new Boxes(color, meaning) { Least = 2, Edge = sheet.Theme.Muted }, new Boxes(sheet.Theme.Muted) { Least = 2 });
            foreach (var (from, to) in gaps)
            {
                ground.Add(At(from), At(to), sheet.Bottom, sheet.Top);
                edge.Add(At(from), At(to), sheet.Top - (0.012 * (sheet.Top - sheet.Bottom)), sheet.Top);
            }

            sheet.Add(ground);
            sheet.Add(edge);
        }
    }
}
