using System.Text.Json;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Output.Json;

/// <summary>A <see cref="ConnectionChurn"/> as JSON, one object a line for each interval.</summary>
internal static class ChurnJson
{
    /// <summary>Writes all intervals.</summary>
    /// <param name="output">Takes UTF-8.</param>
    /// <param name="churn">The counts. If the first recording has a wall clock, each interval has the time at which it begins.</param>
    public static void Write(Stream output, ConnectionChurn churn) => Write(output, churn, churn.Recordings, churn.Intervals());

    /// <summary>Writes some intervals.</summary>
    internal static void Write(Stream output, ConnectionChurn churn, IReadOnlyList<RecordedSpan> recordings, IEnumerable<ChurnInterval> intervals)
    {
        var text = new StreamBufferWriter(output);
        using var json = new Utf8JsonWriter(text, new JsonWriterOptions { SkipValidation = true });
        foreach (var interval in intervals)
        {
            json.Reset(text);
            json.WriteStartObject();
            var begin = churn.Origin!.Value + ((Int128)interval.Number * churn.Every);
            if (recordings[0].WallOffset is not null && begin >= 0)
            {
                json.WriteString("time"u8, WallTime.Format((ulong)begin));
            }

            json.WriteNumber("seconds"u8, interval.Number * (decimal)churn.Every / 1_000_000_000);
            json.WriteNumber("opened"u8, interval.Opened);
            json.WriteNumber("accepted"u8, interval.Accepted);
            json.WriteNumber("closed"u8, interval.Closed);
            json.WriteNumber("failed"u8, interval.Failed);
            json.WriteNumber("active"u8, interval.Active);
            json.WriteBoolean("events_lost"u8, interval.IsLossy);
            if (interval is { IsLossy: true, LostAtMost: { } lost })
            {
                json.WriteNumber("events_lost_at_most"u8, lost);
            }

            json.WriteBoolean("recorded"u8, !interval.IsPaused);
            json.WriteEndObject();
            json.Flush();
            text.GetSpan(1)[0] = (byte)'\n';
            text.Advance(1);
        }

        text.Flush();
    }
}
