using System.Buffers;
using System.Text;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Output.Tables;

namespace TraceCap.Exports.Dialects;

/// <summary>Connections as Zeek has them: one row for both ends of one, where both are on this host.</summary>
/// <param name="writer">Has a column for each field.</param>
internal sealed class ZeekRows(TableWriter writer) : IConnectionRows
{
    private readonly ConnectionFieldRows rows = new(ZeekFields.All, writer);

    /// <inheritdoc />
    public void WriteHeader(IBufferWriter<byte> output) => rows.WriteHeader(output);

    /// <inheritdoc />
    public void WriteRow(IBufferWriter<byte> output, in Connection connection, ConnectionContext context)
    {
        if (!connection.IsSecondEnd)
        {
            rows.WriteRow(output, in connection, context);
        }
    }

    /// <inheritdoc />
    public void WriteEnd(IBufferWriter<byte> output) => rows.WriteEnd(output);
}

/// <summary>The text that Zeek's logs are (its Ascii writer): lines of a header, tabs between values, a dash for what is not set.</summary>
/// <param name="columns">From left to right.</param>
internal sealed class ZeekText(IReadOnlyList<TableColumn> columns) : TableWriter(columns)
{
    /// <inheritdoc />
    internal override void Begin(IBufferWriter<byte> output)
    {
        Write(output, "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n");
        Write(output, $"#fields\t{string.Join('\t', Columns.Select(column => column.Name))}\n");
        Write(output, $"#types\t{string.Join('\t', Columns.Select(column => ZeekFields.TypeOf(column.Name, column.Type)))}\n");
    }

    /// <inheritdoc />
    internal override void Row(IBufferWriter<byte> output, ReadOnlySpan<FieldValue> values)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            ref readonly var value = ref values[i];
            if (i > 0)
            {
                output.Write("\t"u8);
            }

            if (!Columns[i].Has(in value))
            {
                output.Write("-"u8);
            }
            else if (Columns[i].Type == FieldTypes.Flag)
            {
                output.Write(value.Number != 0 ? "T"u8 : "F"u8);
            }
            else
            {
                output.Write(Text(Columns[i].Type, in value));
            }
        }

        output.Write("\n"u8);
    }

    private static void Write(IBufferWriter<byte> output, string text) => output.Write(Encoding.ASCII.GetBytes(text));
}
