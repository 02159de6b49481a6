using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Output.Tables;

/// <summary>A column of a table.</summary>
/// <param name="Name">What programs call it: of a field, its name in JSON.</param>
/// <param name="Type">What its values are.</param>
/// <param name="Header">What people read above it.</param>
internal sealed record TableColumn(string Name, FieldType Type, string Header)
{
    /// <summary>The column of a field.</summary>
    internal static TableColumn Of(Field field) => new(field.Name, field.Type, HeaderOf(field.ShortName));

    /// <summary>A column of a figure that no field has.</summary>
    internal static TableColumn Of(string name, FieldType type) => new(name, type, HeaderOf(name));

    /// <summary>Whether a value says anything here.</summary>
    internal bool Has(in FieldValue value) => value.IsKnown && Type.Has(in value);

    /// <summary>Whether a text of this column is of a failure: words of the vocabulary, and counts of what failed.</summary>
    internal Emphasis EmphasisOf(string cell) => (Type, cell) switch
    {
        (WordType, "failed") => Emphasis.Bad,
        (WordType, "reset") => Emphasis.Doubtful,
        (not TextType, not ("0" or "-")) when Name == "failed" => Emphasis.Bad,
        _ => Emphasis.None,
    };

    /// <summary>Without a unit, which people see at each value.</summary>
    private static string HeaderOf(string name) => (name.EndsWith("_ns", StringComparison.Ordinal) || name.EndsWith("_us", StringComparison.Ordinal) ? name[..^3] : name).ToUpperInvariant();
}
