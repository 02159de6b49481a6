using System.Text;
using System.Text.Json;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Output.Tables;
using TraceCap.Exports.Schema;

namespace TraceCap.Exports.ClickHouse;

/// <summary>The rows of a query, taken while the server sends them: an array of JSON on a line each, after one of names and one of types.</summary>
internal sealed class FleetResult : IDisposable
{
    /// <summary>The format that is asked for.</summary>
    internal const string Format = "JSONCompactEachRowWithNamesAndTypes";

    /// <summary>Stands where rows end because the query failed; what it said follows.</summary>
    private static ReadOnlySpan<byte> FailureMark => "__exception__"u8;

    private readonly FleetAnswer answer;
    private readonly LineReader lines;

    private FleetResult(FleetAnswer answer, LineReader lines, IReadOnlyList<TableColumn> columns) => (this.answer, this.lines, Columns) = (answer, lines, columns);

    /// <summary>What rows have.</summary>
    internal IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>The rows as a table that can be written in any format; once.</summary>
    internal TableData Table => new(Columns, Rows());

    /// <summary>Begins to read an answer.</summary>
    /// <param name="answer">The answer; is disposed with the result.</param>
    /// <returns>Null if it has no rows.</returns>
    /// <exception cref="FleetException">It is in another format, or cut short.</exception>
    internal static FleetResult? Of(FleetAnswer answer)
    {
        var lines = new LineReader(answer.Stream);
        var result = answer.Guard(() =>
        {
            var names = lines.Read(out var line) ? Texts(line) : null;
            var types = names is not null && lines.Read(out line) ? Texts(line) : null;
            return names is not null && types is not null ? new FleetResult(answer, lines, [.. names.Zip(types, ColumnOf)]) : null;
        });
        if (result is null)
        {
            answer.Dispose();
        }

        return result;
    }

    public void Dispose() => answer.Dispose();

    private static TableColumn ColumnOf(string name, string type) => new(name, TypeOf(type), PrintableText.Of(name));

    private static FieldType TypeOf(string type)
    {
        foreach (var around in new[] { "LowCardinality(", "Nullable(" })
        {
            type = type.StartsWith(around, StringComparison.Ordinal) ? type[around.Length..^1] : type;
        }

        return type == "Bool" ? FieldTypes.Flag
            : type.StartsWith("UInt", StringComparison.Ordinal) || type.StartsWith("Int", StringComparison.Ordinal) && !type.StartsWith("Interval", StringComparison.Ordinal)
                || type.StartsWith("Float", StringComparison.Ordinal) || type.StartsWith("BFloat", StringComparison.Ordinal) || type.StartsWith("Decimal", StringComparison.Ordinal)
                ? SqlNumberType.Instance
                : FieldTypes.Text;
    }

    private static string[] Texts(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        var texts = new List<string>();
        for (reader.Read(); reader.Read() && reader.TokenType == JsonTokenType.String;)
        {
            texts.Add(reader.GetString()!);
        }

        return [.. texts];
    }

    private IEnumerable<IReadOnlyList<FieldValue>> Rows()
    {
        var values = new FieldValue[Columns.Count];
        while (answer.Guard(() => ReadRow(values)))
        {
            yield return values;
        }
    }

    private bool ReadRow(FieldValue[] values)
    {
        ReadOnlySpan<byte> line;
        do
        {
            if (!lines.Read(out line))
            {
                return false;
            }
        }
        while (line.IsEmpty);

        if (line.StartsWith(FailureMark))
        {
            throw answer.Failure(lines.Rest());
        }

        var reader = new Utf8JsonReader(line);
        reader.Read();
        for (var i = 0; i < values.Length; i++)
        {
            reader.Read();
            values[i] = ValueOf(ref reader, line);
        }

        return true;
    }

    private static FieldValue ValueOf(ref Utf8JsonReader reader, ReadOnlySpan<byte> line)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return default;
            case JsonTokenType.True or JsonTokenType.False:
                return FieldValue.Of(reader.TokenType == JsonTokenType.True);
            case JsonTokenType.Number:
                return reader.TryGetUInt64(out var number) ? FieldValue.Of(number) : FieldValue.Exactly(Encoding.ASCII.GetString(reader.ValueSpan));
            case JsonTokenType.String:
                return FieldValue.Exactly(reader.GetString()!);
            default:
                // A list or a map, as JSON has it.
                var begin = (int)reader.TokenStartIndex;
                reader.Skip();
                return FieldValue.Exactly(Encoding.UTF8.GetString(line[begin..(int)reader.BytesConsumed]));
        }
    }

    /// <summary>Lines of a stream, of any length.</summary>
    private sealed class LineReader(Stream stream)
    {
        private byte[] buffer = new byte[1 << 16];
        private int begin;
        private int end;

        /// <summary>Reads a line, which is valid until the next one; without its end.</summary>
        internal bool Read(out ReadOnlySpan<byte> line)
        {
            for (var seen = 0; ;)
            {
                if (buffer.AsSpan(begin + seen, end - begin - seen).IndexOf((byte)'\n') is >= 0 and var length)
                {
                    line = buffer.AsSpan(begin, seen + length).TrimEnd((byte)'\r');
                    begin += seen + length + 1;
                    return true;
                }

                seen = end - begin;
                if (!Fill())
                {
                    line = buffer.AsSpan(begin, seen);
                    begin = end;
                    return seen > 0;
                }
            }
        }

        /// <summary>What follows, as far as it arrives.</summary>
        internal string Rest()
        {
            try
            {
                while (end - begin < 1 << 14 && Fill())
                {
                    // There is more.
                }
            }
            catch (IOException)
            {
                // The server has hung up, so that nobody takes it for whole.
            }

            return Encoding.UTF8.GetString(buffer.AsSpan(begin, end - begin));
        }

        private bool Fill()
        {
            if (begin > 0)
            {
                buffer.AsSpan(begin, end - begin).CopyTo(buffer);
                (begin, end) = (0, end - begin);
            }

            if (end == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var count = stream.Read(buffer.AsSpan(end));
            end += count;
            return count > 0;
        }
    }
}
