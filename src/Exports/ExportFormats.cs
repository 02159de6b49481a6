using System.Collections.Immutable;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Output;
using TraceCap.Analyzer.Output.Tables;
using TraceCap.Exports.Arrow;
using TraceCap.Exports.Parquet;

namespace TraceCap.Exports;

/// <summary>The table of the formats that <c>tracecap export</c> has: those of any table that are exact, and those of other tools.</summary>
internal static class ExportFormats
{
    /// <summary>All of them.</summary>
    internal static ImmutableArray<ExportFormat> All { get; } =
    [
        .. ExportFormat.All.Where(format => format.TakesFields && TableFormat.Find(format.Name) is { IsForPeople: false }).Select(AllFields),
        .. Both("parquet", ".parquet", "Apache Parquet, typed and packed, for DuckDB, ClickHouse, Spark, pandas", (output, kind, options) => new ParquetExporter(output, kind, options)),
        .. Both("arrow", ".arrow", "Apache Arrow's IPC file", (output, kind, options) => new ArrowExporter(output, kind, options, isFile: true)),
        .. Both("arrow-stream", ".arrows", "the same as a stream, for a pipe", (output, kind, options) => new ArrowExporter(output, kind, options, isFile: false)),
    ];

    /// <summary>The CSV of connections has all fields under OpenTelemetry's names, where that of <c>lifetimes</c> has tcplife's columns.</summary>
    private static ExportFormat AllFields(ExportFormat format) => format is not { Takes: ExportKinds.Connections, Name: "csv" } ? format : format with
    {
        Create = (output, options) => format.Create(output, options with { ConnectionFields = options.ConnectionFields ?? ConnectionFields.Set.All }),
    };

    private static IEnumerable<ExportFormat> Both(string name, string extension, string doc, Func<Stream, ExportKinds, ExportOptions, IExporter> create) =>
        new[] { ExportKinds.Events, ExportKinds.Connections }.Select(kind =>
            new ExportFormat(name, kind, [extension], IsBinary: true, doc, (output, options) => create(output, kind, options)) { TakesFields = true });
}
