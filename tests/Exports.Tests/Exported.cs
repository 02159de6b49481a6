using System.Globalization;
using System.Text.Json;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Output;
using TraceCap.Exports.Schema;
using TraceCap.Format.Reading;

namespace TraceCap.Exports.Tests;

/// <summary>Exports of the repository's captures.</summary>
internal static class Exported
{
    /// <summary>An export to a format.</summary>
    internal static byte[] Of(string format, ExportKinds kind, params string[] samples) => Of(format, kind, new ExportOptions(), samples);

    /// <inheritdoc cref="Of(string, ExportKinds, string[])" />
    internal static byte[] Of(string format, ExportKinds kind, ExportOptions options, params string[] samples)
    {
        var output = new MemoryStream();
        Run(ExportFormats.All.Single(one => one.Name == format && one.Takes == kind).Create(output, options), kind, options.Source, samples);
        return output.ToArray();
    }

    /// <summary>Hands captures to an exporter.</summary>
    internal static void Run(IExporter exporter, ExportKinds kind, ExportSource source, params string[] samples)
    {
        using var events = kind == ExportKinds.Events ? new EventPipeline(exporter, CaptureFilter.All, tool: "test") : null;
        using var connections = kind == ExportKinds.Connections ? new ConnectionPipeline(exporter, tool: "test") : null;
        var feed = connections is null ? null : new ConnectionFeed(connections, new ConnectionFilter());
        foreach (var sample in samples)
        {
            source.Capture = sample;
            using var file = SampleCaptures.Open(sample);
            var reader = CaptureReader.Open(file);
            reader.SectionEnds += () => source.Add(reader.Known.Header);
            var stream = new EventStream(reader);
            events?.Run(stream, source.Add);
            feed?.Read(stream);
        }

        feed?.End();
        source.Add(RecordedSpan.LossCountersOf(feed?.Recordings ?? []));
        connections?.End();
    }

    /// <summary>What JSON has of each row: by the name of the column the value, as text; an instant as nanoseconds since 1970.</summary>
    internal static IReadOnlyList<Dictionary<string, string>> Rows(ExportKinds kind, params string[] samples)
    {
        var options = kind == ExportKinds.Events ? new ExportOptions { EventFields = EventFields.Set.All } : new ExportOptions { ConnectionFields = ConnectionFields.Set.All };
        var types = EventFields.Set.All.Select(field => field.Field).Concat(ConnectionFields.Set.All.Select(field => field.Field)).DistinctBy(field => field.Name)
            .ToDictionary(field => field.Name, field => field.Type);
        return
        [
            .. System.Text.Encoding.UTF8.GetString(Of("ndjson", kind, options, samples)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line).RootElement.EnumerateObject().Where(property => types[property.Name] != FieldTypes.Instant || property.Value.GetString()!.EndsWith('Z'))
                    .ToDictionary(property => property.Name == "host.name" ? Column.Host : property.Name.Replace('.', '_'), property => Text(property.Value, types[property.Name]))),
        ];
    }

    /// <summary>Nanoseconds since 1970 of a time in RFC 3339.</summary>
    internal static long Nanoseconds(string time)
    {
        var dot = time.IndexOf('.', StringComparison.Ordinal);
        var seconds = DateTimeOffset.Parse(time[..dot] + "Z", CultureInfo.InvariantCulture).ToUnixTimeSeconds();
        return (seconds * 1_000_000_000) + long.Parse(time[(dot + 1)..^1].PadRight(9, '0'), CultureInfo.InvariantCulture);
    }

    private static string Text(JsonElement value, FieldType type) => value.ValueKind switch
    {
        JsonValueKind.Array => string.Join('|', value.EnumerateArray().Select(one => one.GetString())),
        JsonValueKind.String when type == FieldTypes.Instant => Nanoseconds(value.GetString()!).ToString(CultureInfo.InvariantCulture),
        JsonValueKind.String => value.GetString()!,
        _ => value.GetRawText(),
    };
}
