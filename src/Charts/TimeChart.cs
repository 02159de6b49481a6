using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Charts;

/// <summary>A chart over time. Its text tells what happened when: where most of what was tried failed, and where events were lost.</summary>
internal abstract class TimeChart : Chart
{
    private const int MaxMarked = 100;

    private readonly Outages outages;

    private protected TimeChart(ChartOptions options)
        : base(options)
    {
        Time = new TimeLine(options.Clock);
        outages = new Outages(Time);
    }

    /// <summary>The time that all recordings are on.</summary>
    private protected TimeLine Time { get; }

    /// <inheritdoc />
    public sealed override void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        foreach (ref readonly var connection in connections)
        {
            outages.Add(in connection, recording);
            Add(in connection, recording);
        }
    }

    /// <summary>Counts a connection.</summary>
    private protected abstract void Add(in Connection connection, RecordedSpan recording);

    /// <summary>Its axis of time.</summary>
    private protected TimeScale Axis(IReadOnlyList<RecordedSpan> recordings) => new(Time, recordings, Options.Clock);

    /// <summary>Marks along the upper edge when most connects to a service failed.</summary>
    private protected void DrawOutages(ChartSheet sheet, TimeScale axis)
    {
        // In a colour that no group has.
        var boxes = new Boxes(sheet.Theme.Text, "most connects to a service failed") { Least = 3 };
        foreach (var (_, episode) in outages.Find().Take(MaxMarked))
        {
            boxes.Add(axis.Within(episode.From), axis.Within(episode.To), sheet.Top - (0.012 * (sheet.Top - sheet.Bottom)), sheet.Top);
        }

        sheet.Add(boxes);
    }

    /// <summary>What happened, to be said after the figures; with a semicolon before it, or empty.</summary>
    private protected string Events(IReadOnlyList<RecordedSpan> recordings)
    {
        if (recordings.Count == 0)
        {
            return "";
        }

        var clock = Axis(recordings).Clock;
        var lost = Lost(recordings);
        var losses = Time.Losses(recordings);
        var when = (lost, losses) switch
        {
            (_, []) => lost,
            ("", _) => $"; events may be missing, {Span(losses)}",
            _ => $"{lost}, {Span(losses)}",
        };
        return outages.Describe(clock) + when;

        string Span(IReadOnlyList<(Int128 From, Int128 To)> times) =>
            clock.Text(times[0].From, times[^1].To) + (times.Count == 1 ? "" : ChartText.Invariant($" in {times.Count} periods"));
    }
}
