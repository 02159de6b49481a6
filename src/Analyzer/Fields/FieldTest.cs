namespace TraceCap.Analyzer.Fields;

/// <summary>Whether a value, which is known, is what is looked for.</summary>
internal delegate bool Judge(in FieldValue value);

/// <summary>What a value is compared with.</summary>
internal abstract record FieldTest
{
    /// <summary>A test that needs nothing but the value.</summary>
    internal sealed record OfValue(Judge Holds) : FieldTest;

    /// <summary>A comparison with an instant, which depends on when the capture begins and on its clocks.</summary>
    internal sealed record OfInstant(Comparator Comparator, TimePoint Point) : FieldTest
    {
        /// <summary>Whether it holds of one.</summary>
        /// <param name="value">An instant.</param>
        /// <param name="monotonic">The other one on the same clock, CLOCK_MONOTONIC ns.</param>
        internal bool Holds(in FieldValue value, ulong monotonic) => Comparator switch
        {
            Comparator.Less => value.Number < monotonic,
            Comparator.AtMost => value.Number <= monotonic,
            Comparator.Greater => value.Number > monotonic,
            Comparator.AtLeast => value.Number >= monotonic,
            _ => value.Number == monotonic,
        };
    }
}
