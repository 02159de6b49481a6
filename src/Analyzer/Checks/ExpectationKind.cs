namespace TraceCap.Analyzer.Checks;

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
