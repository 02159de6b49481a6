using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Charts;

/// <summary>A chart of what happened when.</summary>
internal abstract class ActivityChart : Chart
{
    private const int MaxIntervals = 100;
    private const long LeastInterval = 10_000;

    // 400 KiB each.
    private const int MaxCounted = 128;
    private const int MaxCells = 1 << 12;

    private readonly TimeLine time = new();
    private readonly Activity all;
    private readonly Activity rest;
    private readonly Dictionary<GroupKey, Activity> groups = [];

    private protected ActivityChart(ChartOptions options)
        : base(options) => (all, rest) = (new Activity(time), new Activity(time, MaxCells));

    /// <summary>Both ends of so many connections are on the host.</summary>
    private protected long Joined { get; private set; }

    /// <inheritdoc />
    public override void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        foreach (ref readonly var connection in connections)
        {
            Joined += connection.IsJoined ? 1 : 0;
            all.Add(in connection, recording);
            if (Options.By is { } by)
            {
                GroupOf(by.Key(in connection, recording)).Add(in connection, recording);
            }
        }
    }

    private protected override bool IsEmpty => all.Connections == 0;

    /// <summary>The most connections that were open at once, and those open at the end.</summary>
    private protected (long Max, long End) Open(IReadOnlyList<RecordedSpan> recordings) => all.Count(recordings);

    /// <summary>What all groups together have counted, by interval.</summary>
    private protected ActivityInterval[] Total(IReadOnlyList<RecordedSpan> recordings) =>
        [.. all.Intervals(Grid(recordings, [all]), recordings)];

    /// <summary>Draws axes and gaps, and hands out lines that are broken by these.</summary>
    /// <param name="sheet">Where to draw.</param>
    /// <param name="recordings">What was recorded.</param>
    /// <param name="series">What is counted, and what that is called; if there are groups, one.</param>
    private protected void DrawLines(
        ChartSheet sheet, IReadOnlyList<RecordedSpan> recordings, params (string Label, Func<ActivityInterval, long> Count)[] series)
    {
        (string Label, Activity Activity, Func<ActivityInterval, long> Count, bool IsRest)[] shown = Options.By is { } by
            ? [.. Groups(by).Select(group => (group.Label, group.Activity, series[0].Count, group.IsRest))]
            : [.. series.Select(one => (one.Label, all, one.Count, false))];
        var grid = Grid(recordings, shown.Select(one => one.Activity));
        var lines = Array.ConvertAll(shown, one => (one.Label, Counts: one.Activity.Intervals(grid, recordings).Select(one.Count).ToArray(), one.IsRest));
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
    private protected string Counted => Joined == 0 ? "connections" : "sockets";

    private List<(string Label, Activity Activity, bool IsRest)> Groups(Grouping by)
    {
        var sorted = groups.OrderByDescending(group => group.Value.Connections)
            .ThenBy(group => by.Text(group.Key), StringComparer.Ordinal).ToArray();
        var shown = sorted.Take(MaxGroups).Select(group => (Label: by.Text(group.Key), group.Value, IsRest: false)).ToList();
        if (sorted.Length > MaxGroups || rest.Connections > 0)
        {
            shown.Add(("all others", Sum(sorted.Skip(MaxGroups).Select(group => group.Value)), true));
        }

        return shown;
    }

    /// <summary>Intervals that all of these can be told by.</summary>
    private TimeGrid Grid(IReadOnlyList<RecordedSpan> recordings, IEnumerable<Activity> counted) =>
        new(time.Range(recordings), Math.Max(counted.Max(one => one.Length), LeastInterval), MaxIntervals);

    private Activity GroupOf(GroupKey key)
    {
        if (!groups.TryGetValue(key, out var group))
        {
            PutSmallOnesTogether();
            groups.Add(key, group = new Activity(time, MaxCells));
        }

        return group;
    }

    private Activity Sum(IEnumerable<Activity> several)
    {
        var sum = new Activity(time, MaxCells);
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
