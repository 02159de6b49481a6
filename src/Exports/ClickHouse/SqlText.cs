namespace TraceCap.Exports.ClickHouse;

/// <summary>Values in SQL. What captures name is as hostile there as anywhere.</summary>
internal static class SqlText
{
    /// <summary>A text as a literal.</summary>
    internal static string Quote(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal).Replace("\0", "\\0", StringComparison.Ordinal)}'";
}
