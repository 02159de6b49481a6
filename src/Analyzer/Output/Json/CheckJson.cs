using System.Buffers;
using System.Text.Json;
using TraceCap.Analyzer.Checks;

namespace TraceCap.Analyzer.Output.Json;

/// <summary>What became of expectations, for programs.</summary>
internal static class CheckJson
{
    /// <summary>One JSON object and a newline, UTF-8. Of the whole and of each: <c>verdict</c> is <c>holds</c>, <c>fails</c> or
    /// <c>unknown</c>, and <c>holds</c> true, false or null.</summary>
    public static byte[] Format(IReadOnlyList<CheckResult> results)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            FigureJson.Write(json, Verdicts.All(results.Select(result => result.Verdict)));
            json.WriteStartArray("expectations");
            foreach (var result in results)
            {
                json.WriteStartObject();
                FigureJson.Write(json, result.Expectation, result.Terms, Write, result.Verdict, result.Reason);

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    private static void Write(Utf8JsonWriter json, CheckedTerm term)
    {
        FigureJson.Write(json, term.Comparison);
        FigureJson.Write(json, "value", term.Known);
        FigureJson.Write(json, term.Verdict, term.Reason);
    }
}
