using ScottPlot;
using ScottPlot.TickGenerators;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Tables;

namespace TraceCap.Charts;

/// <summary><c>timeline</c>: of the longest, if there are too many.</summary>
internal sealed class TimelineChart : Chart
{
    private const int MaxRows = 200;
    private const int MaxNamedRows = 40;

    private readonly TimeLine time = new();
    private readonly ConnectionList longest = new();
    private readonly ConnectionSort sort;
    private long count;
    private bool hasBothEnds;

    internal TimelineChart(ChartOptions options)
        : base(options) => sort = new ConnectionSort(ConnectionOrders.Longest, MaxRows, longest);

    /// <inheritdoc />
    public override void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        count += connections.Length;
        foreach (ref readonly var connection in connections)
        {
            hasBothEnds |= connection.IsJoined;
        }

        sort.Take(connections, recording);
    }

    /// <inheritdoc />
    public override ChartText Describe(IReadOnlyList<RecordedSpan> recordings) => new(
        $"Connections from their opening to their end{ByText}",
        (count == 0 ? "no connection was seen" : ChartText.Invariant($"{(count > MaxRows ? $"the longest {MaxRows} of" : "n =")} {count:N0} {(hasBothEnds ? "sockets" : "connections")}")) + Lost(recordings));

    /// <inheritdoc />
    public override TableData Data(IReadOnlyList<RecordedSpan> recordings)
    {
        sort.End();
        var fields = ConnectionFields.Set.Parse("opened,ended,lifetime,ending,process,pid,role,service,peer");
        return new TableData(
            [.. GroupColumn, .. fields.Select(field => TableColumn.Of(field.Field))],
            longest.Items.OrderBy(row => time.At(row.Connection.Opened, row.Recording)).Select(row => (IReadOnlyList<FieldValue>)
            [
                .. GroupValue(Options.By is { } by ? by.Text(by.Key(in row.Connection, row.Recording)) : ""),
                .. fields.Select(field => field.Get(in row.Connection, ConnectionContext.Of(row.Recording))),
            ]));
    }

    private protected override bool IsEmpty => count == 0;

    private protected override void Draw(ChartSheet sheet, IReadOnlyList<RecordedSpan> recordings)
    {
        sort.End();
        var rows = longest.Items.OrderBy(row => time.At(row.Connection.Opened, row.Recording)).ToArray();
        var axis = new TimeScale(time, recordings);
        var labels = new NumericManual();
        sheet.AxisX(axis.Label, 0, axis.To, TimeScale.Ticks());
        sheet.AxisY(rows.Length > MaxNamedRows ? "one row each, in the order they were opened" : "", 0, Math.Max(rows.Length, 6), labels);
        sheet.HideGridY();
        axis.DrawGaps(sheet);
        var colours = Options.By is { } by ? ByGroup(sheet, by, rows) : ByEnding(sheet);
        for (var i = 0; i < rows.Length; i++)
        {
            var (connection, recording) = rows[i];
            var middle = sheet.Top - i - 0.5;
            colours(connection, recording).Add(
                axis.At(time.At(connection.Opened, recording)), axis.At(time.At(connection.Ended, recording)), middle - 0.3, middle + 0.3);
            if (rows.Length <= MaxNamedRows)
            {
                var who = Grouping.Of(GroupBy.Process).Key(in connection, recording).ProcessText;
                var arrow = connection.Role == ConnectionRole.Server ? "←" : "→";
                var peer = connection.Role == ConnectionRole.Server
                    ? Grouping.Of(GroupBy.Peer).Key(in connection, recording).EndText
                    : Grouping.Of(GroupBy.Service).Key(in connection, recording).EndText;
                labels.AddMajor(middle, ChartSheet.Short($"{who} {arrow} {peer}"));
            }
        }
    }

    private static Func<Connection, RecordedSpan, Boxes> ByEnding(ChartSheet sheet)
    {
        var boxes = new Dictionary<ConnectionEnding, Boxes>();
        foreach (var (ending, meaning) in (ReadOnlySpan<(ConnectionEnding, string)>)
            [(ConnectionEnding.Closed, "closed"), (ConnectionEnding.Reset, "reset"), (ConnectionEnding.Failed, "failed"), (ConnectionEnding.Open, "still open"), (ConnectionEnding.Unseen, "ended unseen")])
        {
            boxes.Add(ending, new Boxes(sheet.Theme.Of(ending), meaning) { Least = 2 });
            sheet.Add(boxes[ending]);
        }

        return (connection, _) => boxes[connection.Ending];
    }

    private static Func<Connection, RecordedSpan, Boxes> ByGroup(ChartSheet sheet, Grouping by, (Connection Connection, RecordedSpan Recording)[] rows)
    {
        var boxes = rows.GroupBy(row => by.Key(in row.Connection, row.Recording))
            .OrderByDescending(group => group.Count()).ThenBy(group => by.Text(group.Key), StringComparer.Ordinal).Take(MaxGroups)
            .Select((group, i) => (group.Key, Boxes: new Boxes(sheet.Theme.Series[i], ChartSheet.Short(by.Text(group.Key))) { Least = 2 }))
            .ToDictionary(group => group.Key, group => group.Boxes);
        var others = new Boxes(sheet.Theme.Other, "all others") { Least = 2 };
        foreach (var one in boxes.Values.Append(others))
        {
            sheet.Add(one);
        }

        return (connection, recording) => boxes.GetValueOrDefault(by.Key(in connection, recording), others);
    }
}
