using System.Buffers;
using System.Text;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Output.Tables;

/// <summary>A table for people: aligned columns, as wide as the first rows need. What is absent is <c>-</c>. On a terminal the last
/// columns that have no room are left out, and named below; of a text that is the last one the middle is left out instead.</summary>
/// <param name="columns">From left to right.</param>
/// <param name="width">The columns of the terminal; 0: lines may be of any length.</param>
/// <param name="lookahead">How many rows the widths are taken from: so many are held back.</param>
internal sealed class TextTable(IReadOnlyList<TableColumn> columns, int width, int lookahead) : TableWriter(columns)
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
        if (held.Count >= lookahead)
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

        if (shown < Columns.Count)
        {
            Put(output, $"(no room for {string.Join(' ', Columns.Skip(shown).Select(column => column.Header.ToLowerInvariant()))})\n");
        }
    }

    private void Release(IBufferWriter<byte> output)
    {
        widths = [.. Columns.Select((column, i) => held.Select(cells => cells[i].Length).Append(column.Header.Length).Max())];
        var sum = -Gap.Length;
        while (shown < widths.Length && (width == 0 || shown == 0 || sum + Gap.Length + widths[shown] <= width))
        {
            sum += Gap.Length + widths[shown++];
        }

        var room = width - sum - Gap.Length;
        if (shown < widths.Length && shown > 0 && room >= LeastText && Columns[shown].Type is TextType)
        {
            widths[shown++] = room;
            isCut = true;
        }

        Write(output, [.. Columns.Select(column => column.Header)]);
        foreach (var cells in held)
        {
            Write(output, cells);
        }

        held.Clear();
    }

    private void Write(IBufferWriter<byte> output, string[] cells)
    {
        line.Clear();
        for (var i = 0; i < shown; i++)
        {
            line.Append(i == 0 ? "" : Gap);
            var pad = Math.Max(0, widths![i] - cells[i].Length);
            line.Append(' ', isRight[i] ? pad : 0).Append(isCut && i == shown - 1 ? WrappedText.Cut(cells[i], widths[i]) : cells[i]);
            // Nothing stands behind the last one.
            line.Append(' ', isRight[i] || i == shown - 1 ? 0 : pad);
        }

        Put(output, line.Append('\n').ToString());
    }

    private static void Put(IBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);
}
