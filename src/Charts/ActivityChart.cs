using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Tables;

namespace TraceCap.Charts;

/// <summary>A chart of what happened when.</summary>
internal abstract class ActivityChart : Chart
{
    private const int MaxIntervals = 100;
    private const long LeastInterval = 10_000;

    // 400 KiB for each group.
    private const int MaxCells = 1 << 12;

    private static readonly TableColumn[] counts =
        [.. new[] { "opened", "accepted", "closed", "failed", "active", "active_max" }.Select(name => TableColumn.Of(name, FieldTypes.Count))];

    private readonly TimeLine time = new();
    private readonly Activity all;
    private readonly ActivityGroups? groups;

    private protected ActivityChart(ChartOptions options)
        : base(options)
    {
        all = new Activity(time);
        groups = options.By is { } by ? new ActivityGroups(by, () => new Activity(time, MaxCells)) : null;
    }

    /// <summary>Both ends of so many connections are on the host.</summary>
    private protected long Joined { get; private set; }

    /// <inheritdoc />
    public override void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        foreach (ref readonly var connection in connections)
        {
            Joined += connection.IsJoined ? 1 : 0;
            all.Add(in connection, recording);
            groups?.Add(in connection, recording);
        }
    }

    /// <inheritdoc />
    public override TableData Data(IReadOnlyList<RecordedSpan> recordings)
    {
        var shown = groups is not null ? Groups(groups).Select(group => (group.Label, group.Activity)).ToArray() : [("", all)];
        TableColumn[] columns =
        [
            TableColumn.Of("time", FieldTypes.Instant),
            TableColumn.Of("seconds", RealType.Seconds),
            TableColumn.Of("length_ns", FieldTypes.Duration),
            .. GroupColumn,
            .. counts,
            TableColumn.Of("complete", FieldTypes.Flag),
        ];
        return new TableData(columns, recordings.Count == 0 ? [] : Rows());

        IEnumerable<IReadOnlyList<FieldValue>> Rows()
        {
            var grid = Grid(recordings, shown.Select(one => one.Item2));
            var gaps = grid.AreIn([.. time.Losses(recordings), .. time.Pauses(recordings)]);
            foreach (var (label, activity) in shown)
            {
                var number = 0;
                foreach (var of in activity.Intervals(grid, recordings))
                {
                    yield return
                    [
                        time.InstantOf(grid.Begin(number), recordings),
                        RealType.Of((double)grid.Begin(number) / 1e9),
                        FieldValue.Of((ulong)grid.Length),
                        .. GroupValue(label),
                        .. new[] { of.Opened, of.Accepted, of.Closed, of.Failed, of.Active, of.Peak }.Select(count => FieldValue.Of((ulong)Math.Max(count, 0))),
                        FieldValue.Of(!gaps[number++]),
                    ];
                }
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
        (string Label, Activity Activity, Func<ActivityInterval, long> Count, bool IsRest)[] shown = groups is not null
            ? [.. Groups(groups).Select(group => (group.Label, group.Activity, series[0].Count, group.IsRest))]
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

    private static IEnumerable<(string Label, Activity Activity, bool IsRest)> Groups(ActivityGroups groups) => groups.Largest(MaxGroups)
        .Select(group => (group.Key is { } key ? groups.By.Text(key) : "all others", group.Activity, group.Key is null));

    /// <summary>Intervals that all of these can be told by.</summary>
    private TimeGrid Grid(IReadOnlyList<RecordedSpan> recordings, IEnumerable<Activity> counted) =>
        new(time.Range(recordings), Math.Max(counted.Select(one => one.Length).DefaultIfEmpty().Max(), LeastInterval), MaxIntervals);
}
