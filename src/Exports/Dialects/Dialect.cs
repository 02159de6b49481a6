using System.Collections.Immutable;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Output;
using TraceCap.Analyzer.Output.Tables;

namespace TraceCap.Exports.Dialects;

/// <summary>Names and columns that another tool has for events or connections, in a format for text.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Doc">What it is, in a few words.</param>
/// <param name="Takes">What it is for, for messages.</param>
/// <param name="Create">Makes an exporter; null if there is none for that format and kind.</param>
internal sealed record Dialect(string Name, string Doc, string Takes, Func<Stream, ExportFormat, ExportKinds, IExporter?> Create)
{
    /// <summary>All of them.</summary>
    internal static ImmutableArray<Dialect> All { get; } =
    [
        new("ecs", "the Elastic Common Schema", "csv, tsv, json and ndjson", (output, format, kind) => TableFormat.Find(format.Name) is not { } table ? null
            : kind == ExportKinds.Events
                ? new EventRowExporter(new EventFieldRows(EcsFields.OfEvents, Writer(table, EcsFields.OfEvents.Select(field => field.Field))), output)
                : new ConnectionRowExporter(new ConnectionFieldRows(EcsFields.OfConnections, Writer(table, EcsFields.OfConnections.Select(field => field.Field))), output)),
        new("zeek", "Zeek's conn.log: tsv as Zeek writes it, or its JSON", "--connections in csv, tsv, json and ndjson", (output, format, kind) =>
            kind != ExportKinds.Connections || TableFormat.Find(format.Name) is not { } table ? null
            : new ConnectionRowExporter(
                new ZeekRows(format.Name == "tsv" ? new ZeekText(Columns(ZeekFields.All.Select(field => field.Field))) : Writer(table, ZeekFields.All.Select(field => field.Field))), output)),
    ];

    private static TableWriter Writer(TableFormat format, IEnumerable<Analyzer.Fields.Field> fields) => format.Create(Columns(fields), new TableLook(0, TableFormat.Lookahead, TextColours.None));

    private static IReadOnlyList<TableColumn> Columns(IEnumerable<Analyzer.Fields.Field> fields) => [.. fields.Select(TableColumn.Of)];
}
