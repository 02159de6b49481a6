using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Analyzer.Output.Text;

namespace TraceCap.Analyzer;

/// <summary>What a capture can be written as, by name.</summary>
internal static class CaptureExports
{
    private static readonly (string Name, Func<IEventFormat> Create)[] eventFormats =
    [
        ("ndjson", () => new JsonLines()),
        ("table", () => new TcptracerTable(new TableOptions())),
    ];

    private static readonly (string Name, Func<IConnectionFormat> Create)[] connectionFormats =
    [
        ("ndjson", () => new ConnectionJson()),
        ("csv", () => new LifetimeTable(new LifetimeOptions { Csv = true })),
        ("table", () => new LifetimeTable(new LifetimeOptions())),
    ];

    internal static void Events(CaptureSources sources, Stream output, string format, CaptureFilter filter, CancellationToken token)
    {
        var rows = Create(eventFormats, format);
        var printer = new EventPrinter(rows, filter.Events, output);
        printer.Begin();
        using var reading = new EventReading(sources, filter, token);
        while (reading.Read(out var events))
        {
            while (!events.IsEmpty)
            {
                var context = reading.Stream!.TakeRun(ref events, out var run);
                rows.Use(context);
                printer.Filter = filter.Resolve(context);
                printer.Print(run);
            }
        }
    }

    internal static void Connections(CaptureSources sources, Stream output, string format, ConnectionFilter? filter, CancellationToken token)
    {
        var printer = new ConnectionPrinter(Create(connectionFormats, format), ulong.MaxValue, output);
        sources.Read(printer, filter, token);
        printer.End();
    }

    private static T Create<T>((string Name, Func<T> Create)[] formats, string name) =>
        Array.Find(formats, format => format.Name == name) is { Create: { } create }
            ? create()
            : throw new ArgumentException($"'{name}' is no format; expected one of {string.Join(", ", formats.Select(format => format.Name))}", nameof(name));
}
