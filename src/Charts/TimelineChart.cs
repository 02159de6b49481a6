using ScottPlot;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Tables;

namespace TraceCap.Charts;

/// <summary><c>timeline</c>: the longest by name, as many as can be read.</summary>
internal sealed class TimelineChart : TimeChart
{
    private const int MaxRows = 200;

    // In pixels of the default size: a row with its name, and what is above and below all of them.
    private const double RowHeight = 15;
    private const double Around = 150;

    private static readonly (ConnectionEnding Ending, string Meaning, MarkerShape Mark)[] endings =
    [
        (ConnectionEnding.Closed, "closed", MarkerShape.VerticalBar),
        (ConnectionEnding.Reset, "reset", MarkerShape.Eks),
        (ConnectionEnding.Failed, "failed", MarkerShape.OpenDiamond),
        (ConnectionEnding.Open, "still open", MarkerShape.HorizontalBar),
        (ConnectionEnding.Unseen, "ended unseen", MarkerShape.OpenCircle),
    ];

    private readonly ConnectionList longest = new();
    private readonly ConnectionSort sort;
    private long count;
    private bool hasBothEnds;

    internal TimelineChart(ChartOptions options)
        : base(options) => sort = new ConnectionSort(ConnectionOrders.Longest, MaxRows, longest);

    /// <inheritdoc />
    public override ChartText Describe(IReadOnlyList<RecordedSpan> recordings) => new(
        $"Connections from their opening to their end{ByText}",
        (count == 0 ? "no connection was seen" : ChartText.Invariant($"n = {count:N0} {Counted}, of which the longest are shown")) + Events(recordings));

    /// <inheritdoc />
    public override TableData Data(IReadOnlyList<RecordedSpan> recordings)
    {
        var fields = ConnectionFields.Set.Parse("opened,ended,lifetime,ending,process,pid,role,service,peer");
        return new TableData(
            [.. GroupColumn, .. fields.Select(field => TableColumn.Of(field.Field))],
            Longest(MaxRows).Select(row => (IReadOnlyList<FieldValue>)
            [
                .. GroupValue(Options.By is { } by ? by.Text(by.Key(in row.Connection, row.Recording)) : ""),
                .. fields.Select(field => field.Get(in row.Connection, ConnectionContext.Of(row.Recording))),
            ]));
    }

    private protected override bool IsEmpty => count == 0;

    private string Counted => hasBothEnds ? "sockets" : "connections";

    private protected override void Add(in Connection connection, RecordedSpan recording)
    {
        count++;
        hasBothEnds |= connection.IsJoined;
        sort.Take(new ReadOnlySpan<Connection>(in connection), recording);
    }

    private protected override void Draw(ChartSheet sheet, IReadOnlyList<RecordedSpan> recordings)
    {
        var rows = Longest((int)Math.Max((sheet.Height - Around) / RowHeight, 3));
        var axis = Axis(recordings);
        var labels = new FittingTicks();
        axis.DrawOn(sheet);
        sheet.AxisY(
            rows.Length < count ? ChartText.Invariant($"the longest {rows.Length:N0} of {count:N0}, as they were opened") : "",
            0,
            Math.Max(rows.Length, 6),
            labels);
        sheet.HideGridY();
        axis.DrawGaps(sheet, "events lost");
        var (looks, lookOf) = Options.By is { } by ? ByGroup(sheet, by, rows) : ByEnding(sheet);
        var boxes = looks.ToDictionary(look => look, look => (
            Certain: new Boxes(look.Color, look.Meaning) { Least = 2 },
            Doubtful: new Boxes(look.Color, $"{look.Meaning}, not certain") { Least = 2, IsHatched = true }));
        for (var i = 0; i < rows.Length; i++)
        {
            var (connection, recording) = rows[i];
            var middle = sheet.Top - i - 0.5;
            var of = boxes[lookOf(connection, recording)];
            (connection.IsDoubtful ? of.Doubtful : of.Certain).Add(
                axis.At(Time.At(connection.Opened, recording)), axis.At(Time.At(connection.Ended, recording)), middle - 0.3, middle + 0.3);
            labels.AddMajor(middle, sheet.Name(NameOf(in connection, recording)));
        }

        foreach (var look in looks)
        {
            sheet.Add(boxes[look].Certain);
            sheet.Add(boxes[look].Doubtful);
        }

        DrawOutages(sheet, axis);
        if (Options.By is not null)
        {
            Mark(sheet, axis, rows);
        }
    }

    /// <summary>Marks how connections ended, where colours tell something else.</summary>
    private void Mark(ChartSheet sheet, TimeScale axis, (Connection Connection, RecordedSpan Recording)[] rows)
    {
        foreach (var (ending, meaning, shape) in endings)
        {
            var marked = rows.Select((row, i) => (row.Connection, row.Recording, Middle: sheet.Top - i - 0.5)).Where(row => row.Connection.Ending == ending).ToArray();
            if (marked.Length > 0)
            {
                sheet.AddMarks(
                    [.. marked.Select(row => axis.Within(Time.At(row.Connection.Ended, row.Recording)))],
                    [.. marked.Select(row => row.Middle)],
                    shape,
                    meaning);
            }
        }
    }

    private (Connection Connection, RecordedSpan Recording)[] Longest(int most)
    {
        sort.End();
        return [.. longest.Items.Take(most).OrderBy(row => Time.At(row.Connection.Opened, row.Recording))];
    }

    private static string NameOf(in Connection connection, RecordedSpan recording)
    {
        var isServer = connection.Role == ConnectionRole.Server;
        var end = Grouping.Of(isServer ? GroupBy.Peer : GroupBy.Service).Key(in connection, recording).EndText;
        return $"{Grouping.Of(GroupBy.Process).Key(in connection, recording).ProcessText} {(isServer ? "←" : "→")} {end}";
    }

    private static (Look[] All, Func<Connection, RecordedSpan, Look> Of) ByEnding(ChartSheet sheet)
    {
        var looks = endings.ToDictionary(one => one.Ending, one => new Look(sheet.Theme.Of(one.Ending), one.Meaning));
        return ([.. endings.Select(one => looks[one.Ending])], (connection, _) => looks[connection.Ending]);
    }

    private static (Look[] All, Func<Connection, RecordedSpan, Look> Of) ByGroup(ChartSheet sheet, Grouping by, (Connection Connection, RecordedSpan Recording)[] rows)
    {
        var looks = rows.GroupBy(row => by.Key(in row.Connection, row.Recording))
            .OrderByDescending(group => group.Count()).ThenBy(group => by.Text(group.Key), StringComparer.Ordinal).Take(MaxGroups)
            .Select((group, i) => (group.Key, Look: new Look(sheet.Theme.Series[i], ChartSheet.Short(by.Text(group.Key))))).ToArray();
        var others = new Look(sheet.Theme.Other, "all others");
        var byKey = looks.ToDictionary(one => one.Key, one => one.Look);
        return ([.. looks.Select(one => one.Look), others], (connection, recording) => byKey.GetValueOrDefault(by.Key(in connection, recording), others));
    }

    /// <summary>How a bar is drawn, and what that means.</summary>
    private sealed record Look(string Color, string Meaning);
}
