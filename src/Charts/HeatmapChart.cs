using System.Runtime.InteropServices;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Tables;

namespace TraceCap.Charts;

/// <summary><c>heatmap</c>: of connections whose beginning and end were seen.</summary>
internal sealed class HeatmapChart(ChartOptions options) : Chart(options)
{
    private const int MaxCells = 1 << 15;
    private const int MaxColumns = 120;
    private const int PerDecade = 10;

    // How many times longer columns grow when there are too many cells.
    private const int Step = 10;

    private readonly TimeLine time = new();
    private Dictionary<(long Column, int Row), long> cells = [];
    private long length = 10_000;
    private long count;

    /// <inheritdoc />
    public override void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        foreach (ref readonly var connection in connections)
        {
            if (connection is { IsPreexisting: false, Ending: ConnectionEnding.Closed or ConnectionEnding.Reset })
            {
                count++;
                var row = (int)(DurationScale.At(connection.Lifetime) * PerDecade);
                CollectionsMarshal.GetValueRefOrAddDefault(cells, (TimeGrid.NumberAt(time.At(connection.Ended, recording), length), row), out _)++;
                while (cells.Count > MaxCells)
                {
                    length = checked(length * Step);
                    cells = Group(cell => TimeGrid.Floor(cell, Step));
                }
            }
        }
    }

    /// <inheritdoc />
    public override ChartText Describe(IReadOnlyList<RecordedSpan> recordings) => new(
        "Lifetimes over time",
        (count == 0 ? "no connection was seen from its beginning to its end" : ChartText.Invariant($"n = {count:N0} that ended, at the time when they did")) + Lost(recordings));

    /// <inheritdoc />
    public override TableData Data(IReadOnlyList<RecordedSpan> recordings)
    {
        TableColumn[] columns =
        [
            TableColumn.Of("time", FieldTypes.Instant),
            TableColumn.Of("seconds", RealType.Seconds),
            TableColumn.Of("length_ns", FieldTypes.Duration),
            TableColumn.Of("lifetime_from_ns", FieldTypes.Duration),
            TableColumn.Of("lifetime_to_ns", FieldTypes.Duration),
            TableColumn.Of("connections", FieldTypes.Count),
        ];
        return new TableData(columns, recordings.Count == 0 ? [] : Rows());

        IEnumerable<IReadOnlyList<FieldValue>> Rows()
        {
            var grid = new TimeGrid(time.Range(recordings), length, MaxColumns);
            foreach (var ((column, row), number) in Group(column => grid.NumberOf((Int128)column * length)).OrderBy(cell => cell.Key))
            {
                var begin = grid.Begin((int)column);
                yield return
                [
                    time.InstantOf(begin, recordings),
                    RealType.Of((double)begin / 1e9),
                    FieldValue.Of((ulong)grid.Length),
                    FieldValue.Of(Edge(row)),
                    FieldValue.Of(Edge(row + 1)),
                    FieldValue.Of((ulong)number),
                ];
            }
        }

        static ulong Edge(int row) => (ulong)Math.Min(Math.Round(Math.Pow(10, (double)row / PerDecade)), ulong.MaxValue);
    }

    private protected override bool IsEmpty => count == 0;

    private protected override void Draw(ChartSheet sheet, IReadOnlyList<RecordedSpan> recordings)
    {
        var axis = new TimeScale(time, recordings);
        var rows = cells.Keys.Select(cell => cell.Row).DefaultIfEmpty(30).ToArray();
        var (from, to) = (Math.Floor(rows.Min() / (double)PerDecade), Math.Floor(rows.Max() / (double)PerDecade) + 1);
        sheet.AxisX(axis.Label, 0, axis.To, TimeScale.Ticks());
        sheet.AxisY("lifetime (logarithmic)", from, to, DurationScale.Ticks(from, to));
        axis.DrawGaps(sheet);
        var grid = new TimeGrid(time.Range(recordings), length, MaxColumns);
        var shown = Group(column => grid.NumberOf((Int128)column * length));
        var levels = Levels(shown.Values.DefaultIfEmpty().Max(), sheet.Theme.Heat.Length, Options.Log);
        var boxes = levels.Select((level, i) => new Boxes(
            sheet.Theme.Heat[levels.Length == 1 ? ^1 : i * (sheet.Theme.Heat.Length - 1) / (levels.Length - 1)],
            level.From == level.To ? ChartText.Invariant($"{level.From:N0}") : ChartText.Invariant($"{level.From:N0} to {level.To:N0}"))).ToArray();
        foreach (var ((column, row), number) in shown)
        {
            boxes[Array.FindIndex(levels, level => number <= level.To)].Add(
                Math.Max(axis.At(grid.Begin((int)column)), 0), Math.Min(axis.At(grid.Begin((int)column + 1)), axis.To),
                row / (double)PerDecade, (row + 1.0) / PerDecade);
        }

        Array.ForEach(boxes, sheet.Add);
    }

    /// <summary>Divides the counts from 1 to the greatest among colours: evenly, or by equal ratios.</summary>
    private static (long From, long To)[] Levels(long most, int colours, bool log)
    {
        var levels = new List<(long From, long To)>();
        for (var i = 1; i <= colours; i++)
        {
            var from = levels is [.., var last] ? last.To + 1 : 1;
            var to = i == colours ? most : (long)Math.Round(log ? Math.Pow(most, (double)i / colours) : most * (double)i / colours);
            if (to >= from)
            {
                levels.Add((from, to));
            }
        }

        return [.. levels];
    }

    private Dictionary<(long Column, int Row), long> Group(Func<long, long> column)
    {
        var grouped = new Dictionary<(long Column, int Row), long>();
        foreach (var (cell, number) in cells)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(grouped, (column(cell.Column), cell.Row), out _) += number;
        }

        return grouped;
    }
}
