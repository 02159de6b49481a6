using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Charts;

/// <summary>A chart of what happened when.</summary>
internal abstract class ActivityChart(ChartOptions options) : Chart(options)
{
    private const int MaxIntervals = 100;
    // 300 KiB each.
    private const int MaxCounted = 128;

    private readonly TimeLine time = new();
    private readonly Dictionary<GroupKey, Activity> groups = [];
    private readonly Activity rest = new();

    /// <summary>Both ends of so many connections are on the host.</summary>
    private protected long Joined { get; private set; }

    /// <inheritdoc />
    public override void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        foreach (ref readonly var connection in connections)
        {
            Joined += connection.IsJoined ? 1 : 0;
            var key = Options.By is { } by ? Grouping.Of(by).Key(in connection, recording) : default;
            if (!groups.TryGetValue(key, out var group))
            {
                PutSmallOnesTogether();
                groups.Add(key, group = new Activity());
            }

            group.Add(in connection, recording, time);
        }
    }

    private protected override bool IsEmpty => groups.Count == 0;

    /// <summary>What all groups together have counted.</summary>
    private protected (TimeGrid Grid, ActivityInterval[] Intervals) Total(IReadOnlyList<RecordedSpan> recordings)
    {
        var total = Sum(groups.Values);
        var grid = new TimeGrid(time.Range(recordings), total.Length, MaxIntervals);
        return (grid, total.Intervals(grid, time));
    }

    /// <summary>Draws axes and gaps, and hands out lines that are broken by these.</summary>
    /// <param name="sheet">Where to draw.</param>
    /// <param name="recordings">What was recorded.</param>
    /// <param name="series">What is counted, and what that is called; if there are groups, one.</param>
    private protected void DrawLines(
        ChartSheet sheet, IReadOnlyList<RecordedSpan> recordings, params (string Label, Func<ActivityInterval, long> Count)[] series)
    {
        var (grid, total) = Total(recordings);
        var lines = Options.By is { } by
            ? Groups(by).Select(group => (group.Label, Counts: Array.ConvertAll(group.Activity.Intervals(grid, time), of => series[0].Count(of)), group.IsRest)).ToArray()
            : [.. series.Select(one => (one.Label, Counts: Array.ConvertAll(total, of => one.Count(of)), IsRest: false))];
        var axis = new TimeScale(time, recordings);
        var scale = new CountScale(lines.SelectMany(line => line.Counts).DefaultIfEmpty().Max(), Options.Log);
        sheet.AxisX(axis.Label, 0, axis.To, TimeScale.Ticks());
        sheet.AxisY(YLabel(grid), scale.Zero, scale.Top, scale.Ticks());
        axis.DrawGaps(sheet);
        var gaps = grid.AreIn([.. time.Losses(recordings), .. time.Pauses(recordings)]);
        for (var i = 0; i < lines.Length; i++)
        {
            // What never happened would only hide the axis.
            if (Array.TrueForAll(lines[i].Counts, count => count == 0))
            {
                continue;
            }

            var line = sheet.Series(i, lines[i].Label, lines[i].IsRest);
            for (var number = 0; number < grid.Count; number++)
            {
                if (!gaps[number])
                {
                    line.Add(
                        Math.Max(axis.At(grid.Begin(number)), 0),
                        Math.Min(axis.At(grid.Begin(number + 1)), axis.To),
                        scale.At(lines[i].Counts[number]));
                }
            }

            sheet.Add(line);
        }
    }

    /// <summary>What the upright axis counts.</summary>
    private protected abstract string YLabel(TimeGrid grid);

    /// <summary>What is counted.</summary>
    private protected string Ends => Joined == 0 ? "connections" : "ends of connections";

    private List<(string Label, Activity Activity, bool IsRest)> Groups(GroupBy by)
    {
        var sorted = groups.OrderByDescending(group => group.Value.Connections)
            .ThenBy(group => Grouping.Of(by).Text(group.Key), StringComparer.Ordinal).ToArray();
        var shown = sorted.Take(MaxGroups).Select(group => (Label: Grouping.Of(by).Text(group.Key), group.Value, IsRest: false)).ToList();
        if (sorted.Length > MaxGroups)
        {
            shown.Add(("all others", Sum(sorted.Skip(MaxGroups).Select(group => group.Value)), true));
        }

        return shown;
    }

    private Activity Sum(IEnumerable<Activity> several)
    {
        var sum = new Activity();
        sum.Add(rest);
        foreach (var one in several)
        {
            sum.Add(one);
        }

        return sum;
    }

    private void PutSmallOnesTogether()
    {
        if (groups.Count < MaxCounted)
        {
            return;
        }

        foreach (var (key, group) in groups.OrderBy(group => group.Value.Connections).Take(MaxCounted / 2).ToArray())
        {
            rest.Add(group);
            groups.Remove(key);
        }
    }
}
