using System.Collections.Immutable;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Analyzer.Output.Tables;
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
            (output, options) => Rows(output, new TcptracerTable(options.Table with { Style = TableStyle.Bcc, Colours = options.Colours }))),
        new("libbpf", ExportKinds.Events, [".txt"], IsBinary: false, "the table of libbpf-tools' tcptracer",
            (output, options) => Rows(output, new TcptracerTable(options.Table with { Style = TableStyle.Libbpf, Colours = options.Colours }))),
        .. TableFormat.All.Select(format => new ExportFormat(format.Name, ExportKinds.Events, format.Extensions, IsBinary: false, format.Doc,
            (output, options) => Rows(output, EventRows(format, options))) { TakesFields = true }),
        new("tcplife", ExportKinds.Connections, [".txt"], IsBinary: false, "the table of bcc's tcplife",
            (output, options) => Rows(output, new LifetimeTable(options.Lifetimes with { Colours = options.Colours }))),
        .. TableFormat.All.Select(format => new ExportFormat(format.Name, ExportKinds.Connections, format.Extensions, IsBinary: false, format.Doc,
            (output, options) => Rows(output, ConnectionRows(format, options))) { TakesFields = true }),
    ];

    /// <summary>Whether it shows fields that the user chooses.</summary>
    public bool TakesFields { get; init; }

    /// <summary>Whether it goes to <see cref="ExportOptions.Endpoint"/>, and into no file.</summary>
    public bool IsSent { get; init; }

    /// <summary>The formats that take events, or connections.</summary>
    public static IEnumerable<ExportFormat> Of(ExportKinds kind) => All.Where(format => format.Takes.HasFlag(kind));

    /// <summary>A format by its name.</summary>
    /// <exception cref="ArgumentException">There is none of that name for this kind.</exception>
    public static ExportFormat Of(ExportKinds kind, string name) => Of(kind).FirstOrDefault(format => format.Name == name)
        ?? throw new ArgumentException($"'{name}' is no format for {kind}; expected {string.Join(", ", Of(kind).Select(format => format.Name))}", nameof(name));

    /// <summary>What people see of events if they choose nothing.</summary>
    private static IReadOnlyList<BoundField<EventGet>> UsualOfEvents { get; } = EventFields.Set.Parse("time,event.name,pid,process,local,local.port,peer,peer.port,errno");

    /// <summary>The same of connections.</summary>
    private static IReadOnlyList<BoundField<ConnectionGet>> UsualOfConnections { get; } =
        ConnectionFields.Set.Parse("opened,pid,process,role,service,peer,lifetime,sent,received,ending,errno");

    /// <summary>JSON without a choice of fields is what <c>import</c> reads.</summary>
    private static IEventRows EventRows(TableFormat format, ExportOptions options)
    {
        switch (options.EventFields, format.Name)
        {
            case (null, "json"):
                return new EventJsonArray(new JsonLines());
            case (null, "ndjson"):
                return new JsonLines();
            default:
                var fields = options.EventFields ?? (format.IsForPeople ? UsualOfEvents : EventFields.Set.All);
                return new EventFieldRows(fields, Writer(format, fields.Select(field => field.Field), options));
        }
    }

    private static IConnectionRows ConnectionRows(TableFormat format, ExportOptions options)
    {
        switch (options.ConnectionFields, format.Name)
        {
            case (null, "json"):
                return new ConnectionJsonArray(new ConnectionJson());
            case (null, "ndjson"):
                return new ConnectionJson();
            case (null, "csv"):
                return new LifetimeCsv(options.Lifetimes);
            default:
                var fields = options.ConnectionFields ?? (format.IsForPeople ? UsualOfConnections : ConnectionFields.Set.All);
                return new ConnectionFieldRows(fields, Writer(format, fields.Select(field => field.Field), options));
        }
    }

    private static TableWriter Writer(TableFormat format, IEnumerable<Field> fields, ExportOptions options) =>
        format.Create([.. fields.Select(TableColumn.Of)], new TableLook(options.Width, options.IsLive ? 1 : TableFormat.Lookahead, options.Colours));

    private static EventRowExporter Rows(Stream output, IEventRows rows) => new(rows, output);

    private static ConnectionRowExporter Rows(Stream output, IConnectionRows rows) => new(rows, output);
}
