using System.Buffers;
using System.Text.Json;
using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Comparison;
using TraceCap.Analyzer.Metrics;
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
            json.WriteNumber("significance", ChangeVerdicts.Significance);
            json.WriteNumber("confidence", Effect.Confidence);
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
            Write(json, "lifetime", comparison.Lifetimes, comparison.VerdictOf(MetricTest.Lifetimes));
            Write(json, "connect", comparison.ConnectTimes, comparison.VerdictOf(MetricTest.ConnectTimes));
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

        Write(json, change.Effect);
        Write(json, change.Chance, change.AdjustedChance, change.Verdict);
    }

    private static void Write(Utf8JsonWriter json, string name, DurationDifference? difference, (ChangeVerdict Verdict, double? Adjusted) of)
    {
        json.WriteStartObject(name);
        if (difference is { } found)
        {
            json.WriteNumber("distance", found.Distance);
            json.WriteNumber("statistic", found.Statistic);
            Write(json, found.Chance, of.Adjusted, of.Verdict);
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
            Write(json, group.Effect);
            Write(json, group.Chance, group.AdjustedChance, group.Verdict);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Effect? effect)
    {
        if (effect is { } known)
        {
            var name = known.Scale == EffectScale.Ratio ? "ratio" : "difference";
            json.WriteNumber($"{name}_at_least", known.Least);
            if (double.IsFinite(known.Most))
            {
                json.WriteNumber($"{name}_at_most", known.Most);
            }
        }
    }

    private static void Write(Utf8JsonWriter json, double? chance, double? adjusted, ChangeVerdict verdict)
    {
        if (chance is { } known)
        {
            json.WriteNumber("p_value", known);
        }

        if (adjusted is { } together)
        {
            json.WriteNumber("p_adjusted", together);
        }

        if (verdict.IsSignificant() is { } significant)
        {
            json.WriteBoolean("significant", significant);
        }

        if (verdict.JsonWord() is { } word)
        {
            json.WriteString("verdict", word);
        }
    }
}
