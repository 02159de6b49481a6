using TraceCap.Exports.Schema;

namespace TraceCap.Exports.ClickHouse;

/// <summary>A column of a fleet's table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Definition">Its type, and what it is made of if it is not sent.</param>
/// <param name="Doc">What it is, in one line.</param>
/// <param name="Source">The column whose values are sent for it; null if the server makes them.</param>
/// <param name="Type">How they are sent.</param>
internal sealed record FleetColumn(string Name, string Definition, string Doc, Column? Source = null, FleetType? Type = null)
{
    /// <summary>Whether it may be NULL.</summary>
    internal bool IsNullable { get; private init; }

    /// <summary>The column as it stands in the statement that makes the table.</summary>
    internal string Sql => $"{Name} {Definition} COMMENT {SqlText.Quote(Doc)}{(Type is null ? "" : $" CODEC({Type.Codec})")}";

    /// <summary>A column that is sent.</summary>
    /// <param name="source">Its values.</param>
    /// <param name="name">Its name; null: that of the source.</param>
    /// <param name="isKey">Whether rows are ordered by it, so that it is never NULL.</param>
    internal static FleetColumn Sent(Column source, string? name = null, bool isKey = false) =>
        Sent(name ?? source.Name, FleetType.Of(source), source.Doc, source, source.IsNullable && !isKey);

    /// <summary>A column that tells rows apart, and that only tables of a fleet have.</summary>
    internal static FleetColumn Key(string name, FleetType type, string doc) => Sent(name, type, doc, source: null, isNullable: false);

    /// <summary>A column that is stored nowhere, but read as if it were.</summary>
    internal static FleetColumn Alias(Column column, string type, string expression) => new(column.Name, $"{type} ALIAS {expression}", column.Doc);

    private static FleetColumn Sent(string name, FleetType type, string doc, Column? source, bool isNullable) =>
        new(name, isNullable ? type.NullableName : type.Name, doc, source, type) { IsNullable = isNullable };
}
