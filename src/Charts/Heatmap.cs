using System.Runtime.InteropServices;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Tables;

namespace TraceCap.Charts;

/// <summary>A chart of durations over time: the colour of a cell tells how many there were.</summary>
internal abstract class Heatmap(ChartOptions options) : TimeChart(options)
{
    private const int MaxCells = 1 << 15;
    private const int MaxColumns = 120;
    private const int PerDecade = 10;

    // Of a logarithmic scale: at least so many times more from one colour to the next, rounded to whole numbers that are easy to read.
    private static readonly int[][] ladders = [[1, 2, 5], [1, 3], [1]];

    private Dictionary<(long Column, int Row), long> cells = [];
    private long length = 10_000;

    /// <summary>How many there are.</summary>
    private protected long Count { get; private set; }

    private protected override bool IsEmpty => Count == 0;

    /// <summary>What the upright axis tells.</summary>
    private protected abstract string YLabel { get; }

    /// <summary>What is counted in a cell.</summary>
    private protected abstract string Counted { get; }

    /// <summary>The columns of a row's limits.</summary>
    private protected abstract string Column { get; }

    /// <inheritdoc />
    public override TableData Data(IReadOnlyList<RecordedSpan> recordings)
    {
        TableColumn[] columns =
        [
            TableColumn.Of("time", FieldTypes.Instant),
            TableColumn.Of("seconds", RealType.Seconds),
            TableColumn.Of("length_ns", FieldTypes.Duration),
            TableColumn.Of($"{Column}_from_ns", FieldTypes.Duration),
            TableColumn.Of($"{Column}_to_ns", FieldTypes.Duration),
            TableColumn.Of("connections", FieldTypes.Count),
        ];
        return new TableData(columns, recordings.Count == 0 ? [] : Rows());

        IEnumerable<IReadOnlyList<FieldValue>> Rows()
        {
            var grid = Grid(recordings);
            foreach (var ((column, row), number) in Group(column => grid.NumberOf((Int128)column * length)).OrderBy(cell => cell.Key))
            {
                var begin = grid.Begin((int)column);
                yield return
                [
                    Time.InstantOf(begin, recordings),
                    RealType.Of((double)(begin - Time.Start) / 1e9),
                    FieldValue.Of((ulong)grid.Length),
                    FieldValue.Of(Edge(row)),
                    FieldValue.Of(Edge(row + 1)),
                    FieldValue.Of((ulong)number),
                ];
            }
        }

        static ulong Edge(int row) => (ulong)Math.Min(Math.Round(Math.Pow(10, (double)row / PerDecade)), ulong.MaxValue);
    }

    /// <summary>Counts a duration.</summary>
    /// <param name="at">When, CLOCK_MONOTONIC ns.</param>
    /// <param name="duration">How long, in nanoseconds.</param>
    /// <param name="recording">What it was recorded in.</param>
    private protected void Take(ulong at, ulong duration, RecordedSpan recording)
    {
        Count++;
        var row = (int)(DurationScale.At(duration) * PerDecade);
        CollectionsMarshal.GetValueRefOrAddDefault(cells, (TimeGrid.NumberAt(Time.At(at, recording), length), row), out _)++;
        while (cells.Count > MaxCells)
        {
            var longer = RoundTimes.Grown(length);
            var by = longer / length;
            cells = Group(cell => TimeGrid.Floor(cell, by));
            length = longer;
        }
    }

    private protected override void Draw(ChartSheet sheet, IReadOnlyList<RecordedSpan> recordings)
    {
        var axis = Axis(recordings);
        var rows = cells.Keys.Select(cell => cell.Row).DefaultIfEmpty(30).ToArray();
        var (from, to) = (Math.Floor(rows.Min() / (double)PerDecade), Math.Floor(rows.Max() / (double)PerDecade) + 1);
        axis.DrawOn(sheet);
        sheet.AxisY(YLabel, from, to, DurationScale.Ticks(from, to));
        axis.DrawGaps(sheet, "events lost");
        var grid = Grid(recordings);
        var shown = Group(column => grid.NumberOf((Int128)column * length));
        var levels = Levels(shown.Values.DefaultIfEmpty().Max(), sheet.Theme.Heat.Length, Options.Log != false);
        var boxes = levels.Select((level, i) => new Boxes(
            sheet.Theme.Heat[levels.Length == 1 ? ^1 : i * (sheet.Theme.Heat.Length - 1) / (levels.Length - 1)],
            (level.From == level.To ? ChartText.Invariant($"{level.From:N0}") : ChartText.Invariant($"{level.From:N0} to {level.To:N0}"))
                + (i == levels.Length - 1 ? ChartText.Invariant($" {Counted} in a cell of {DurationScale.Text(grid.Length)}") : ""))
        { IsSeamless = true }).ToArray();
        foreach (var ((column, row), number) in shown)
        {
            boxes[Array.FindIndex(levels, level => number <= level.To)].Add(
                axis.Within(grid.Begin((int)column)), axis.Within(grid.Begin((int)column + 1)),
                row / (double)PerDecade, (row + 1.0) / PerDecade);
        }

        Array.ForEach(boxes, sheet.Add);
        DrawOutages(sheet, axis);
    }

    private TimeGrid Grid(IReadOnlyList<RecordedSpan> recordings) => new(Time.Range(recordings), length, MaxColumns);

    /// <summary>Divides the counts from 1 to the greatest among colours: evenly, or by equal ratios.</summary>
    internal static (long From, long To)[] Levels(long most, int colours, bool log)
    {
        var starts = log ? LogStarts(most, colours) : [.. Enumerable.Range(0, colours).Select(i => (long)Math.Round(most * (double)i / colours) + 1).Distinct()];
        return [.. starts.Select((from, i) => (from, i + 1 < starts.Length ? starts[i + 1] - 1 : Math.Max(most, 1)))];
    }

    private static long[] LogStarts(long most, int colours)
    {
        foreach (var digits in ladders)
        {
            var starts = Powers().SelectMany(power => digits.Select(digit => power * digit)).TakeWhile(start => start <= Math.Max(most, 1)).ToArray();
            if (starts.Length <= colours)
            {
                return starts;
            }
        }

        return [.. Enumerable.Range(0, colours).Select(i => (long)Math.Round(Math.Pow(most, (double)i / colours)))];

        static IEnumerable<long> Powers()
        {
            for (var power = 1L; power < long.MaxValue / 100; power *= 10)
            {
                yield return power;
            }
        }
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
