using ScottPlot;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Tables;

namespace TraceCap.Charts;

/// <summary>A chart of what happened in intervals of the clock.</summary>
internal abstract class ActivityChart : TimeChart
{
    private const int MaxIntervals = 100;
    private const long LeastInterval = 10_000;

    // 500 KiB for each group.
    private const int MaxCells = 1 << 12;

    private readonly Activity all;
    private readonly ActivityGroups? groups;

    /// <param name="options">What was asked for.</param>
    /// <param name="by">By what connections are told apart; null: not at all.</param>
    private protected ActivityChart(ChartOptions options, Grouping? by)
        : base(options)
    {
        all = new Activity(Time) { CountsBytes = IsOfBytes };
        groups = by is null ? null : new ActivityGroups(by, () => new Activity(Time, MaxCells) { CountsBytes = IsOfBytes });
    }

    /// <summary>Both ends of so many connections are on the host.</summary>
    private protected long Joined { get; private set; }

    /// <inheritdoc />
    public override TableData Data(IReadOnlyList<RecordedSpan> recordings)
    {
        var shown = groups is not null ? Groups(groups).Select(group => (group.Label, group.Activity)).ToArray() : [("", all)];
        var counts = Counts;
        TableColumn[] columns =
        [
            TableColumn.Of("time", FieldTypes.Instant),
            TableColumn.Of("seconds", RealType.Seconds),
            TableColumn.Of("length_ns", FieldTypes.Duration),
            .. groups is null ? [] : (TableColumn[])[TableColumn.Of("group", FieldTypes.Text)],
            .. counts.Select(one => TableColumn.Of(one.Name, one.Type)),
            TableColumn.Of("complete", FieldTypes.Flag),
            TableColumn.Of("lossy", FieldTypes.Flag),
        ];
        return new TableData(columns, recordings.Count == 0 ? [] : Rows());

        IEnumerable<IReadOnlyList<FieldValue>> Rows()
        {
            var grid = Grid(recordings, shown.Select(one => one.Activity));
            var known = new IntervalKnowledge(grid, Time, recordings);
            foreach (var (label, activity) in shown)
            {
                var number = 0;
                foreach (var of in activity.Intervals(grid, recordings))
                {
                    yield return
                    [
                        Time.InstantOf(grid.Begin(number), recordings),
                        RealType.Of((double)(grid.Begin(number) - Time.Start) / 1e9),
                        FieldValue.Of((ulong)grid.Length),
                        .. groups is null ? [] : (FieldValue[])[FieldValue.Of(label)],
                        .. counts.Select(count => FieldValue.Of((ulong)Math.Max(count.Of(of), 0))),
                        FieldValue.Of(known[number] == IntervalState.Whole),
                        FieldValue.Of(known.IsLossy(number)),
                    ];
                    number++;
                }
            }
        }
    }

    private protected override bool IsEmpty => all.Connections == 0;

    /// <summary>What its table counts.</summary>
    private protected virtual IReadOnlyList<(string Name, FieldType Type, Func<ActivityInterval, long> Of)> Counts { get; } =
    [
        ("opened", FieldTypes.Count, of => of.Opened),
        ("accepted", FieldTypes.Count, of => of.Accepted),
        ("closed", FieldTypes.Count, of => of.Closed),
        ("failed", FieldTypes.Count, of => of.Failed),
        ("active", FieldTypes.Count, of => of.Active),
        ("active_max", FieldTypes.Count, of => of.Peak),
    ];

    /// <summary>Whether an interval shows a level, and not what has added up in it: then one that was recorded in part is as good as any.</summary>
    private protected virtual bool IsLevel => false;

    /// <summary>What is counted.</summary>
    private protected string Counted => Joined == 0 ? "connections" : "sockets";

    /// <summary>What the upright axis counts.</summary>
    private protected abstract string YLabel(TimeGrid grid);

    /// <summary>Whether it counts bytes.</summary>
    private protected virtual bool IsOfBytes => false;

    /// <inheritdoc />
    private protected override void Add(in Connection connection, RecordedSpan recording)
    {
        Joined += connection.IsJoined ? 1 : 0;
        all.Add(in connection, recording);
        groups?.Add(in connection, recording);
    }

    /// <summary>The most connections that were open at once, and those open at the end.</summary>
    private protected (long Max, long End) Open(IReadOnlyList<RecordedSpan> recordings) => all.Count(recordings);

    /// <summary>What all groups together have counted, by interval.</summary>
    private protected ActivityInterval[] Total(IReadOnlyList<RecordedSpan> recordings) =>
        [.. all.Intervals(Grid(recordings, [all]), recordings)];

    /// <summary>Draws axes and gaps, and a line for each series: interrupted where nothing was recorded, and faint where it is but the least.</summary>
    /// <param name="sheet">Where to draw.</param>
    /// <param name="recordings">What was recorded.</param>
    /// <param name="series">What is counted, and what that is called; if there are groups, one.</param>
    /// <returns>The scale of the upright axis.</returns>
    private protected CountScale DrawLines(
        ChartSheet sheet, IReadOnlyList<RecordedSpan> recordings, params (string Label, Func<ActivityInterval, long> Count)[] series)
    {
        (string Label, Activity Activity, Func<ActivityInterval, long> Count, bool IsRest)[] shown = groups is not null
            ? [.. Groups(groups).Select(group => (group.Label, group.Activity, series[0].Count, group.IsRest))]
            : [.. series.Select(one => (one.Label, all, one.Count, false))];
        var grid = Grid(recordings, shown.Select(one => one.Activity));
        var lines = Array.ConvertAll(shown, one => (one.Label, Counts: one.Activity.Intervals(grid, recordings).Select(one.Count).ToArray(), one.IsRest));
        var axis = Axis(recordings);
        var scale = new CountScale(lines.SelectMany(line => line.Counts).DefaultIfEmpty().Max(), Options.IsLog, IsOfBytes);
        axis.DrawOn(sheet);
        sheet.AxisY(YLabel(grid), scale.Zero, scale.Top, scale.Ticks());
        axis.DrawGaps(sheet, IsLevel ? "events lost: not certain" : "events lost: at least so many");
        var known = new IntervalKnowledge(grid, Time, recordings);
        var partial = new Steps(sheet.Theme.Muted, LinePattern.Dotted, "recorded in part: at least so many") { Width = 1.5f };
        for (var i = 0; i < lines.Length; i++)
        {
            // What never happened would only hide the axis.
            if (Array.TrueForAll(lines[i].Counts, count => count == 0))
            {
                continue;
            }

            var whole = sheet.Series(i, lines[i].Label, lines[i].IsRest);
            var (lossy, part) = (whole.Faint(LinePattern.Solid), whole.Faint(LinePattern.Dotted));
            whole.IsNamed = true;
            for (var number = 0; number < grid.Count; number++)
            {
                var state = IsLevel && known[number] == IntervalState.Partial ? IntervalState.Whole : known[number];
                // One that begins where the axis ends has no width.
                if (state != IntervalState.Unrecorded && (number == 0 || grid.Begin(number) < axis.Clock.To))
                {
                    partial.IsNamed |= state == IntervalState.Partial;
                    (state == IntervalState.Whole ? whole : state == IntervalState.Partial ? part : lossy).Add(
                        axis.Within(grid.Begin(number)), axis.Within(grid.Begin(number + 1)), scale.At(lines[i].Counts[number]));
                }
            }

            sheet.Add(lossy);
            sheet.Add(part);
            sheet.Add(whole);
        }

        sheet.Add(partial);
        DrawOutages(sheet, axis);
        return scale;
    }

    private static IEnumerable<(string Label, Activity Activity, bool IsRest)> Groups(ActivityGroups groups) => groups.Largest(MaxGroups)
        .Select(group => (group.Key is { } key ? groups.By.Text(key) : "all others", group.Activity, group.Key is null));

    /// <summary>Intervals that all of these can be told by.</summary>
    private TimeGrid Grid(IReadOnlyList<RecordedSpan> recordings, IEnumerable<Activity> counted) =>
        new(Time.Range(recordings), Math.Max(counted.Select(one => one.Length).DefaultIfEmpty().Max(), LeastInterval), MaxIntervals);
}
