namespace TraceCap.Exports.DuckDb;

/// <summary>SQL that is made here.</summary>
internal static class SqlNames
{
    /// <summary>A text as SQL has it.</summary>
    internal static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A table's function under its own name, with captures that need not be named.</summary>
    internal static string MacroOf(CaptureTable table)
    {
        var parameters = string.Concat(table.Filters.Select(filter => $", {filter.SqlName} := NULL"));
        var arguments = string.Concat(table.Filters.Select(filter => $", {filter.SqlName} => {filter.SqlName}"));
        return $"CREATE MACRO {table.Name}(files := NULL{parameters}) AS TABLE SELECT * FROM {table.Function}(files{arguments})";
    }
}
