using System.Buffers;
using System.Text;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Output.Tables;

/// <summary>A JSON object a row, each in a line of its own. What is absent has no property.</summary>
/// <param name="columns">From left to right.</param>
/// <param name="isArray">Whether the objects are the elements of an array; if not, nothing stands between them.</param>
internal sealed class JsonTable(IReadOnlyList<TableColumn> columns, bool isArray) : TableWriter(columns)
{
    private readonly byte[][] keys = [.. columns.Select(column => Key(column.Name))];
    private bool hasRows;

    /// <inheritdoc />
    internal override void Begin(IBufferWriter<byte> output) => output.Write(isArray ? "[\n"u8 : []);

    /// <inheritdoc />
    internal override void Row(IBufferWriter<byte> output, ReadOnlySpan<FieldValue> values)
    {
        // Once there is a first row nothing here changes.
        if (!hasRows)
        {
            hasRows = true;
        }
        else if (isArray)
        {
            output.Write(",\n"u8);
        }

        var sign = (byte)'{';
        for (var i = 0; i < keys.Length; i++)
        {
            ref readonly var value = ref values[i];
            if (Columns[i].Has(in value))
            {
                Put(output, sign);
                output.Write(keys[i]);
                Write(output, Columns[i].Type, in value);
                sign = (byte)',';
            }
        }

        if (sign == '{')
        {
            Put(output, sign);
        }

        output.Write(isArray ? "}"u8 : "}\n"u8);
    }

    /// <inheritdoc />
    internal override void End(IBufferWriter<byte> output) => output.Write(!isArray ? [] : hasRows ? "\n]\n"u8 : "]\n"u8);

    private static void Write(IBufferWriter<byte> output, FieldType type, in FieldValue value)
    {
        var text = Text(type, in value);
        switch (type.Shape)
        {
            case JsonShape.Number or JsonShape.Flag:
                output.Write(text);
                break;
            case JsonShape.Words:
                var sign = (byte)'[';
                for (var rest = text; !rest.IsEmpty;)
                {
                    var end = rest.IndexOf((byte)'|') is var bar and >= 0 ? bar : rest.Length;
                    Put(output, sign);
                    WriteText(output, rest[..end]);
                    sign = (byte)',';
                    rest = rest[Math.Min(end + 1, rest.Length)..];
                }

                Put(output, (byte)']');
                break;
            default:
                WriteText(output, text);
                break;
        }
    }

    private static void WriteText(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        // Each byte of it becomes \uNNNN at the longest.
        var target = output.GetSpan((6 * text.Length) + 2 + Utf8Text.Slack);
        target[0] = (byte)'"';
        var length = CommText.WriteJson(target[1..], text);
        target[length + 1] = (byte)'"';
        output.Advance(length + 2);
    }

    /// <summary>SQL can make a column of what a capture has.</summary>
    private static byte[] Key(string name)
    {
        var key = new ArrayBufferWriter<byte>();
        WriteText(key, Encoding.UTF8.GetBytes(name));
        Put(key, (byte)':');
        return key.WrittenSpan.ToArray();
    }

    private static void Put(IBufferWriter<byte> output, byte sign)
    {
        output.GetSpan(1)[0] = sign;
        output.Advance(1);
    }
}
