using System.Globalization;
using System.Text.RegularExpressions;

namespace TraceCap.Tests;

/// <summary>Reads the text format of Prometheus, 0.0.4, and takes nothing that it does not have.</summary>
internal static partial class PrometheusText
{
    /// <summary>The values by name and labels, as they stand in the text.</summary>
    /// <exception cref="FormatException">A line is none of the format, comes at a wrong place or twice, or a counter is not called so.</exception>
    internal static Dictionary<string, double> Parse(string text)
    {
        var samples = new Dictionary<string, double>();
        var families = new HashSet<string>();
        var (family, type) = ("", "");
        if (!text.EndsWith('\n'))
        {
            throw new FormatException("the last line has no end");
        }

        foreach (var line in text.Split('\n')[..^1])
        {
            if (Help().Match(line) is { Success: true } help)
            {
                (family, type) = (help.Groups[1].Value, "");
                Require(families.Add(family), line);
            }
            else if (Type().Match(line) is { Success: true } typed)
            {
                Require(typed.Groups[1].Value == family && type.Length == 0, line);
                type = typed.Groups[2].Value;
                Require(type == "counter" == family.EndsWith("_total", StringComparison.Ordinal), line);
            }
            else
            {
                var sample = Sample().Match(line);
                Require(sample.Success && sample.Groups[1].Value == family && type.Length > 0, line);
                var value = double.Parse(sample.Groups[3].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture);
                Require(type != "counter" || value >= 0, line);
                Require(samples.TryAdd(sample.Groups[1].Value + sample.Groups[2].Value, value), line);
            }
        }

        return samples;
    }

    private static void Require(bool holds, string line)
    {
        if (!holds)
        {
            throw new FormatException(line);
        }
    }

    [GeneratedRegex(@"^# HELP ([a-z][a-z0-9_]*) ((?:[^\\]|\\\\|\\n)+)$")]
    private static partial Regex Help();

    [GeneratedRegex("^# TYPE ([a-z][a-z0-9_]*) (counter|gauge)$")]
    private static partial Regex Type();

    [GeneratedRegex("""^([a-z][a-z0-9_]*)(\{[a-z_]+="(?:[^"\\]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\]|\\["\\n])*")*\})? (-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)$""")]
    private static partial Regex Sample();
}
