using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Conditions;

/// <summary>
/// Reads conditions:
/// <code>
/// condition  = all { "or" all }
/// all        = one { "and" one }
/// one        = "not" one | "(" condition ")" | FIELD | FIELD COMPARATOR VALUE | FIELD [ "not" ] "in" ( VALUE | "{" VALUE { "," VALUE } "}" )
/// comparator = "==" | "=" | "!=" | "&lt;" | "&lt;=" | "&gt;" | "&gt;=" | "=~" | "!~"
/// </code>
/// </summary>
/// <typeparam name="TGet">A delegate that reads a value.</typeparam>
/// <param name="reader">Stands before the condition.</param>
/// <param name="fields">Those that it may name.</param>
/// <param name="elsewhere">Says more of a name that is no field here; null if it knows nothing.</param>
internal sealed class ConditionParser<TGet>(ExpressionReader reader, FieldSet<TGet> fields, Func<string, string?> elsewhere)
    : BooleanParser<Condition<TGet>>(reader)
    where TGet : Delegate
{
    private readonly ExpressionReader reader = reader;

    /// <summary>The signs that end a value.</summary>
    internal string ValueEnds { get; init; } = "),}|&";

    /// <inheritdoc />
    protected override string Hint => "; a value with blanks stands in double quotes";

    /// <summary>Reads a condition to its end.</summary>
    /// <exception cref="ConditionFormatException">It is none.</exception>
    internal static Condition<TGet> Parse(string text, FieldSet<TGet> fields, Func<string, string?> elsewhere) =>
        new ConditionParser<TGet>(new ExpressionReader(text), fields, elsewhere).ReadToEnd();

    /// <inheritdoc />
    protected override Condition<TGet> All(IReadOnlyList<Condition<TGet>> parts) => new Condition<TGet>.All(parts);

    /// <inheritdoc />
    protected override Condition<TGet> Any(IReadOnlyList<Condition<TGet>> parts) => new Condition<TGet>.Any(parts);

    /// <inheritdoc />
    protected override Condition<TGet> Not(Condition<TGet> part) => new Condition<TGet>.Not(part);

    /// <inheritdoc />
    protected override Condition<TGet> ReadComparison()
    {
        var name = reader.ReadName("the name of a field, such as peer or lifetime,");
        var named = fields.Find(name.Text) ?? throw reader.Wrong(Unknown(name.Text), in name);
        if (reader.Take("=~"))
        {
            return AnyOf(named, ReadGlob(named));
        }

        if (reader.Take("!~"))
        {
            return new Condition<TGet>.Not(AnyOf(named, ReadGlob(named)));
        }

        if (reader.TakeWord("in"))
        {
            return ReadSet(named);
        }

        var isNot = reader.TakeWord("not");
        if (isNot)
        {
            return reader.TakeWord("in") ? new Condition<TGet>.Not(ReadSet(named)) : throw reader.WrongHere("in is expected, as in 'port not in {80,443}'");
        }

        if ((reader.TakeComparator() ?? (reader.Take("=") ? Comparator.Equal : null)) is not { } comparator)
        {
            return IsCondition(reader) ? AnyHas(named) : throw reader.WrongHere($"one of {Comparators.Expected} =~ in is expected");
        }

        var value = reader.ReadValue(ValueEnds, $"a value of {name.Text}: {named[0].Field.Type.Expected.TrimEnd(',')}");
        if (comparator.IsOfOrder() && !named[0].Field.Type.IsOrdered)
        {
            throw reader.Wrong($"{name.Text} has no order; == != =~ or in is expected", name.Offset, value.Offset - name.Offset);
        }

        return comparator == Comparator.Unequal
            ? new Condition<TGet>.Not(AnyOf(named, Test(Comparator.Equal, in value)))
            : AnyOf(named, Test(comparator, in value));

        Func<Field, FieldTest> Test(Comparator how, in Literal literal)
        {
            var wanted = literal;
            return field => Checked(field, in wanted, type => type.Test(how, wanted.Text));
        }
    }

    /// <summary>Whether a name may stand alone here.</summary>
    private static bool IsCondition(ExpressionReader reader) =>
        reader.IsAtEnd || reader.Peek() is ')' or ']' or '&' or '|' || reader.IsBefore("and") || reader.IsBefore("or");

    private Condition<TGet> ReadSet(IReadOnlyList<BoundField<TGet>> named)
    {
        var type = named[0].Field.Type;
        if (!reader.Take("{"))
        {
            var range = reader.ReadValue(ValueEnds, $"a set such as {{80,443}}, or {type.Expected.TrimEnd(',')},");
            return AnyOf(named, field => Checked(field, in range, of => of.TestIn(range.Text)));
        }

        var parts = new List<Condition<TGet>>();
        do
        {
            var item = reader.ReadValue(ValueEnds, type.Expected.TrimEnd(','));
            parts.Add(AnyOf(named, field => Checked(field, in item, of => of.TestIn(item.Text))));
        }
        while (reader.Take(","));

        return reader.Take("}") ? parts.Count == 1 ? parts[0] : new Condition<TGet>.Any(parts) : throw reader.WrongHere("a comma or } is expected");
    }

    private Func<Field, FieldTest> ReadGlob(IReadOnlyList<BoundField<TGet>> named)
    {
        var pattern = reader.ReadValue(")|&", $"a pattern such as \"10.*\"");
        var glob = new Glob(pattern.Text);
        return field => new FieldTest.OfValue((in value) => field.Type.Has(in value) && glob.Matches(field.Type.Text(in value)));
    }

    private FieldTest Checked(Field field, in Literal literal, Func<FieldType, FieldTest> make)
    {
        try
        {
            return make(field.Type);
        }
        catch (FormatException error)
        {
            throw reader.Wrong($"{field.ShortName}: {error.Message}{HintOf(field, literal.Text)}", in literal);
        }
    }

    /// <summary>Which field was meant, if another one has such a word.</summary>
    private string HintOf(Field field, string literal) =>
        fields.All.FirstOrDefault(other => other.Field != field && other.Field.Type.Shape != JsonShape.Flag && other.Field.Type.Words.Contains(literal)) is { } meant
            ? $"; did you mean {meant.Field.ShortName} == {literal}?" : "";

    private static Condition<TGet> AnyOf(IReadOnlyList<BoundField<TGet>> named, Func<Field, FieldTest> test) => Either(
        named, field => new Condition<TGet>.Meets(field, test(field.Field)));

    private static Condition<TGet> AnyHas(IReadOnlyList<BoundField<TGet>> named) => Either(named, field => new Condition<TGet>.Has(field));

    private static Condition<TGet> Either(IReadOnlyList<BoundField<TGet>> named, Func<BoundField<TGet>, Condition<TGet>> of) =>
        named.Count == 1 ? of(named[0]) : new Condition<TGet>.Any([.. named.Select(of)]);

    private string Unknown(string name) => elsewhere(name)
        ?? (NearestWord.Find(name, fields.Names) is { } nearest ? $"there is no field '{name}'; did you mean {nearest}?"
            : fields.All.FirstOrDefault(field => field.Field.Type.Words.Contains(name)) is { } meant ? $"there is no field '{name}'; did you mean {meant.Field.ShortName} == {name}?"
            : $"there is no field '{name}'; tracecap fields lists those of {fields.Owners}");
}
