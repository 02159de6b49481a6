using System.Collections.Immutable;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Output;
using TraceCap.Analyzer.Output.Tables;
using TraceCap.Exports.Arrow;
using TraceCap.Exports.Otlp;
using TraceCap.Exports.Parquet;
using TraceCap.Exports.Pcapng;
using TraceCap.Exports.Perfetto;

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
        OfConnections("perfetto", [".pftrace", ".perfetto-trace"], "a trace that ui.perfetto.dev opens", (output, options) => new PerfettoExporter(output, Fields(options))) with { TakesFields = true },
        OfConnections("pcapng", [".pcapng"], "the packets that connections must have had, for Wireshark", (output, _) => new PcapngExporter(output)),
        OfConnections(
            "otlp", [], "log records for an OpenTelemetry server: -o is its URL, such as http://localhost:4318",
            (_, options) => new OtlpExporter(OtlpEndpoint.Parse(options.Endpoint, Environment.GetEnvironmentVariable), Fields(options))) with { TakesFields = true, IsSent = true },
    ];

    /// <summary>The CSV of connections has all fields under OpenTelemetry's names, where that of <c>lifetimes</c> has tcplife's columns.</summary>
    private static ExportFormat AllFields(ExportFormat format) => format is not { Takes: ExportKinds.Connections, Name: "csv" } ? format : format with
    {
        Create = (output, options) => format.Create(output, options with { ConnectionFields = options.ConnectionFields ?? ConnectionFields.Set.All }),
    };

    private static ExportFormat OfConnections(string name, ImmutableArray<string> extensions, string doc, Func<Stream, ExportOptions, IExporter> create) =>
        new(name, ExportKinds.Connections, extensions, IsBinary: true, doc, create);

    private static IReadOnlyList<BoundField<ConnectionGet>> Fields(ExportOptions options) => options.ConnectionFields ?? ConnectionFields.Set.All;

    private static IEnumerable<ExportFormat> Both(string name, string extension, string doc, Func<Stream, ExportKinds, ExportOptions, IExporter> create) =>
        new[] { ExportKinds.Events, ExportKinds.Connections }.Select(kind =>
            new ExportFormat(name, kind, [extension], IsBinary: true, doc, (output, options) => create(output, kind, options)) { TakesFields = true });
}
