using System.Buffers;
using System.Text;
using TraceCap.Analyzer.Fields;

namespace TraceCap.Analyzer.Output.Tables;

/// <summary>Values with a separator between them, one line a row. What is absent is empty.</summary>
/// <param name="columns">From left to right.</param>
/// <param name="separator">Stands between values.</param>
internal abstract class DelimitedText(IReadOnlyList<TableColumn> columns, byte separator) : TableWriter(columns)
{
    /// <inheritdoc />
    internal override void Begin(IBufferWriter<byte> output)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            Write(output, Encoding.UTF8.GetBytes(Columns[i].Name), isName: true);
            End(output, i);
        }
    }

    /// <inheritdoc />
    internal override void Row(IBufferWriter<byte> output, ReadOnlySpan<FieldValue> values)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            ref readonly var value = ref values[i];
            if (Columns[i].Has(in value))
            {
                Write(output, Text(Columns[i].Type, in value), Columns[i].Type.Shape == JsonShape.Text);
            }

            End(output, i);
        }
    }

    /// <summary>Writes one value.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="text">The value.</param>
    /// <param name="isName">Whether others than this program may have chosen it.</param>
    protected abstract void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> text, bool isName);

    private void End(IBufferWriter<byte> output, int column)
    {
        output.GetSpan(1)[0] = column == Columns.Count - 1 ? (byte)'\n' : separator;
        output.Advance(1);
    }
}

/// <summary>Comma-separated values as RFC 4180 has them, but with line feeds alone, and without what a spreadsheet would run as a
/// formula: an apostrophe makes that a text.</summary>
internal sealed class CsvText(IReadOnlyList<TableColumn> columns) : DelimitedText(columns, (byte)',')
{
    private static readonly SearchValues<byte> special = SearchValues.Create(",\"\r\n"u8);
    private static readonly SearchValues<byte> formula = SearchValues.Create("=+-@\t\r"u8);

    /// <inheritdoc />
    protected override void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> text, bool isName)
    {
        var isFormula = isName && text.Length > 0 && formula.Contains(text[0]);
        if (!isFormula && text.IndexOfAny(special) < 0)
        {
            output.Write(text);
            return;
        }

        var target = output.GetSpan((2 * text.Length) + 3);
        var at = 0;
        target[at++] = (byte)'"';
        if (isFormula)
        {
            target[at++] = (byte)'\'';
        }

        foreach (var letter in text)
        {
            target[at++] = letter;
            if (letter == '"')
            {
                target[at++] = letter;
            }
        }

        target[at++] = (byte)'"';
        output.Advance(at);
    }
}

/// <summary>Tab-separated values, in which tabs, line feeds, carriage returns and backslashes are <c>\t \n \r \\</c>.</summary>
internal sealed class TsvText(IReadOnlyList<TableColumn> columns) : DelimitedText(columns, (byte)'\t')
{
    private static readonly SearchValues<byte> special = SearchValues.Create("\t\n\r\\"u8);

    /// <inheritdoc />
    protected override void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> text, bool isName)
    {
        if (text.IndexOfAny(special) < 0)
        {
            output.Write(text);
            return;
        }

        var target = output.GetSpan(2 * text.Length);
        var at = 0;
        foreach (var letter in text)
        {
            var escaped = letter switch { (byte)'\t' => 't', (byte)'\n' => 'n', (byte)'\r' => 'r', (byte)'\\' => '\\', _ => '\0' };
            if (escaped != '\0')
            {
                target[at++] = (byte)'\\';
            }

            target[at++] = escaped == '\0' ? letter : (byte)escaped;
        }

        output.Advance(at);
    }
}
