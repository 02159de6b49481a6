using TraceCap.Analyzer.Conditions;

namespace TraceCap.Analyzer.Checks;

/// <summary>
/// What is expected of a capture, such as <c>failed == 0 and lifetime.p99 &lt;= 5ms</c> or, of two captures,
/// <c>lifetime.p99 &gt; +20%</c>: comparisons of metrics, joined by and, or, not and parentheses. docs/analysis.md defines the
/// language.
/// </summary>
internal sealed class Expectation
{
    private readonly ExpectationNode root;

    private Expectation(string text, bool takesChanges)
    {
        Text = text;
        root = new ExpectationParser(text, takesChanges).ReadToEnd();
        Terms = [.. root.Terms];
    }

    /// <summary>The expression as it was written.</summary>
    public string Text { get; }

    /// <summary>Its comparisons, in their order; at least one.</summary>
    public IReadOnlyList<MetricComparison> Terms { get; }

    /// <summary>Reads an expression about one capture.</summary>
    /// <exception cref="ConditionFormatException">It is none.</exception>
    public static Expectation Parse(string text) => new(text, takesChanges: false);

    /// <summary>Reads an expression about two captures: a value with a sign is a change, one without is that of the second.
    /// </summary>
    /// <exception cref="ConditionFormatException">It is none.</exception>
    public static Expectation ParseComparison(string text) => new(text, takesChanges: true);

    /// <summary>Whether it holds: what is unknown makes the whole unknown unless the rest decides (Kleene's strong logic of three
    /// values).</summary>
    /// <param name="verdicts">Those on its <see cref="Terms"/>, in their order.</param>
    public Verdict Judge(IEnumerable<Verdict> verdicts)
    {
        using var next = verdicts.GetEnumerator();
        return root.Judge(next);
    }

    /// <inheritdoc />
    public override string ToString() => Text;
}

/// <summary>A part of an expectation.</summary>
internal abstract record ExpectationNode
{
    /// <summary>One comparison.</summary>
    internal sealed record Term(MetricComparison Comparison) : ExpectationNode;

    /// <summary>All of several.</summary>
    internal sealed record All(IReadOnlyList<ExpectationNode> Parts) : ExpectationNode;

    /// <summary>Any of several.</summary>
    internal sealed record Any(IReadOnlyList<ExpectationNode> Parts) : ExpectationNode;

    /// <summary>The opposite.</summary>
    internal sealed record Not(ExpectationNode Part) : ExpectationNode;

    /// <summary>Its comparisons, in their order.</summary>
    internal IEnumerable<MetricComparison> Terms => this switch
    {
        Term term => [term.Comparison],
        All all => all.Parts.SelectMany(part => part.Terms),
        Any any => any.Parts.SelectMany(part => part.Terms),
        _ => ((Not)this).Part.Terms,
    };

    /// <summary>Whether it holds.</summary>
    /// <param name="next">The verdicts on the comparisons that were not yet judged.</param>
    internal Verdict Judge(IEnumerator<Verdict> next) => this switch
    {
        Term => next.MoveNext() ? next.Current : throw new ArgumentException("a verdict on each comparison is expected", nameof(next)),
        // Each part takes its verdicts, whatever those before it say.
        All all => Verdicts.All(all.Parts.Select(part => part.Judge(next)).ToArray()),
        Any any => Verdicts.All(any.Parts.Select(part => part.Judge(next).Not()).ToArray()).Not(),
        _ => ((Not)this).Part.Judge(next).Not(),
    };
}
