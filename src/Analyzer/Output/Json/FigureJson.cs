using System.Globalization;
using System.Text.Json;
using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Output.Json;

/// <summary>Figures as JSON: numbers, without an exponent if they are whole. One that is only known to be greater has the name of a
/// bound.</summary>
internal static class FigureJson
{
    /// <summary>Writes <c>name</c>, or <c>name_above</c>; nothing if there is no figure.</summary>
    internal static void Write(Utf8JsonWriter json, string name, MetricUnit unit, Figure? figure)
    {
        if (figure is not { } known)
        {
            return;
        }

        Write(json, known.IsExact ? name : name + "_above", unit, known.Low);
    }

    /// <summary>Writes <c>name</c>, and if what is missing can make it another, <c>name_at_least</c> and, if there is one,
    /// <c>name_at_most</c>.</summary>
    internal static void Write(Utf8JsonWriter json, string name, KnownFigure known)
    {
        var unit = known.Metric.Unit;
        Write(json, name, unit, known.Seen);
        if (!known.IsDoubtful || known.Possible is not { } possible)
        {
            return;
        }

        Write(json, name + "_at_least", unit, possible.Low);
        if (double.IsFinite(possible.High))
        {
            Write(json, name + "_at_most", unit, possible.High);
        }
    }

    /// <summary>Writes a verdict: by its name, and as true, false or null; and why it is none.</summary>
    internal static void Write(Utf8JsonWriter json, Verdict verdict, string? reason = null)
    {
        json.WriteString("verdict", verdict.Name());
        WriteHolds(json, "holds", verdict.ToHolds());
        if (reason is not null)
        {
            json.WriteString("reason", reason);
        }
    }

    /// <summary>Writes an expectation with its figures and the verdict: one comparison is all of it, several are its <c>terms</c>.
    /// </summary>
    internal static void Write<T>(
        Utf8JsonWriter json, Expectation expectation, IReadOnlyList<T> terms, Action<Utf8JsonWriter, T> write, Verdict verdict, string? reason)
    {
        if (terms is [var only])
        {
            write(json, only);
            return;
        }

        json.WriteString("expression", expectation.Text);
        json.WriteStartArray("terms");
        foreach (var term in terms)
        {
            json.WriteStartObject();
            write(json, term);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Write(json, verdict, reason);
    }

    /// <summary>Writes true, false, or null where it cannot be told.</summary>
    internal static void WriteHolds(Utf8JsonWriter json, string name, bool? holds)
    {
        if (holds is { } known)
        {
            json.WriteBoolean(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    /// <summary>Writes what an expectation is.</summary>
    internal static void Write(Utf8JsonWriter json, MetricComparison expectation)
    {
        json.WriteString("expression", expectation.Text);
        json.WriteString("metric", expectation.Metric.Name);
        json.WriteString("unit", NameOf(expectation.Metric.Unit));
    }

    /// <summary>Writes a number in the unit of a metric.</summary>
    internal static void Write(Utf8JsonWriter json, string name, MetricUnit unit, double value)
    {
        if (unit is MetricUnit.Rate or MetricUnit.Share)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WritePropertyName(name);
            json.WriteRawValue(value.ToString("F0", CultureInfo.InvariantCulture));
        }
    }

    internal static string NameOf(MetricUnit unit) => unit switch
    {
        MetricUnit.Time => "ns",
        MetricUnit.Bytes => "bytes",
        MetricUnit.Rate => "per_second",
        MetricUnit.Share => "share",
        _ => "count",
    };
}
