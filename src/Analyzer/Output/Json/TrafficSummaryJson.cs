using System.Buffers;
using System.Globalization;
using System.Text.Json;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Output.Json;

/// <summary>A <see cref="TrafficSummary"/> for programs. 64-bit numbers are strings, so that no reader rounds them.</summary>
public static class TrafficSummaryJson
{
    private static readonly (string Name, double Share)[] percentiles = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)];

    /// <summary>One JSON object and a newline, UTF-8.</summary>
    /// <param name="summary">The figures.</param>
    /// <param name="recordings">What they are of.</param>
    public static byte[] Format(TrafficSummary summary, IReadOnlyList<RecordedSpan> recordings)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteRecordings(json, recordings);
            if (summary.Connections is { } connections)
            {
                Number(json, "connections", connections);
            }

            json.WriteStartObject("all");
            Write(json, summary.All);
            json.WriteEndObject();
            WriteFindings(json, summary.Findings(recordings));
            json.WriteString("by", summary.Groups.By.Word);
            json.WriteStartArray("groups");
            foreach (var (key, statistics) in summary.Groups.InOrder)
            {
                json.WriteStartObject();
                json.WriteString("name", summary.Groups.By.Text(key));
                Write(json, statistics);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (summary.Groups.Others is { } others)
            {
                json.WriteStartObject("other_groups");
                Write(json, others);
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

            Number(json, "events_emitted", recording.LossCounters.Emitted);
            Number(json, "events_lost", recording.LossCounters.Lost);
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
            json.WriteString("subject", finding.Subject);
            json.WriteString("text", finding.Text);
            json.WriteString("condition", finding.Condition);
            json.WriteStartObject("numbers");
            foreach (var (name, value) in finding.Numbers)
            {
                json.WriteNumber(name, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ConnectionStatistics of)
    {
        Number(json, "ends", of.Ends);
        Number(json, "opened", of.Opened);
        Number(json, "accepted", of.Accepted);
        Number(json, "older", of.Preexisting);
        Number(json, "failed", of.Failed);
        Number(json, "closed", of.Closed);
        Number(json, "reset", of.Reset);
        Number(json, "open", of.Open);
        Number(json, "unseen", of.Unseen);
        Number(json, "uncertain", of.Uncertain);
        Write(json, "lifetime", of.Lifetimes);
        Write(json, "connect", of.ConnectTimes);
        Number(json, "bytes_acked", of.BytesAcked);
        Number(json, "bytes_received", of.BytesReceived);
        Number(json, "payload_sent", of.PayloadSent);
        Number(json, "payload_received", of.PayloadReceived);
        Number(json, "segments_sent", of.SegmentsSent);
        Number(json, "retransmits", of.Retransmits);
        json.WriteStartObject("errors");
        foreach (var (error, count) in of.Errors.OrderBy(error => error.Key))
        {
            Number(json, Errno.NameOf(error), count);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, LifetimeHistogram histogram)
    {
        json.WriteStartObject(name);
        Number(json, "count", histogram.Ended + histogram.Censored);
        Number(json, "censored", histogram.Censored);
        foreach (var (percentile, share) in percentiles)
        {
            Write(json, percentile, histogram.At(share));
        }

        Write(json, "max", histogram.Ended + histogram.Censored == 0 ? null : histogram.Max);
        json.WriteEndObject();
    }

    /// <summary>One that is only known to be greater has the name of a bound: <c>p99_above_ns</c>.</summary>
    private static void Write(Utf8JsonWriter json, string name, Percentile? percentile)
    {
        if (percentile is { } value)
        {
            Number(json, name + (value.IsAtLeast ? "_above_ns" : "_ns"), value.Nanoseconds);
        }
    }

    private static void Number<T>(Utf8JsonWriter json, string name, T value)
        where T : IFormattable => json.WriteString(name, value.ToString(null, CultureInfo.InvariantCulture));
}
