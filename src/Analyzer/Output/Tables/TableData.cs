using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Output.Tables;

/// <summary>A table: columns, and rows with a value for each.</summary>
/// <param name="Columns">From left to right.</param>
/// <param name="Rows">From top to bottom; each is valid until the next is asked for.</param>
internal sealed record TableData(IReadOnlyList<TableColumn> Columns, IEnumerable<IReadOnlyList<FieldValue>> Rows)
{
    /// <summary>What people see of the columns if they choose nothing, by their names; null: all.</summary>
    internal IReadOnlyList<string>? Usual { get; init; }

    /// <summary>Writes the table.</summary>
    /// <param name="output">Takes UTF-8, and stays open.</param>
    /// <param name="format">How it looks.</param>
    /// <param name="names">Which columns, with commas between their names; null: those that are usual.</param>
    /// <param name="width">The columns of the terminal; 0: of any.</param>
    /// <param name="colours">How its header and failures stand out; null: not at all.</param>
    /// <exception cref="FormatException">There is no such column; the message says which there are.</exception>
    internal void Write(Stream output, TableFormat format, string? names = null, int width = 0, TextColours? colours = null)
    {
        var shown = Choose(names ?? (format.IsForPeople && Usual is not null ? string.Join(',', Usual) : null));
        var text = new StreamBufferWriter(output);
        var writer = format.Create([.. shown.Select(place => Columns[place])], new TableLook(width, TableFormat.Lookahead, colours ?? TextColours.None));
        writer.Begin(text);
        var values = new FieldValue[shown.Length];
        foreach (var row in Rows)
        {
            for (var i = 0; i < shown.Length; i++)
            {
                values[i] = row[shown[i]];
            }

            writer.Row(text, values);
        }

        writer.End(text);
        text.Flush();
    }

    /// <summary>The places of columns that are chosen by name.</summary>
    internal int[] Choose(string? names) => names is null or "all" ? [.. Enumerable.Range(0, Columns.Count)] : [.. names.Split(',').Select(name => Find(name.Trim()))];

    private int Find(string name)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            if (Columns[i].Name == name || string.Equals(Columns[i].Header, name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        var known = Columns.Select(column => column.Name).ToArray();
        throw new FormatException(NearestWord.Find(name, known) is { } nearest
            ? $"there is no column '{name}'; did you mean {nearest}?"
            : $"there is no column '{name}'; expected some of {string.Join(", ", known)}");
    }
}
