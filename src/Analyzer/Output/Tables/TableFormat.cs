using System.Collections.Immutable;

namespace TraceCap.Analyzer.Output.Tables;

/// <summary>A format that any table can be written in.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Extensions">How names of such files end, the usual one first.</param>
/// <param name="IsForPeople">Whether values have units and three digits; if not, they are exact.</param>
/// <param name="Doc">What it is, in a few words.</param>
/// <param name="Create">Makes what writes one with these columns.</param>
internal sealed record TableFormat(
    string Name, ImmutableArray<string> Extensions, bool IsForPeople, string Doc, Func<IReadOnlyList<TableColumn>, TableLook, TableWriter> Create)
{
    /// <summary>As many rows decide how wide the columns of a table are.</summary>
    internal const int Lookahead = 1000;

    /// <summary>The table of all formats: commands and their help go by it.</summary>
    internal static ImmutableArray<TableFormat> All { get; } =
    [
        new("table", [".txt"], IsForPeople: true, "columns for people", (columns, look) => new TextTable(columns, look)),
        new("csv", [".csv"], IsForPeople: false, "comma-separated values", (columns, _) => new CsvText(columns)),
        new("tsv", [".tsv"], IsForPeople: false, "tab-separated values", (columns, _) => new TsvText(columns)),
        new("json", [".json"], IsForPeople: false, "one JSON array of objects", (columns, _) => new JsonTable(columns, isArray: true)),
        new("ndjson", [".ndjson", ".jsonl"], IsForPeople: false, "one JSON object a line", (columns, _) => new JsonTable(columns, isArray: false)),
        new("markdown", [".md"], IsForPeople: true, "a table of Markdown", (columns, _) => new MarkdownTable(columns)),
    ];

    /// <summary>The one for people.</summary>
    internal static TableFormat Table => All[0];

    /// <summary>The format of a name; null if there is none.</summary>
    internal static TableFormat? Find(string name) => All.FirstOrDefault(format => format.Name == name);

    /// <summary>The format that the name of a file ends in; null if in none.</summary>
    internal static TableFormat? OfFile(string path)
    {
        var extension = Path.GetExtension(path).ToLowerInvariant();
        return All.FirstOrDefault(format => format.Extensions.Contains(extension));
    }
}
