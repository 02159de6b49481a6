using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Analyzer.Comparison;

/// <summary>What happened in one of two captures by time, counted from its beginning.</summary>
internal sealed class ComparedCourse
{
    private readonly TimeLine time = new();
    private readonly Activity activity;
    private IReadOnlyList<RecordedSpan> recordings = [];

    internal ComparedCourse() => activity = new Activity(time);

    /// <summary>When it begins and ends, in nanoseconds on its own line of time; null if nothing was recorded.</summary>
    internal (Int128 From, Int128 To)? Range => recordings.Count == 0 || time.Origin is null ? null : time.Range(recordings);

    /// <summary>The length of intervals for two of them, in nanoseconds: so many for the longer one at most.</summary>
    internal static long LengthFor(ComparedCourse one, ComparedCourse other, int most)
    {
        // Cells grow so that the longer ones are multiples of the shorter ones.
        var cell = Math.Max(one.activity.Length, other.activity.Length);
        return Math.Max(one.LengthFor(cell, most), other.LengthFor(cell, most));
    }

    private long LengthFor(long cell, int most) => Range is { } range ? new TimeGrid((0, range.To - range.From), Math.Max(100, cell), most).Length : 0;

    /// <summary>What happened by intervals of a length, from the beginning on. The last one may be recorded in part: then it is told for how long.</summary>
    /// <param name="length">In nanoseconds, as both have it.</param>
    internal IEnumerable<(double Seconds, ActivityInterval Of)> Intervals(long length)
    {
        if (Range is not { } range || length == 0)
        {
            return [];
        }

        var first = TimeGrid.NumberAt(range.From, length);
        var last = TimeGrid.NumberAt(range.To > range.From ? range.To - 1 : range.To, length);
        var grid = new TimeGrid(first, (int)(last - first) + 1, length);
        return activity.Intervals(grid, recordings).Select((of, number) =>
            ((double)(Int128.Min(range.To, grid.Begin(number + 1)) - Int128.Max(range.From, grid.Begin(number))) / 1e9, of));
    }

    internal void Add(in Connection connection, RecordedSpan recording) => activity.Add(in connection, recording);

    internal void End(IReadOnlyList<RecordedSpan> all) => recordings = all;
}
