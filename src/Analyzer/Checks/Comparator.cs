namespace TraceCap.Analyzer.Checks;

/// <summary>How a figure is compared.</summary>
internal enum Comparator
{
    /// <summary><c>==</c></summary>
    Equal,

    /// <summary><c>!=</c></summary>
    Unequal,

    /// <summary><c>&lt;</c></summary>
    Less,

    /// <summary><c>&lt;=</c></summary>
    AtMost,

    /// <summary><c>&gt;</c></summary>
    Greater,

    /// <summary><c>&gt;=</c></summary>
    AtLeast,
}

/// <summary>What is compared.</summary>
internal enum ExpectationKind
{
    /// <summary>The figure itself: <c>failed &lt; 5</c>.</summary>
    Value,

    /// <summary>How much it has grown: <c>failed &lt; +5</c>.</summary>
    Change,

    /// <summary>How much it has grown, as a part of what it was: <c>failed &lt; +5%</c>.</summary>
    RelativeChange,
}
