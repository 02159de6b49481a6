using System.Buffers;
using System.Text;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Output.Tables;

/// <summary>A table for people: aligned columns, as wide as the first rows need. What is absent is <c>-</c>. On a terminal the last
/// columns that have no room are left out, and named below; of a text that is the last one the middle is left out instead.</summary>
/// <param name="columns">From left to right.</param>
/// <param name="look">How it looks.</param>
internal sealed class TextTable(IReadOnlyList<TableColumn> columns, TableLook look) : TableWriter(columns)
{
    private const string Gap = "  ";

    // Less of a text says nothing.
    private const int LeastText = 16;

    private readonly bool[] isRight = [.. columns.Select(column => column.Type.Shape == JsonShape.Number)];
    private readonly List<string[]> held = [];
    private readonly StringBuilder line = new();
    private int[]? widths;
    private int shown;
    private bool isCut;

    /// <inheritdoc />
    internal override bool NeedsOrder => true;

    /// <inheritdoc />
    internal override void Begin(IBufferWriter<byte> output)
    {
    }

    /// <inheritdoc />
    internal override void Row(IBufferWriter<byte> output, ReadOnlySpan<FieldValue> values)
    {
        var cells = new string[Columns.Count];
        for (var i = 0; i < cells.Length; i++)
        {
            ref readonly var value = ref values[i];
            cells[i] = Columns[i].Has(in value) ? Columns[i].Type.TextForPeople(in value) : "-";
        }

        if (widths is not null)
        {
            Write(output, cells);
            return;
        }

        held.Add(cells);
        if (held.Count >= look.Lookahead)
        {
            Release(output);
        }
    }

    /// <inheritdoc />
    internal override void End(IBufferWriter<byte> output)
    {
        if (widths is null)
        {
            Release(output);
        }

        Put(output, FittingColumns.Note(Columns.Skip(shown).Select(column => column.Header), "--fields chooses others", look.Width));
    }

    private void Release(IBufferWriter<byte> output)
    {
        widths = [.. Columns.Select((column, i) => held.Select(cells => cells[i].Length).Append(column.Header.Length).Max())];
        var sum = -Gap.Length;
        while (shown < widths.Length && (look.Width == 0 || shown == 0 || sum + Gap.Length + widths[shown] <= look.Width))
        {
            sum += Gap.Length + widths[shown++];
        }

        var room = look.Width - sum - Gap.Length;
        if (shown < widths.Length && shown > 0 && room >= LeastText && Columns[shown].Type is TextType)
        {
            widths[shown++] = room;
            isCut = true;
        }

        Write(output, [.. Columns.Select(column => column.Header)], isHeader: true);
        foreach (var cells in held)
        {
            Write(output, cells);
        }

        held.Clear();
    }

    private void Write(IBufferWriter<byte> output, string[] cells, bool isHeader = false)
    {
        line.Clear();
        for (var i = 0; i < shown; i++)
        {
            line.Append(i == 0 ? "" : Gap);
            var pad = Math.Max(0, widths![i] - cells[i].Length);
            line.Append(' ', isRight[i] ? pad : 0)
                .Append(look.Colours.Of(isCut && i == shown - 1 ? WrappedText.Cut(cells[i], widths[i]) : cells[i], isHeader ? Emphasis.Heading : Columns[i].EmphasisOf(cells[i])));
            // Nothing stands behind the last one.
            line.Append(' ', isRight[i] || i == shown - 1 ? 0 : pad);
        }

        Put(output, line.Append('\n').ToString());
    }

    private static void Put(IBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);
}
