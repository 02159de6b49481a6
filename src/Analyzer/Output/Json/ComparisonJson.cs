using System.Buffers;
using System.Text.Json;
using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Comparison;
using TraceCap.Analyzer.Statistics;

namespace TraceCap.Analyzer.Output.Json;

/// <summary>A <see cref="CaptureComparison"/> for programs. What is not known is absent, but for <c>fails</c> and <c>holds</c>, which
/// are null where it cannot be told.</summary>
internal static class ComparisonJson
{
    /// <summary>One JSON object and a newline, UTF-8.</summary>
    /// <param name="comparison">What was compared.</param>
    /// <param name="unwanted">What became of expectations that should not hold.</param>
    public static byte[] Format(CaptureComparison comparison, IReadOnlyList<UnwantedResult> unwanted)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            FigureJson.WriteHolds(json, "fails", Verdicts.All(unwanted.Select(result => result.Verdict.Not())).Not().ToHolds());
            json.WriteStartObject("missing");
            foreach (var (capture, missing) in comparison.Missing)
            {
                json.WriteString(capture, missing);
            }

            json.WriteEndObject();
            json.WriteNumber("significance", MetricChange.Significance);
            json.WriteStartArray("metrics");
            foreach (var change in comparison.Changes)
            {
                json.WriteStartObject();
                json.WriteString("metric", change.Metric.Name);
                json.WriteString("unit", FigureJson.NameOf(change.Metric.Unit));
                Write(json, change);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            Write(json, "lifetime", comparison.Lifetimes);
            Write(json, "connect", comparison.ConnectTimes);
            foreach (var groups in comparison.Groups)
            {
                json.WriteStartObject(groups.By.Word);
                json.WriteBoolean("complete", groups.IsComplete);
                Write(json, "new", groups.New);
                Write(json, "vanished", groups.Vanished);
                Write(json, "failures", groups.Failures);
                json.WriteEndObject();
            }

            json.WriteStartArray("fail_if");
            foreach (var result in unwanted)
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

    private static void Write(Utf8JsonWriter json, ComparisonResult term)
    {
        FigureJson.Write(json, term.Expectation);
        FigureJson.Write(json, "before", term.Before);
        FigureJson.Write(json, "after", term.After);
        WriteDifference(json, term.Change);
        FigureJson.Write(json, term.Verdict, term.Reason);
    }

    private static void Write(Utf8JsonWriter json, MetricChange change)
    {
        FigureJson.Write(json, "before", change.Metric.Unit, change.Before);
        FigureJson.Write(json, "after", change.Metric.Unit, change.After);
        WriteDifference(json, change);
    }

    private static void WriteDifference(Utf8JsonWriter json, MetricChange change)
    {
        if (change is { Before: { IsExact: true } before, After: { IsExact: true } after }
            && after.ChangeFrom(before).Low is var relative && double.IsFinite(relative))
        {
            json.WriteNumber("relative_change", relative);
        }

        Write(json, change.Chance);
        if (change.IsSignificant is { } significant)
        {
            json.WriteBoolean("significant", significant);
        }
    }

    private static void Write(Utf8JsonWriter json, string name, DistributionDifference? difference)
    {
        json.WriteStartObject(name);
        if (difference is { } found)
        {
            json.WriteNumber("distance", found.Distance);
            json.WriteNumber("statistic", found.Statistic);
            Write(json, found.Chance);
            json.WriteBoolean("significant", found.Chance < MetricChange.Significance);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<GroupChange> groups)
    {
        json.WriteStartArray(name);
        foreach (var group in groups)
        {
            json.WriteStartObject();
            json.WriteString("name", group.Name);
            json.WriteNumber("before", group.Before);
            json.WriteNumber("after", group.After);
            Write(json, group.Chance);
            json.WriteBoolean("significant", group.IsSignificant);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, double? chance)
    {
        if (chance is { } known)
        {
            json.WriteNumber("p_value", known);
        }
    }
}
