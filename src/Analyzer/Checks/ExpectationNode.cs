namespace TraceCap.Analyzer.Checks;

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
