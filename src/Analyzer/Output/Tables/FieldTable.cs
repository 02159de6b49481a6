using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;

namespace TraceCap.Analyzer.Output.Tables;

/// <summary>All fields that there are, as rows: docs/conditions.md has the same list.</summary>
internal static class FieldTable
{
    /// <summary>What has a field.</summary>
    internal const string Both = "both";

    /// <summary>Makes the table.</summary>
    /// <param name="of">The fields of <c>events</c> or of <c>connections</c> alone; null: all.</param>
    internal static TableData Of(string? of = null)
    {
        var events = Fields(EventFields.Set);
        var connections = Fields(ConnectionFields.Set);
        var all = (of == EventFields.Set.Owners ? events : of == ConnectionFields.Set.Owners ? connections : events.Concat(connections))
            .GroupBy(field => (field.Field.Name, Short(field.Field)))
            .Select(same => (same.First().Field, Of: of is not null ? of : same.Count() > 1 ? Both : same.First().Of));
        return new TableData(
            [
                TableColumn.Of("name", FieldTypes.Text),
                TableColumn.Of("short", FieldTypes.Text),
                TableColumn.Of("type", FieldTypes.Text),
                TableColumn.Of("of", FieldTypes.Text),
                TableColumn.Of("meaning", FieldTypes.Text),
            ],
            all.Select(field => (IReadOnlyList<FieldValue>)
            [
                FieldValue.Of(field.Field.Name), FieldValue.Of(Short(field.Field)), FieldValue.Of(field.Field.Type.Name), FieldValue.Of(field.Of), FieldValue.Of(field.Field.Doc),
            ]));
    }

    private static string Short(Field field) => string.Join(' ', field.ShortNames);

    private static IEnumerable<(Field Field, string Of)> Fields<TGet>(FieldSet<TGet> set)
        where TGet : Delegate =>
        set.All.Select(field => field.Field)
            .Concat(set.Either.Select(either => new Field(either.Name, either.Fields[0].Type, $"either of {string.Join(" and ", either.Fields.Select(field => field.Name))}")))
            .Select(field => (field, set.Owners));
}
