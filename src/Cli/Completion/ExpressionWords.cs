using TraceCap.Analyzer.Conditions;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Metrics;
using TraceCap.Recorder.Flight;

namespace TraceCap.Cli.Completion;

/// <summary>The words that an expression may go on with: conditions, expectations and triggers. Their parsers say what is right;
/// here only so much of the grammar is known as tells which word comes next.</summary>
internal sealed class ExpressionWords
{
    private const string Breaks = "()[]{},!=<>~&|";

    private readonly Func<IEnumerable<Name>> names;
    private readonly ExpressionWords? selector;

    private ExpressionWords(Func<IEnumerable<Name>> names, ExpressionWords? selector = null) => (this.names, this.selector) = (names, selector);

    /// <summary>What may be next.</summary>
    private enum Next
    {
        /// <summary>A field or a metric.</summary>
        Name,

        /// <summary>What it is compared by.</summary>
        Comparator,

        /// <summary>What it is compared with.</summary>
        Value,

        /// <summary>What joins it to another one.</summary>
        Join,
    }

    /// <summary>Conditions of events.</summary>
    internal static ValueSource Events { get; } = Of(new(() => NamesOf(EventFields.Set)));

    /// <summary>Conditions of connections.</summary>
    internal static ValueSource Connections { get; } = Of(new(() => NamesOf(ConnectionFields.Set)));

    /// <summary>Expectations of captures.</summary>
    internal static ValueSource Expectations { get; } = Of(new(
        () => MetricTable.All.Select(metric => new Name(metric.Name, metric.Meaning, Comparators.For(areOrdered: true), ValuesOf(null))),
        new(() => NamesOf(ConnectionFields.Set))));

    /// <summary>Triggers.</summary>
    internal static ValueSource Triggers { get; } = Of(new(
        () => TriggerParser.Subjects.Select(subject => new Name(subject, null, [">"], ValuesOf(null))), new(() => NamesOf(EventFields.Set))));

    private static ValueSource Of(ExpressionWords words) => ValueSource.Expression(words.Complete);

    private static IEnumerable<Name> NamesOf<TGet>(FieldSet<TGet> fields)
        where TGet : Delegate
    {
        // The short names first; who knows the others may type them.
        var all = fields.All.Select(field => field.Field).ToArray();
        return all.Select(field => Named(field, field.ShortName))
            .Concat(fields.Either.Select(either => Named(either.Fields[0], either.Name) with { Meaning = $"either of {string.Join(", ", either.Fields.Select(field => field.ShortName))}" }))
            .Concat(all.SelectMany(field => field.Names.Where(name => name != field.ShortName).Select(name => Named(field, name) with { IsOther = true })));
    }

    private static Name Named(Field field, string name) =>
        new(name, field.Doc, field.Type.IsOrdered ? [.. Comparators.For(areOrdered: true), "in"] : [.. Comparators.For(areOrdered: false), "=~", "in"], ValuesOf(field.Type));

    private static Func<ValueRequest, IEnumerable<Candidate>> ValuesOf(FieldType? type) =>
        type == FieldTypes.Container ? NamesOfCaptures.Containers.Candidates
        : type == FieldTypes.Unit ? NamesOfCaptures.Units.Candidates
        : type == FieldTypes.Cgroup ? NamesOfCaptures.Paths.Candidates
        : type == FieldTypes.Port ? Vocabulary.Ports.Candidates
        : _ => type?.Words.Select(word => new Candidate(word)) ?? [];

    private IEnumerable<Candidate> Complete(ValueRequest request)
    {
        var text = request.Typed;
        if (selector is not null && text.LastIndexOf('[') is >= 0 and var open && text.LastIndexOf(']') < open)
        {
            return selector.Complete(request with { Typed = text[(open + 1)..] }).Select(one => one with { Text = text[..(open + 1)] + one.Text });
        }

        var begin = text.Length;
        while (begin > 0 && !char.IsWhiteSpace(text[begin - 1]) && !Breaks.Contains(text[begin - 1], StringComparison.Ordinal))
        {
            begin--;
        }

        var (before, typed) = (text[..begin], text[begin..]);
        var (next, name) = Read(before);
        var words = next switch
        {
            Next.Name => NamesFor(typed).Select(one => new Candidate(one.Text, one.Meaning)),
            Next.Comparator => name!.Comparators.Select(sign => new Candidate(sign)),
            Next.Value => name!.Values(request with { Typed = typed }),
            Next.Join => [new Candidate("and", "both hold"), new Candidate("or", "one of them holds")],
            _ => [],
        };
        var found = words.Where(one => one.Text.StartsWith(typed, StringComparison.Ordinal)).Select(one => one with { Text = before + one.Text }).ToArray();
        // A name alone is not the end: a shell that sees nothing else would close its quotes.
        return next == Next.Name && found is [var only] ? Complete(request with { Typed = only.Text + " " }) : found;
    }

    private IEnumerable<Name> NamesFor(string typed)
    {
        var begun = names().Where(name => name.Text.StartsWith(typed, StringComparison.Ordinal)).ToArray();
        return begun.Any(name => !name.IsOther) ? begun.Where(name => !name.IsOther) : begun;
    }

    /// <summary>Reads what stands before the word.</summary>
    /// <returns>What is next, and of which name; null if nothing of this can be right.</returns>
    private (Next? Next, Name? Name) Read(string before)
    {
        var reader = new ExpressionReader(before);
        var (next, name) = (Next.Name, default(Name));
        try
        {
            while (!reader.IsAtEnd)
            {
                switch (next)
                {
                    case Next.Name when reader.Take("(") || reader.TakeWord("not") || reader.Take("!"):
                        break;
                    case Next.Name:
                        var named = reader.ReadName("a name").Text;
                        name = names().FirstOrDefault(one => one.Text == named);
                        next = Next.Comparator;
                        if (name is null)
                        {
                            return (null, null);
                        }

                        if (selector is not null && reader.Take("["))
                        {
                            reader.ReadWhile(letter => letter != ']');
                            reader.Take("]");
                        }

                        break;
                    case Next.Comparator when TakesComparator(reader):
                        next = Next.Value;
                        break;
                    case Next.Value when reader.Take("{") || reader.Take(","):
                        break;
                    case Next.Value:
                        reader.ReadValue(",)|&}", "a value");
                        next = reader.Peek() == ',' ? Next.Value : Next.Join;
                        reader.Take("}");
                        break;
                    case Next.Join when reader.TakeWord("and") || reader.TakeWord("or") || reader.Take("&&") || reader.Take("||"):
                        next = Next.Name;
                        break;
                    case Next.Join when reader.Take(")"):
                        break;
                    default:
                        return (null, null);
                }
            }
        }
        catch (ConditionFormatException)
        {
            return (null, null);
        }

        return (next, name);
    }

    private static bool TakesComparator(ExpressionReader reader) =>
        reader.Take("=~") || reader.Take("!~") || reader.TakeComparator() is not null || reader.Take("=") || reader.TakeWord("in") || (reader.TakeWord("not") && reader.TakeWord("in"));

    /// <summary>What can be compared.</summary>
    /// <param name="Text">Its name.</param>
    /// <param name="Meaning">What it is.</param>
    /// <param name="Comparators">How it can be compared.</param>
    /// <param name="Values">With what.</param>
    private sealed record Name(string Text, string? Meaning, IEnumerable<string> Comparators, Func<ValueRequest, IEnumerable<Candidate>> Values)
    {
        /// <summary>Whether it has a shorter name.</summary>
        internal bool IsOther { get; init; }
    }
}
