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

/// <summary>A <see cref="TrafficSummary"/> for programs.</summary>
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
            foreach (var (key, statistics) in summary.GroupsInOrder)
            {
                json.WriteStartObject();
                json.WriteString("by", summary.Groups.By.Word);
                json.WriteString("name", summary.Groups.By.Name(key));
                Write(json, summary.Of(statistics));
                if (statistics.UncountedAtMost > 0)
                {
                    json.WriteNumber("sockets_at_most", statistics.Ends + statistics.UncountedAtMost);
                }

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
            WriteTime(json, "origin", recording, recording.Origin);
            WriteTime(json, "start", recording, recording.Start);
            WriteTime(json, "end", recording, recording.End);
            WriteFigures(json, JsonOwner.Recording, new CaptureFigures(new ConnectionStatistics(), [recording]));
            WriteLosses(json, recording);
            WriteClocks(json, recording);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>When events were lost, when nothing was recorded, and what nobody counted; nothing of what there is not.</summary>
    private static void WriteLosses(Utf8JsonWriter json, RecordedSpan recording)
    {
        WriteFlag(json, "damaged", recording.IsDamaged);
        WriteFlag(json, "truncated", recording.IsTruncated);
        json.WriteStartArray("losses");
        foreach (var loss in recording.Losses)
        {
            json.WriteStartObject();
            WriteTime(json, "from", recording, loss.From);
            WriteTime(json, "to", recording, loss.To);
            if (loss.AtMost is { } most)
            {
                json.WriteNumber("events_at_most", most);
            }

            json.WriteNumber("ring_full", loss.LossCounters.RingFull);
            json.WriteNumber("map_full", loss.LossCounters.MapFull);
            json.WriteNumber("dropped", loss.LossCounters.Dropped);
            json.WriteNumber("probe_missed", loss.LossCounters.ProbeMissed);
            WriteFlag(json, "damaged", loss.IsDamaged);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("gaps");
        foreach (var gap in recording.Pauses)
        {
            json.WriteStartObject();
            WriteTime(json, "from", recording, gap.From);
            WriteTime(json, "to", recording, gap.To);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteClocks(Utf8JsonWriter json, RecordedSpan recording)
    {
        if (recording.ClockSkews.Known is not { Count: > 0 } known)
        {
            return;
        }

        json.WriteStartArray("clock_skews");
        foreach (var skew in known)
        {
            json.WriteStartObject();
            json.WriteNumber("host", skew.Host);
            json.WriteNumber("of", skew.Of);
            Bound(json, "ahead_at_least_ns", skew.AtLeast);
            Bound(json, "ahead_at_most_ns", skew.AtMost);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteFlag(Utf8JsonWriter json, string name, bool isSet)
    {
        if (isSet)
        {
            json.WriteBoolean(name, true);
        }
    }

    private static void WriteTime(Utf8JsonWriter json, string name, RecordedSpan recording, ulong monotonic)
    {
        json.WriteString($"{name}_monotonic_ns", monotonic.ToString(CultureInfo.InvariantCulture));
        if (recording.WallClock(monotonic) is { } wall)
        {
            json.WriteString($"{name}_time", WallTime.Format(wall));
        }
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
            json.WriteNumber(Errno.NameOf(error), count);
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

    /// <summary>One that is only known to be greater has the name of a bound: <c>p99_above_ns</c>. What is missing can make it another
    /// one, from <c>p99_at_least_ns</c> to <c>p99_at_most_ns</c>.</summary>
    private static void Write(Utf8JsonWriter json, string name, Metric metric, CaptureFigures of)
    {
        if (metric.Of(of) is not { } figure)
        {
            return;
        }

        var unit = metric.Unit == MetricUnit.Time ? "_ns" : "";
        var key = name + (figure.IsExact ? "" : "_above") + unit;
        if (metric.Unit is MetricUnit.Rate or MetricUnit.Share)
        {
            json.WriteNumber(key, figure.Low);
        }
        else
        {
            json.WriteNumber(key, metric.WholeOf(of)!.Value);
        }

        if (metric.Doubtful(of) is { } possible)
        {
            FigureJson.Write(json, $"{name}_at_least{unit}", metric.Unit, possible.Low);
            if (double.IsFinite(possible.High))
            {
                FigureJson.Write(json, $"{name}_at_most{unit}", metric.Unit, possible.High);
            }
        }

        if (metric.Confidence(of) is { } confidence)
        {
            Bound(json, name + "_low_ns", confidence.Low);
            Bound(json, name + "_high_ns", confidence.High);
        }
    }

    private static void Bound(Utf8JsonWriter json, string name, decimal? value)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, known);
        }
    }
}
