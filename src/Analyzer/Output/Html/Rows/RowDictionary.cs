namespace TraceCap.Analyzer.Output.Html.Rows;

/// <summary>The different values of a column, each with a number: the first that is met has 0.</summary>
internal sealed class RowDictionary<T>
    where T : notnull
{
    private readonly Dictionary<T, int> numbers = [];

    /// <summary>The values, in the order of their numbers.</summary>
    internal List<T> Values { get; } = [];

    /// <summary>The number of a value.</summary>
    internal ulong NumberOf(T value)
    {
        if (!numbers.TryGetValue(value, out var number))
        {
            numbers.Add(value, number = Values.Count);
            Values.Add(value);
        }

        return (ulong)number;
    }
}
