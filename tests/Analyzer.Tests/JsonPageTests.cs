using System.Text;
using System.Text.Json;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Output;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Format.Reading;

namespace TraceCap.Analyzer.Tests;

/// <summary>docs/json.md has every property that there is in the JSON of events and connections.</summary>
public sealed class JsonPageTests
{
    private static readonly string path = Repository.File("docs/json.md");

    private static IReadOnlyList<JsonKey> Shared => [.. EventJsonFields.All.Where(key => key.Part != JsonPart.Event), .. NamesJson.All];

    private static IReadOnlyList<JsonKey> EventsOnly => [EventJsonFields.Time, .. EventJsonFields.All.Where(key => key.Part == JsonPart.Event)];

    [Fact]
    public void The_page_lists_all_properties()
    {
        var page = File.ReadAllText(path);
        var expected = Replace(Replace(Replace(page, "events", EventsOnly), "connections", ConnectionJson.Own), "both", Shared);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.Equal(expected, page);
    }

    [Fact]
    public void Every_property_that_is_written_is_listed()
    {
        foreach (var capture in Directory.GetFiles(Repository.File("samples/captures"), "*.tcap"))
        {
            Assert.Subset(Names(EventsOnly), Print(ExportKinds.Events, capture));
            Assert.Subset(Names(ConnectionJson.Own), Print(ExportKinds.Connections, capture));
        }
    }

    private static HashSet<string> Names(IReadOnlyList<JsonKey> own) => [.. own.Concat(Shared).Select(key => key.Name)];

    private static HashSet<string> Print(ExportKinds kind, string capture)
    {
        using var text = new MemoryStream();
        var exporter = ExportFormat.Of(kind, "ndjson").Create(text, new ExportOptions());
        using var file = File.OpenRead(capture);
        if (kind == ExportKinds.Events)
        {
            using var events = new EventPipeline(exporter, new CaptureFilter(new EventFilter()));
            events.Run(new EventStream(CaptureReader.Open(file)), _ => { });
        }
        else
        {
            using var connections = new ConnectionPipeline(exporter);
            ConnectionFeed.ReadAll(file, connections);
        }

        return
        [
            .. Encoding.UTF8.GetString(text.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .SelectMany(line => JsonDocument.Parse(line).RootElement.EnumerateObject().Select(property => property.Name)),
        ];
    }

    private static string Replace(string page, string name, IReadOnlyList<JsonKey> keys)
    {
        var begin = page.IndexOf($"<!-- {name} -->\n", StringComparison.Ordinal) + $"<!-- {name} -->\n".Length;
        var end = page.IndexOf($"<!-- end of {name} -->", StringComparison.Ordinal);
        var rows = keys.Select(key => $"| `{key.Name}` | {key.Type} | {key.Doc} |\n");
        return $"{page[..begin]}| property | value | |\n|---|---|---|\n{string.Concat(rows)}{page[end..]}";
    }
}
