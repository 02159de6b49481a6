using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Fields;

/// <summary>Something that is known of each event or connection: its names, what its values are, and what it means. Conditions,
/// groups, orders, tables and their help go by it.</summary>
/// <param name="Name">Its name in JSON: OpenTelemetry's where it has one; of what JSON has not, a short one.</param>
/// <param name="Type">What its values are.</param>
/// <param name="Doc">What it is, in one line.</param>
/// <param name="ShortNames">Names that are easier to write.</param>
internal sealed record Field(string Name, FieldType Type, string Doc, params string[] ShortNames)
{
    /// <summary>All of its names, the one in JSON first.</summary>
    internal IEnumerable<string> Names => ShortNames.Prepend(Name);

    /// <summary>The shortest of them, for headers of tables.</summary>
    internal string ShortName => ShortNames.FirstOrDefault() ?? Name;

    /// <inheritdoc />
    public override string ToString() => Name;
}

/// <summary>A field, and how its value is read.</summary>
/// <typeparam name="TGet">A delegate that reads it from an event or a connection.</typeparam>
/// <param name="Field">The field.</param>
/// <param name="Get">Reads its value.</param>
internal sealed record BoundField<TGet>(Field Field, TGet Get)
    where TGet : Delegate;

/// <summary>The fields that events have, or connections.</summary>
/// <typeparam name="TGet">A delegate that reads a value.</typeparam>
internal sealed class FieldSet<TGet>
    where TGet : Delegate
{
    private readonly Dictionary<string, BoundField<TGet>[]> byName = [];

    /// <param name="owners">What has these fields: <c>events</c> or <c>connections</c>.</param>
    /// <param name="fields">The fields, in the order in which they are listed.</param>
    /// <param name="either">Names that stand for several fields, of which one has to meet a condition.</param>
    internal FieldSet(string owners, IReadOnlyList<BoundField<TGet>> fields, params (string Name, Field[] Fields)[] either)
    {
        (Owners, All, Either) = (owners, fields, either);
        foreach (var field in fields)
        {
            foreach (var name in field.Field.Names)
            {
                byName.Add(name, [field]);
            }
        }

        foreach (var (name, some) in either)
        {
            byName.Add(name, [.. some.Select(one => fields.First(field => field.Field == one))]);
        }
    }

    /// <summary>What has these fields.</summary>
    internal string Owners { get; }

    /// <summary>The fields, in the order in which they are listed.</summary>
    internal IReadOnlyList<BoundField<TGet>> All { get; }

    /// <summary>Names that stand for several fields, of which one has to meet a condition.</summary>
    internal IReadOnlyList<(string Name, Field[] Fields)> Either { get; }

    /// <summary>All names that there are.</summary>
    internal IEnumerable<string> Names => byName.Keys;

    /// <summary>The field of a name; several if any of them will do. Null if there is none.</summary>
    internal IReadOnlyList<BoundField<TGet>>? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>Reads names of fields with commas between them; <c>all</c> is each of them.</summary>
    /// <exception cref="FormatException">One is no field, or stands for several; the message says what is expected.</exception>
    internal IReadOnlyList<BoundField<TGet>> Parse(string names) => [.. names.Split(',').SelectMany(name => name.Trim() == "all" ? All : [One(name.Trim())])];

    private BoundField<TGet> One(string name) => Find(name) switch
    {
        [var field] => field,
        { } several => throw new FormatException($"'{name}' stands for several fields; expected one of {string.Join(", ", several.Select(field => field.Field.ShortName))}"),
        null => throw new FormatException(NearestWord.Find(name, Names) is { } nearest
            ? $"there is no field '{name}'; did you mean {nearest}?"
            : $"there is no field '{name}' of {Owners}; tracecap fields lists those there are"),
    };
}
