using System.Globalization;
using System.Text;

namespace TraceCap.Recorder.Monitoring;

/// <summary>Metrics in the text format of Prometheus, 0.0.4: a family is what it is, of which type, and its samples.</summary>
internal sealed class MetricsText
{
    private readonly StringBuilder text = new();
    private string name = "";

    /// <summary>Begins a family.</summary>
    /// <param name="family">Its name, with the unit, and for a counter <c>_total</c>.</param>
    /// <param name="help">What it tells, in a sentence.</param>
    internal MetricsText Family(string family, string help)
    {
        name = family;
        var type = family.EndsWith("_total", StringComparison.Ordinal) ? "counter" : "gauge";
        text.Append(CultureInfo.InvariantCulture, $"# HELP {family} {Escape(help)}\n# TYPE {family} {type}\n");
        return this;
    }

    /// <summary>Adds a sample.</summary>
    /// <param name="value">In the unit of the name.</param>
    /// <param name="labels">Names and values.</param>
    internal MetricsText Sample(double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        text.Append(name);
        for (var i = 0; i < labels.Length; i++)
        {
            text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(Escape(labels[i].Value).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
        }

        text.Append(labels.Length > 0 ? "} " : " ").Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        return this;
    }

    /// <inheritdoc />
    public override string ToString() => text.ToString();

    private static string Escape(string value) => value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
