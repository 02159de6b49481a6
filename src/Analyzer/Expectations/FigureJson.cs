using System.Globalization;
using System.Text.Json;

namespace TraceCap.Analyzer.Expectations;

/// <summary>Figures as JSON: counts, nanoseconds and bytes as strings, so that no reader rounds them, rates and shares as
/// numbers; one that is only known to be greater has the name of a bound.</summary>
internal static class FigureJson
{
    /// <summary>Writes <c>name</c>, or <c>name_above</c>; nothing if there is no figure.</summary>
    internal static void Write(Utf8JsonWriter json, string name, MetricUnit unit, Figure? figure)
    {
        if (figure is not { } known)
        {
            return;
        }

        var property = known.IsExact ? name : name + "_above";
        if (unit is MetricUnit.Rate or MetricUnit.Share)
        {
            json.WriteNumber(property, known.Low);
        }
        else
        {
            json.WriteString(property, known.Low.ToString("F0", CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Writes what an expectation is.</summary>
    internal static void Write(Utf8JsonWriter json, Expectation expectation)
    {
        json.WriteString("expression", expectation.Text);
        json.WriteString("metric", expectation.Metric.Name);
        json.WriteString("unit", NameOf(expectation.Metric.Unit));
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
