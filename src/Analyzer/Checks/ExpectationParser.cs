using System.Globalization;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Metrics;
using TraceCap.Format.Units;

namespace TraceCap.Analyzer.Checks;

/// <summary>What an expression says; see <see cref="Expectation"/>.</summary>
internal readonly record struct ParsedExpectation(
    Metric Metric, ConnectionSelector? Selector, Comparator Comparator, ExpectationKind Kind, double Value);

/// <summary>Reads <c>METRIC [ "[" SELECTOR "]" ] COMPARATOR VALUE</c> from left to right; a name in the selector may be in
/// double quotes.</summary>
internal sealed class ExpectationParser(string text, bool takesChanges)
{
    // Longer ones first, so that none is taken for the beginning of another.
    private static readonly (string Text, Comparator Comparator)[] comparators =
    [
        ("==", Comparator.Equal), ("!=", Comparator.Unequal), ("<=", Comparator.AtMost), (">=", Comparator.AtLeast),
        ("<", Comparator.Less), (">", Comparator.Greater),
    ];

    private int at;

    internal ParsedExpectation Parse()
    {
        var metric = ReadMetric();
        var selector = ReadSelector(metric);
        var comparator = ReadComparator();
        SkipSpaces();
        var begin = at;
        var sign = at < text.Length && text[at] is '+' or '-' ? text[at++] : ' ';
        var number = ReadNumber();
        RefuseMore();
        var kind = ReadUnit(metric, number, isChange: sign != ' ', out var factor);
        RefuseMore();
        if (at < text.Length)
        {
            throw Wrong("nothing more is expected", at, text.Length - at);
        }

        if (sign != ' ' && !takesChanges)
        {
            throw Wrong("a value without a sign is expected: only two captures can be compared by a change", begin, at - begin);
        }

        return new ParsedExpectation(metric, selector, comparator, kind, (sign == '-' ? -1 : 1) * number * factor);
    }

    private Metric ReadMetric()
    {
        SkipSpaces();
        var begin = at;
        var name = ReadWhile(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-');
        if (name.Length == 0)
        {
            throw Wrong("the name of a metric is expected, such as failed or lifetime.p99", begin, 0);
        }

        return MetricTable.Find(name) ?? throw Wrong($"there is no metric '{name}'; {Alternatives(name)}", begin, name.Length);
    }

    private ConnectionSelector? ReadSelector(Metric metric)
    {
        SkipSpaces();
        if (at == text.Length || text[at] != '[')
        {
            return null;
        }

        var begin = at;
        SkipSelector();
        if (metric.IsOfRecording)
        {
            throw Wrong($"{metric.Name} is known of the recording only, not of some connections", begin, at - begin);
        }

        try
        {
            return ConnectionSelector.Parse(text[(begin + 1)..(at - 1)]);
        }
        catch (SelectorFormatException error)
        {
            throw Wrong(error.Message, begin + 1 + error.Offset, error.Length);
        }
        catch (FormatException error)
        {
            throw Wrong(error.Message, begin + 1, at - begin - 2);
        }
    }

    private void SkipSelector()
    {
        var begin = at++;
        ReadWhile(letter => letter is not ('=' or ']'));
        if (at < text.Length && text[at] == '=')
        {
            at++;
            SkipSpaces();
            SkipQuotes();
        }

        // An IPv6 address of a service has brackets of its own.
        for (var depth = 1; depth > 0; at++)
        {
            depth += at == text.Length ? throw Wrong("a ] is missing", begin, at - begin) : text[at] == '[' ? 1 : text[at] == ']' ? -1 : 0;
        }
    }

    private void SkipQuotes()
    {
        if (at == text.Length || text[at] != '"')
        {
            return;
        }

        try
        {
            QuotedText.Read(text, ref at);
        }
        catch (SelectorFormatException error)
        {
            throw Wrong(error.Message, error.Offset, error.Length);
        }
    }

    private Comparator ReadComparator()
    {
        SkipSpaces();
        var (found, comparator) = Array.Find(comparators, one => string.CompareOrdinal(text, at, one.Text, 0, one.Text.Length) == 0);
        if (found is null)
        {
            throw Wrong(
                "one of == != < <= > >= is expected" + (text.IndexOf(']', at) > 0 ? "; a name with brackets stands in quotes: [process=\"a]b\"]" : ""),
                at,
                Math.Min(1, text.Length - at));
        }

        at += found.Length;
        return comparator;
    }

    private double ReadNumber()
    {
        SkipSpaces();
        var begin = at;
        var digits = ReadWhile(letter => char.IsAsciiDigit(letter) || letter is '.');
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Wrong("a number is expected, such as 5 or 0.5", begin, Math.Max(digits.Length, Math.Min(1, text.Length - begin)));
    }

    private ExpectationKind ReadUnit(Metric metric, double number, bool isChange, out double factor)
    {
        SkipSpaces();
        var begin = at;
        var unit = ReadWhile(letter => !char.IsWhiteSpace(letter));
        var kind = !isChange ? ExpectationKind.Value : unit == "%" ? ExpectationKind.RelativeChange : ExpectationKind.Change;
        var isUnit = (kind, metric.Unit) switch
        {
            (ExpectationKind.RelativeChange, _) => Take(0.01, out factor),
            (_, MetricUnit.Time) => Find(Durations.LongUnits, unit, out factor),
            (_, MetricUnit.Bytes) => Find(Sizes.Units, unit, out factor),
            (_, MetricUnit.Share) => Take(0.01, out factor) && unit == "%",
            (_, MetricUnit.Rate) => Take(1, out factor) && unit is "" or "/s",
            _ => Take(1, out factor) && unit.Length == 0,
        };
        return isUnit || (number == 0 && unit.Length == 0)
            ? kind
            : unit == "%" ? throw Wrong(NoShare(metric), begin, unit.Length)
            : throw Wrong($"{metric.Name} is {Expected(metric.Unit)}" + (isChange ? ", its change that or a percentage such as +20%" : ""), begin, unit.Length);
    }

    /// <summary>What a percentage without a sign was meant to be.</summary>
    private string NoShare(Metric metric) => takesChanges
        ? $"{metric.Name} is {Expected(metric.Unit)}; its change in percent has a sign, such as +20% or -20%"
        : $"{metric.Name} is {Expected(metric.Unit)}; by how many percent it changed only two captures tell: tracecap diff --fail-if '{metric.Name} > +20%'";

    /// <summary>One expression is one comparison.</summary>
    private void RefuseMore()
    {
        SkipSpaces();
        var begin = at;
        var word = ReadWhile(letter => !char.IsWhiteSpace(letter) && !char.IsAsciiLetterOrDigit(letter)) is { Length: > 0 } sign ? sign : ReadWhile(char.IsAsciiLetter);
        var next = ReadWhile(letter => char.IsWhiteSpace(letter) || char.IsAsciiLetter(letter) || letter == '.').Trim();
        at = begin;
        if (word is "&&" or "||" or "&" or "|" or "," or ";" || (word is "and" or "or" or "AND" or "OR" && MetricTable.Find(next) is not null))
        {
            var isOr = word.ToUpperInvariant() is "||" or "|" or "OR";
            throw Wrong(
                "an expression is one comparison; " + (takesChanges == isOr || word is "," or ";"
                    ? takesChanges ? "for several, of which none may hold, give --fail-if for each" : "for several, all of which must hold, give --expect for each"
                    : takesChanges ? "there is no 'and'" : "there is no 'or'"),
                begin,
                word.Length);
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

    private void SkipSpaces() => ReadWhile(char.IsWhiteSpace);

    private string ReadWhile(Func<char, bool> isPart)
    {
        var begin = at;
        while (at < text.Length && isPart(text[at]))
        {
            at++;
        }

        return text[begin..at];
    }

    private ExpectationFormatException Wrong(string reason, int offset, int length) => new(reason, text, offset, length);
}
