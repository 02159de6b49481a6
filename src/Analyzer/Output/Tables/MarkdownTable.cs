using System.Buffers;
using System.Text;
using TraceCap.Analyzer.Fields;

namespace TraceCap.Analyzer.Output.Tables;

/// <summary>A table of Markdown as GitHub reads it. What would be markup has a backslash before it.</summary>
/// <param name="columns">From left to right.</param>
internal sealed class MarkdownTable(IReadOnlyList<TableColumn> columns) : TableWriter(columns)
{
    private static readonly SearchValues<char> markup = SearchValues.Create(@"\|<`*[_~");

    /// <inheritdoc />
    internal override void Begin(IBufferWriter<byte> output) => Put(
        output,
        $"| {string.Join(" | ", Columns.Select(column => Escape(column.Header.ToLowerInvariant())))} |\n"
        + $"|{string.Concat(Columns.Select(column => column.Type.Shape == JsonShape.Number ? "---:|" : "---|"))}\n");

    /// <inheritdoc />
    internal override void Row(IBufferWriter<byte> output, ReadOnlySpan<FieldValue> values)
    {
        var row = new StringBuilder("|");
        for (var i = 0; i < Columns.Count; i++)
        {
            ref readonly var value = ref values[i];
            row.Append(' ').Append(Columns[i].Has(in value) ? Escape(Columns[i].Type.TextForPeople(in value)) : "-").Append(" |");
        }

        Put(output, row.Append('\n').ToString());
    }

    private static string Escape(string text) => text.AsSpan().IndexOfAny(markup) < 0
        ? text
        : string.Concat(text.Select(letter => markup.Contains(letter) ? $"\\{letter}" : letter.ToString()));

    private static void Put(IBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);
}
