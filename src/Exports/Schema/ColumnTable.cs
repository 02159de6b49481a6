using TraceCap.Analyzer.Fields;

namespace TraceCap.Exports.Schema;

/// <summary>A table: its columns, and how they are read.</summary>
/// <typeparam name="TGet">A delegate that reads a value of a row.</typeparam>
/// <param name="name">What it is called: <c>events</c>, <c>connections</c>, <c>captures</c> or <c>losses</c>.</param>
/// <param name="columns">The columns, in their order.</param>
internal sealed class ColumnTable<TGet>(string name, IReadOnlyList<BoundColumn<TGet>> columns)
    where TGet : Delegate
{
    private readonly Dictionary<string, int> places = columns.Select((column, place) => (column.Of.Name, place)).ToDictionary();

    /// <summary>What it is called.</summary>
    public string Name => name;

    /// <summary>The columns, in their order.</summary>
    public IReadOnlyList<BoundColumn<TGet>> Columns => columns;

    /// <summary>The place of a column; -1 if there is none of that name.</summary>
    public int Find(string column) => places.GetValueOrDefault(column, -1);

    /// <summary>The columns of fields, in the order in which these are asked for, with what tells captures, hosts and days apart before them.</summary>
    public IReadOnlyList<BoundColumn<TGet>> Of(IEnumerable<Field> fields)
    {
        string[] keys = [Column.Capture, Column.Host, Column.Date];
        return [.. keys.Concat(fields.Select(field => Column.Of(field).Name)).Distinct().Select(column => columns[Find(column)])];
    }
}
