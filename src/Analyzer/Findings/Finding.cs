namespace TraceCap.Analyzer.Findings;

/// <summary>Something about a capture that is worth a look.</summary>
/// <param name="Rule">The name of the rule that found it.</param>
/// <param name="Text">What it is, in plain words, with its numbers.</param>
/// <param name="Condition">The rule: what must hold for it to speak.</param>
/// <param name="Subject">Whom it is about.</param>
/// <param name="Numbers">What the rule looked at, by name; durations in nanoseconds.</param>
public sealed record Finding(
    string Rule, string Text, string Condition, string Subject, IReadOnlyList<(string Name, double Value)> Numbers)
{
    /// <summary>The rule and what it found.</summary>
    public override string ToString() => $"{Rule}: {Text}";
}
