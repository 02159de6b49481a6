using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Output.Tables;

namespace TraceCap.Exports.DuckDb;

/// <summary>The tables that SQL has, and their columns: for help.</summary>
internal static class SqlSchema
{
    private static readonly TableColumn[] shown =
    [
        TableColumn.Of("table", FieldTypes.Text),
        TableColumn.Of("column", FieldTypes.Text),
        TableColumn.Of("type", FieldTypes.Text),
        TableColumn.Of("meaning", FieldTypes.Text),
    ];

    /// <summary>A row for each column.</summary>
    /// <param name="only">Of this table alone; null: of all.</param>
    internal static TableData Columns(string? only = null) => new(
        shown,
        from table in CaptureTable.All
        where only is null || table.Name == only
        from column in table.Columns
        select (IReadOnlyList<FieldValue>)
        [
            FieldValue.Of(table.Name),
            FieldValue.Of(column.Name),
            FieldValue.Of(DataChunkWriter.TypeNameOf(column) + (column.IsNullable ? "" : " NOT NULL")),
            FieldValue.Of(column.Doc),
        ]);

    /// <summary>The words that may be meant when some of one is typed.</summary>
    internal static IReadOnlyList<string> Words { get; } =
    [
        .. CaptureTable.All.SelectMany(table => table.Columns.Select(column => column.Name).Prepend(table.Name)).Distinct(),
        .. "select from where group by order having limit distinct count sum avg min max median quantile_cont date_trunc filter join left using with as case when then else end and or not in between like is null desc asc union all explain describe summarize".Split(' '),
    ];
}
