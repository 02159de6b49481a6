using System.Collections.Immutable;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Analyzer.Output.Text;

namespace TraceCap.Analyzer.Output;

/// <summary>A format that events or connections can be exported to.</summary>
/// <param name="Name">What it is called on the command line; no other format that takes the same is called so.</param>
/// <param name="Takes">What it can be given.</param>
/// <param name="Extensions">How names of such files end, the usual one first.</param>
/// <param name="IsBinary">Whether it is for a file or a pipe, and nothing for a terminal.</param>
/// <param name="Doc">What it is, in a few words.</param>
/// <param name="Create">Makes an exporter that writes to a stream, and leaves that open.</param>
internal sealed record ExportFormat(
    string Name, ExportKinds Takes, ImmutableArray<string> Extensions, bool IsBinary, string Doc, Func<Stream, ExportOptions, IExporter> Create)
{
    /// <summary>The table of all formats: commands and their help go by it.</summary>
    public static ImmutableArray<ExportFormat> All { get; } =
    [
        new("bcc", ExportKinds.Events, [".txt"], IsBinary: false, "the table of bcc's tcptracer",
            (output, options) => Rows(output, new TcptracerTable(options.Table with { Style = TableStyle.Bcc }))),
        new("libbpf", ExportKinds.Events, [".txt"], IsBinary: false, "the table of libbpf-tools' tcptracer",
            (output, options) => Rows(output, new TcptracerTable(options.Table with { Style = TableStyle.Libbpf }))),
        new("json", ExportKinds.Events, [".ndjson", ".jsonl"], IsBinary: false, "one JSON object a line, with all that is recorded",
            (output, _) => Rows(output, new JsonLines())),
        new("tcplife", ExportKinds.Connections, [".txt"], IsBinary: false, "the table of bcc's tcplife",
            (output, options) => Rows(output, new LifetimeTable(options.Lifetimes))),
        new("csv", ExportKinds.Connections, [".csv"], IsBinary: false, "comma-separated values",
            (output, options) => Rows(output, new LifetimeCsv(options.Lifetimes))),
        new("json", ExportKinds.Connections, [".ndjson", ".jsonl"], IsBinary: false, "one JSON object a line, with all that is known",
            (output, _) => Rows(output, new ConnectionJson())),
    ];

    /// <summary>The formats that take events, or connections.</summary>
    public static IEnumerable<ExportFormat> Of(ExportKinds kind) => All.Where(format => format.Takes.HasFlag(kind));

    /// <summary>A format by its name.</summary>
    /// <exception cref="ArgumentException">There is none of that name for this kind.</exception>
    public static ExportFormat Of(ExportKinds kind, string name) => Of(kind).FirstOrDefault(format => format.Name == name)
        ?? throw new ArgumentException($"'{name}' is no format for {kind}; expected {string.Join(", ", Of(kind).Select(format => format.Name))}", nameof(name));

    private static EventRowExporter Rows(Stream output, IEventRows rows) => new(rows, output);

    private static ConnectionRowExporter Rows(Stream output, IConnectionRows rows) => new(rows, output);
}
