using System.Collections.Immutable;
using TraceCap.Exports.Schema;

namespace TraceCap.Exports.ClickHouse;

/// <summary>A table of a fleet: the columns of captures, and those that tell rows apart.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Doc">What a row is, in one line.</param>
/// <param name="Time">The column by which rows have a day; their parts on the server's disk are of one day.</param>
/// <param name="Order">The columns that rows are ordered by, which no two rows have alike.</param>
/// <param name="Columns">All of them.</param>
internal sealed record FleetTable(string Name, string Doc, string Time, string Order, ImmutableArray<FleetColumn> Columns)
{
    /// <summary>The column that says which capture a row is of, whatever its file was named.</summary>
    internal const string CaptureId = "capture_id";

    /// <summary>The column that numbers the rows of a capture and a day.</summary>
    internal const string Row = "row";

    /// <summary>The column that says which start of the host a row is of: ids of sockets, and monotonic times, are of one.</summary>
    internal const string Boot = "boot_id";

    private const string Opened = "opened_time";

    /// <summary>Events.</summary>
    internal static FleetTable Events { get; } = new(
        "events", "an event of a connection", "time", $"{Column.Host}, time, {CaptureId}, {Row}", OfBoot(ColumnsOf(EventColumns.Table, "time")));

    /// <summary>Connections.</summary>
    internal static FleetTable Connections { get; } = new(
        "connections", "one end of a connection, as far as its capture tells", Opened, $"{Column.Host}, {Opened}, {CaptureId}, {Row}", OfBoot(ColumnsOf(ConnectionColumns.Table, Opened)));

    /// <summary>Losses.</summary>
    internal static FleetTable Losses { get; } = new(
        "losses", "a time in which events may have been lost", "from_time", $"{Column.Host}, from_time, {CaptureId}, {Row}", ColumnsOf(LossColumns.Table, "from_time"));

    /// <summary>Captures. A capture has its rows here once all others are there.</summary>
    internal static FleetTable Captures { get; } = new(
        "captures", "a section of a capture that was shipped whole", "shipped", $"{Column.Host}, {CaptureId}, section",
        [
            .. ColumnsOf(CaptureColumns.Table, "section").Where(column => column.Name != Row),
            new("shipped", "DateTime DEFAULT now()", "when all of it was there"),
        ]);

    /// <summary>All tables.</summary>
    internal static ImmutableArray<FleetTable> All { get; } = [Events, Connections, Losses, Captures];

    /// <summary>The columns whose values are sent, in the order in which they are.</summary>
    internal IEnumerable<FleetColumn> Sent => Columns.Where(column => column.Type is not null);

    private static ImmutableArray<FleetColumn> OfBoot(ImmutableArray<FleetColumn> columns) =>
        columns.Insert(2, FleetColumn.Sent(CaptureColumns.Table.Columns[CaptureColumns.Table.Find(Boot)].Of));

    /// <summary>The columns of a table of captures, as a fleet has them.</summary>
    private static ImmutableArray<FleetColumn> ColumnsOf<TGet>(ColumnTable<TGet> table, string time)
        where TGet : Delegate =>
    [
        FleetColumn.Key(CaptureId, FleetType.Uuid, "the capture, whatever its file is named"),
        FleetColumn.Key(Row, FleetType.RowNumber, "counts the rows of that capture and day from 0"),
        .. table.Columns.SelectMany(column => Of(column.Of, time)),
    ];

    /// <summary>Addresses are stored in a type that has indexes and ranges, and are read as the text that all other engines have.</summary>
    private static IEnumerable<FleetColumn> Of(Column column, string time)
    {
        switch (column)
        {
            case { Name: Column.Date }:
                yield return FleetColumn.Alias(column, "Date", $"toDate({time})");
                break;
            case { Name: "peer", Kind: ColumnKind.Address }:
                yield return FleetColumn.Alias(column, "String", "replaceRegexpOne(toString(network_peer_ip), '^::ffff:(\\\\d+\\\\.)', '\\\\1')");
                break;
            case { Kind: ColumnKind.Address }:
                var stored = column.Name.Replace("_address", "_ip", StringComparison.Ordinal);
                yield return FleetColumn.Sent(column, stored);
                yield return FleetColumn.Alias(column, "String", $"if(network_type = 'ipv4', substring(toString({stored}), 8), toString({stored}))");
                break;
            default:
                yield return FleetColumn.Sent(column, isKey: column.Name == Column.Host || column.Name == time);
                break;
        }
    }
}
