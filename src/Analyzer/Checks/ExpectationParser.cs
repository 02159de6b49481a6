using System.Globalization;
using TraceCap.Analyzer.Conditions;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Metrics;
using TraceCap.Format.Units;

namespace TraceCap.Analyzer.Checks;

/// <summary>Reads expectations: comparisons <c>METRIC [ "[" CONDITION "]" ] COMPARATOR VALUE</c>, joined as conditions are.</summary>
internal sealed class ExpectationParser(string text, bool takesChanges) : BooleanParser<ExpectationNode>(new ExpressionReader(text))
{
    /// <inheritdoc />
    protected override ExpectationNode All(IReadOnlyList<ExpectationNode> parts) => new ExpectationNode.All(parts);

    /// <inheritdoc />
    protected override ExpectationNode Any(IReadOnlyList<ExpectationNode> parts) => new ExpectationNode.Any(parts);

    /// <inheritdoc />
    protected override ExpectationNode Not(ExpectationNode part) => new ExpectationNode.Not(part);

    /// <inheritdoc />
    protected override ExpectationNode ReadComparison()
    {
        Reader.Peek();
        var from = Reader.Offset;
        var metric = ReadMetric();
        var selector = ReadSelector(metric);
        var comparator = Reader.TakeComparator() ?? throw Reader.WrongHere($"one of {Comparators.Expected} is expected");
        Reader.Peek();
        var begin = Reader.Offset;
        var sign = Reader.Take("+") ? '+' : Reader.Take("-") ? '-' : ' ';
        var number = ReadNumber();
        var kind = ReadUnit(metric, number, isChange: sign != ' ', out var factor);
        if (sign != ' ' && !takesChanges)
        {
            throw Reader.Wrong("a value without a sign is expected: only two captures can be compared by a change", begin, Reader.Offset - begin);
        }

        return new ExpectationNode.Term(new MetricComparison(
            text[from..Reader.Offset], metric, selector, comparator, kind, (sign == '-' ? -1 : 1) * number * factor));
    }

    private Metric ReadMetric()
    {
        var name = Reader.ReadName("the name of a metric, such as failed or lifetime.p99,");
        return MetricTable.Find(name.Text) ?? throw Reader.Wrong($"there is no metric '{name.Text}'; {Alternatives(name.Text)}", in name);
    }

    private ConnectionCondition? ReadSelector(Metric metric)
    {
        var begin = Reader.Peek() == '[' ? Reader.Offset : -1;
        if (begin < 0)
        {
            return null;
        }

        Reader.Take("[");
        var selector = ConnectionCondition.ReadInBrackets(Reader, text);
        return !metric.IsOfRecording ? selector
            : throw Reader.Wrong($"{metric.Name} is known of the recording only, not of some connections", begin, Reader.Offset - begin);
    }

    private double ReadNumber()
    {
        var digits = Reader.ReadWhile(letter => char.IsAsciiDigit(letter) || letter is '.');
        return double.TryParse(digits.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Reader.Wrong("a number is expected, such as 5 or 0.5", digits.Offset, Math.Max(digits.Length, Math.Min(1, text.Length - digits.Offset)));
    }

    private ExpectationKind ReadUnit(Metric metric, double number, bool isChange, out double factor)
    {
        var unit = ReadUnit();
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
            : unit.Text == "%" ? throw Reader.Wrong(NoShare(metric), in unit)
            : throw Reader.Wrong($"{metric.Name} is {Expected(metric.Unit)}" + (isChange ? ", its change that or a percentage such as +20%" : ""), in unit);
    }

    /// <summary>What stands behind a number, if it is not the next word of the expression.</summary>
    private Literal ReadUnit() => Reader.IsBefore("and") || Reader.IsBefore("or")
        ? new Literal("", Reader.Offset, 0, false)
        : Reader.ReadWhile(letter => !char.IsWhiteSpace(letter) && letter is not (')' or '&' or '|'));

    /// <summary>What a percentage without a sign was meant to be.</summary>
    private string NoShare(Metric metric) => takesChanges
        ? $"{metric.Name} is {Expected(metric.Unit)}; its change in percent has a sign, such as +20% or -20%"
        : $"{metric.Name} is {Expected(metric.Unit)}; by how many percent it changed only two captures tell: tracecap diff --fail-if '{metric.Name} > +20%'";

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
