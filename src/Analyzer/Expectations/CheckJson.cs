using System.Buffers;
using System.Text.Json;

namespace TraceCap.Analyzer.Expectations;

/// <summary>What became of expectations, for programs.</summary>
public static class CheckJson
{
    /// <summary>One JSON object and a newline, UTF-8. <c>holds</c> is absent where it cannot be told.</summary>
    public static byte[] Format(IReadOnlyList<CheckResult> results)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteBoolean("holds", results.All(result => result.Holds == true));
            json.WriteStartArray("expectations");
            foreach (var (expectation, figure, holds) in results)
            {
                json.WriteStartObject();
                FigureJson.Write(json, expectation);
                FigureJson.Write(json, "value", expectation.Metric.Unit, figure);
                if (holds is { } known)
                {
                    json.WriteBoolean("holds", known);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }
}
