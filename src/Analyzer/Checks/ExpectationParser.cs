using System.Globalization;
using TraceCap.Analyzer.Conditions;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Metrics;
using TraceCap.Format.Units;

namespace TraceCap.Analyzer.Checks;

/// <summary>What an expression says.</summary>
internal readonly record struct ParsedExpectation(
    Metric Metric, ConnectionCondition? Selector, Comparator Comparator, ExpectationKind Kind, double Value);

/// <summary>Reads <c>METRIC [ "[" CONDITION "]" ] COMPARATOR VALUE</c> from left to right.</summary>
internal sealed class ExpectationParser(string text, bool takesChanges)
{
    private readonly ExpressionReader reader = new(text);

    internal ParsedExpectation Parse()
    {
        var metric = ReadMetric();
        var selector = ReadSelector(metric);
        var comparator = reader.TakeComparator() ?? throw reader.WrongHere($"one of {Comparators.Expected} is expected");
        reader.Peek();
        var begin = reader.Offset;
        var sign = reader.Take("+") ? '+' : reader.Take("-") ? '-' : ' ';
        var number = ReadNumber();
        RefuseMore();
        var kind = ReadUnit(metric, number, isChange: sign != ' ', out var factor);
        RefuseMore();
        if (!reader.IsAtEnd)
        {
            throw reader.Wrong("nothing more is expected", reader.Offset, text.Length - reader.Offset);
        }

        if (sign != ' ' && !takesChanges)
        {
            throw reader.Wrong("a value without a sign is expected: only two captures can be compared by a change", begin, text.TrimEnd().Length - begin);
        }

        return new ParsedExpectation(metric, selector, comparator, kind, (sign == '-' ? -1 : 1) * number * factor);
    }

    private Metric ReadMetric()
    {
        var name = reader.ReadName("the name of a metric, such as failed or lifetime.p99,");
        return MetricTable.Find(name.Text) ?? throw reader.Wrong($"there is no metric '{name.Text}'; {Alternatives(name.Text)}", in name);
    }

    private ConnectionCondition? ReadSelector(Metric metric)
    {
        var begin = reader.Peek() == '[' ? reader.Offset : -1;
        if (begin < 0)
        {
            return null;
        }

        reader.Take("[");
        var selector = ConnectionCondition.ReadInBrackets(reader, text);
        return !metric.IsOfRecording ? selector
            : throw reader.Wrong($"{metric.Name} is known of the recording only, not of some connections", begin, reader.Offset - begin);
    }

    private double ReadNumber()
    {
        var digits = reader.ReadWhile(letter => char.IsAsciiDigit(letter) || letter is '.');
        return double.TryParse(digits.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw reader.Wrong("a number is expected, such as 5 or 0.5", digits.Offset, Math.Max(digits.Length, Math.Min(1, text.Length - digits.Offset)));
    }

    private ExpectationKind ReadUnit(Metric metric, double number, bool isChange, out double factor)
    {
        var unit = reader.ReadWhile(letter => !char.IsWhiteSpace(letter));
        var kind = !isChange ? ExpectationKind.Value : unit.Text == "%" ? ExpectationKind.RelativeChange : ExpectationKind.Change;
        var isUnit = (kind, metric.Unit) switch
        {
            (ExpectationKind.RelativeChange, _) => Take(0.01, out factor),
            (_, MetricUnit.Time) => Find(Durations.LongUnits, unit.Text, out factor),
            (_, MetricUnit.Bytes) => Find(Sizes.Units, unit.Text, out factor),
            (_, MetricUnit.Share) => Take(0.01, out factor) && unit.Text == "%",
            (_, MetricUnit.Rate) => Take(1, out factor) && unit.Text is "" or "/s",
            _ => Take(1, out factor) && unit.Length == 0,
        };
        return isUnit || (number == 0 && unit.Length == 0)
            ? kind
            : unit.Text == "%" ? throw reader.Wrong(NoShare(metric), in unit)
            : throw reader.Wrong($"{metric.Name} is {Expected(metric.Unit)}" + (isChange ? ", its change that or a percentage such as +20%" : ""), in unit);
    }

    /// <summary>What a percentage without a sign was meant to be.</summary>
    private string NoShare(Metric metric) => takesChanges
        ? $"{metric.Name} is {Expected(metric.Unit)}; its change in percent has a sign, such as +20% or -20%"
        : $"{metric.Name} is {Expected(metric.Unit)}; by how many percent it changed only two captures tell: tracecap diff --fail-if '{metric.Name} > +20%'";

    /// <summary>One expression is one comparison.</summary>
    private void RefuseMore()
    {
        if (reader.IsAtEnd)
        {
            return;
        }

        var begin = reader.Offset;
        var sign = text.AsSpan(begin) is [',' or ';' or '|' or '&', ..] ? text[begin..(begin + 1)] : reader.IsBefore("and") ? "and" : reader.IsBefore("or") ? "or" : "";
        if (sign.Length > 0)
        {
            var isOr = sign is "|" or "or";
            throw reader.Wrong(
                "an expression is one comparison; " + (takesChanges == isOr || sign is "," or ";"
                    ? takesChanges ? "for several, of which none may hold, give --fail-if for each" : "for several, all of which must hold, give --expect for each"
                    : takesChanges ? "there is no 'and'" : "there is no 'or'"),
                begin,
                sign.Length == 1 && begin + 1 < text.Length && text[begin + 1] == sign[0] ? 2 : sign.Length);
        }
    }

    private static bool Find(IReadOnlyList<Unit> units, string name, out double factor)
    {
        var unit = units.FirstOrDefault(unit => unit.IsNamed(name));
        factor = unit?.Factor ?? 1;
        return unit is not null;
    }

    private static bool Take(double value, out double factor)
    {
        factor = value;
        return true;
    }

    private static string Expected(MetricUnit unit) => unit switch
    {
        MetricUnit.Time => "a time with its unit, such as 50us, 5ms, 1.5s, 5m, 1h, 2d or 1y",
        MetricUnit.Bytes => "a size, such as 500, 64KiB, 1.5MiB or 1GiB",
        MetricUnit.Share => "a percentage, such as 1%",
        MetricUnit.Rate => "a number a second, such as 100 or 100/s",
        _ => "a number without a unit",
    };

    /// <summary>The metric that was meant, if one is near.</summary>
    private static string Alternatives(string name) => NearestWord.Find(name, MetricTable.All.Select(metric => metric.Name)) is { } nearest
        ? $"did you mean {nearest}?"
        : $"expected one of {string.Join(' ', MetricTable.All.Select(metric => metric.Name))}";
}
