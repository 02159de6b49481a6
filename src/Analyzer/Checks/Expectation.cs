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
