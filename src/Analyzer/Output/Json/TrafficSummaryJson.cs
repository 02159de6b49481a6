using System.Buffers;
using System.Globalization;
using System.Text.Json;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Metrics;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Output.Json;

/// <summary>A <see cref="TrafficSummary"/> for programs. 64-bit numbers are strings, so that no reader rounds them.</summary>
internal static class TrafficSummaryJson
{
    private static readonly ILookup<JsonOwner, Metric> metrics = MetricTable.Shown
        .Where(metric => metric.Places.Json is not null).ToLookup(metric => metric.Places.Json!.Owner);

    /// <summary>One JSON object and a newline, UTF-8.</summary>
    /// <param name="summary">The figures.</param>
    public static byte[] Format(TrafficSummary summary)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteRecordings(json, summary.Figures.Recordings);
            WriteFigures(json, JsonOwner.Summary, summary.Figures);
            json.WriteStartObject("all");
            Write(json, summary.Figures);
            json.WriteEndObject();
            WriteFindings(json, summary.Findings);
            json.WriteString("by", summary.Groups.By.Word);
            json.WriteStartArray("groups");
            foreach (var (key, statistics) in summary.Groups.InOrder)
            {
                json.WriteStartObject();
                json.WriteString("name", summary.Groups.By.Text(key));
                Write(json, summary.Of(statistics));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (summary.Groups.Others is { } others)
            {
                json.WriteStartObject("other_groups");
                Write(json, summary.Of(others));
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    private static void WriteRecordings(Utf8JsonWriter json, IReadOnlyList<RecordedSpan> recordings)
    {
        json.WriteStartArray("recordings");
        foreach (var recording in recordings)
        {
            json.WriteStartObject();
            json.WriteString("host", recording.Host);
            json.WriteString("boot_id", recording.BootId);
            Number(json, "start_monotonic_ns", recording.Start);
            Number(json, "end_monotonic_ns", recording.End);
            if (recording.WallClock(recording.Start) is { } start)
            {
                json.WriteString("start_time", WallTime.Format(start));
                json.WriteString("end_time", WallTime.Format(recording.WallClock(recording.End)!.Value));
            }

            WriteFigures(json, JsonOwner.Recording, new CaptureFigures(new ConnectionStatistics(), [recording]));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteFindings(Utf8JsonWriter json, IReadOnlyList<Finding> findings)
    {
        json.WriteStartArray("findings");
        foreach (var finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("rule", finding.Rule);
            json.WriteString("severity", JsonNamingPolicy.SnakeCaseLower.ConvertName(finding.Severity.ToString()));
            json.WriteString("confidence", JsonNamingPolicy.SnakeCaseLower.ConvertName(finding.Confidence.ToString()));
            json.WriteString("basis", finding.Basis);
            json.WriteString("subject", finding.Subject);
            json.WriteString("text", finding.Text);
            json.WriteString("condition", finding.Condition);
            WriteTime(json, finding.Time);
            json.WriteStartObject("numbers");
            foreach (var (name, value) in finding.Numbers)
            {
                json.WriteNumber(name, value);
            }

            json.WriteEndObject();
            if (finding.RowOptions.Length > 0)
            {
                json.WriteString("lifetimes_options", finding.RowOptions);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTime(Utf8JsonWriter json, FindingTime? time)
    {
        if (time is not { } known)
        {
            return;
        }

        if (known is { WallFrom: { } from, WallTo: { } to })
        {
            json.WriteString("from", WallTime.Format(from));
            json.WriteString("to", WallTime.Format(to));
        }

        json.WriteNumber("from_offset_ns", known.From);
        json.WriteNumber("to_offset_ns", known.To);
    }

    private static void Write(Utf8JsonWriter json, CaptureFigures of)
    {
        WriteFigures(json, JsonOwner.Connections, of);
        json.WriteStartObject("errors");
        foreach (var (error, count) in of.Connections.Errors.OrderBy(error => error.Key))
        {
            Number(json, Errno.NameOf(error), count);
        }

        json.WriteEndObject();
    }

    /// <summary>All figures that are of one owner; those of one group stand together in the table.</summary>
    private static void WriteFigures(Utf8JsonWriter json, JsonOwner owner, CaptureFigures of)
    {
        var group = "";
        foreach (var metric in metrics[owner])
        {
            var place = metric.Places.Json!;
            if (place.Group != group)
            {
                End();
                if (place.Group.Length > 0)
                {
                    json.WriteStartObject(place.Group);
                }

                group = place.Group;
            }

            Write(json, place.Name, metric, of);
        }

        End();

        void End()
        {
            if (group.Length > 0)
            {
                json.WriteEndObject();
            }
        }
    }

    /// <summary>One that is only known to be greater has the name of a bound: <c>p99_above_ns</c>.</summary>
    private static void Write(Utf8JsonWriter json, string name, Metric metric, CaptureFigures of)
    {
        if (metric.Of(of) is not { } figure)
        {
            return;
        }

        var key = name + (figure.IsExact ? "" : "_above") + (metric.Unit == MetricUnit.Time ? "_ns" : "");
        if (metric.Unit is MetricUnit.Rate or MetricUnit.Share)
        {
            json.WriteNumber(key, figure.Low);
        }
        else
        {
            Number(json, key, metric.WholeOf(of)!.Value);
        }
    }

    private static void Number<T>(Utf8JsonWriter json, string name, T value)
        where T : IFormattable => json.WriteString(name, value.ToString(null, CultureInfo.InvariantCulture));
}
