using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Output.Tables;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Tests.Tables;

public sealed class TableFormatTests
{
    private static readonly TableColumn[] columns =
    [
        TableColumn.Of("name", FieldTypes.Text),
        TableColumn.Of("count", FieldTypes.Count),
        TableColumn.Of("took_ns", FieldTypes.Duration),
        TableColumn.Of("is", FieldTypes.Flag),
        TableColumn.Of("share", RealType.Share),
    ];

    // What a spreadsheet, a terminal, Markdown or a parser would take for something else.
    private static readonly Gen<string> texts = Gen.OneOf(
        Gen.OneOf("=1+1", "+1", "-1", "@x", "\t", "\r\n", "a,b", "\"", "a\tb\\n", "|", "`*_<b>", "[x](y)", "é\u202e\u0007", "𝄞", " ", "null", "]"),
        Gen.Char[' ', '~'].Array[1, 12].Select(letters => new string(letters)));

    private static readonly Gen<FieldValue[]> row = Gen.Select(
        Gen.Null(texts), Gen.Nullable(Gen.ULong), Gen.Nullable(Gen.ULong), Gen.Nullable(Gen.Bool), Gen.Nullable(Gen.Double[0, 1]),
        (text, count, took, flag, share) => new[]
        {
            FieldValue.Of(text),
            count is { } many ? FieldValue.Of(many) : default,
            took is { } nanoseconds ? FieldValue.Of(nanoseconds) : default,
            flag is { } holds ? FieldValue.Of(holds) : default,
            RealType.Of(share),
        });

    private static readonly FieldValue[][] example =
    [
        [FieldValue.Of("curl"), FieldValue.Of(7), FieldValue.Of(1_500_000), FieldValue.Of(true), RealType.Of(0.125)],
        [FieldValue.Of("=a|b\t\"c\"\\\n"), default, FieldValue.Of(90), FieldValue.Of(false), default],
    ];

    [Fact]
    public void A_table_is_for_people() => Assert.Equal(
        $"{"NAME",-20}  COUNT     TOOK  IS      SHARE\n{"curl",-20}      7  1.50 ms  true   12.5 %\n"
        + "=a|b\\u0009\"c\"\\\\u000a      -    90 ns  false       -\n",
        Print("table", example));

    [Fact]
    public void Csv_is_quoted_and_no_formula() => Assert.Equal(
        "name,count,took_ns,is,share\ncurl,7,1500000,true,0.125\n\"'=a|b\t\"\"c\"\"\\\n\",,90,false,\n", Print("csv", example));

    [Fact]
    public void Tsv_is_escaped() => Assert.Equal(
        "name\tcount\ttook_ns\tis\tshare\ncurl\t7\t1500000\ttrue\t0.125\n=a|b\\t\"c\"\\\\\\n\t\t90\tfalse\t\n", Print("tsv", example));

    [Fact]
    public void Json_is_an_array_or_lines()
    {
        Assert.Equal(
            "[\n{\"name\":\"curl\",\"count\":7,\"took_ns\":1500000,\"is\":true,\"share\":0.125},\n"
            + "{\"name\":\"=a|b\\u0009\\u0022c\\u0022\\u005c\\u000a\",\"took_ns\":90,\"is\":false}\n]\n",
            Print("json", example));
        Assert.Equal("{\"name\":\"curl\",\"count\":7,\"took_ns\":1500000,\"is\":true,\"share\":0.125}\n", Print("ndjson", example[0]));
        Assert.Equal(("[\n]\n", "[\n{}\n]\n", "{}\n"), (Print("json"), Print("json", new FieldValue[5]), Print("ndjson", new FieldValue[5])));
    }

    [Fact]
    public void Markdown_has_no_markup_of_others() => Assert.Equal(
        "| name | count | took | is | share |\n|---|---:|---:|---|---:|\n| curl | 7 | 1.50 ms | true | 12.5 % |\n"
        + @"| =a\|b\\u0009""c""\\\\u000a | - | 90 ns | false | - |" + "\n",
        Print("markdown", example));

    [Fact]
    public void What_has_no_room_is_named_below_and_a_last_text_is_cut()
    {
        Assert.Equal("NAME  COUNT     TOOK\ncurl      7  1.50 ms\n(not shown at this\nwidth: IS, SHARE;\n--fields chooses others)\n", Print("table", 24, example[0]));
        Assert.Equal("NAME\ncurl\n(not shown at this\nwidth: COUNT, TOOK,\nIS, SHARE; --fields\nchooses others)\n", Print("table", 3, example[0]));
        Assert.Equal(Print("table", 0, example), Print("table", 200, example));
        var writer = TableFormat.Table.Create([TableColumn.Of("a", FieldTypes.Count), TableColumn.Of("b", FieldTypes.Text)], Look(24, 10));
        Assert.Equal("A  B\n1  abcdefghij…qrstuvwxyz\n", Write(writer, [[FieldValue.Of(1), FieldValue.Of("abcdefghijklmnopqrstuvwxyz")]]));
    }

    [Fact]
    public void Widths_are_those_of_the_first_rows_and_later_ones_come_at_once()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = TableFormat.Table.Create([TableColumn.Of("a", FieldTypes.Text), TableColumn.Of("b", FieldTypes.Text)], Look(0, 2));
        writer.Begin(output);
        writer.Row(output, [FieldValue.Of("x"), FieldValue.Of("y")]);
        Assert.Equal(0, output.WrittenCount);
        writer.Row(output, [FieldValue.Of("xxx"), FieldValue.Of("y")]);
        writer.Row(output, [FieldValue.Of("xxxxx"), default]);
        Assert.Equal("A    B\nx    y\nxxx  y\nxxxxx  -\n", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Programs_read_back_exactly_what_was_written() => row.Array[0, 20].Sample(rows =>
    {
        var csv = ReadCsv(Print("csv", rows));
        var tsv = Print("tsv", rows).Split('\n')[..^1].Select(line => line.Split('\t').Select(Unescape).ToArray()).ToArray();
        using var json = JsonDocument.Parse(Print("json", rows));
        var lines = Print("ndjson", rows).Split('\n')[..^1];
        Assert.Equal(
            (rows.Length + 1, rows.Length + 1, rows.Length, rows.Length), (csv.Count, tsv.Length, json.RootElement.GetArrayLength(), lines.Length));
        for (var i = 0; i < rows.Length; i++)
        {
            using var line = JsonDocument.Parse(lines[i]);
            Assert.Equal(line.RootElement.GetRawText(), json.RootElement[i].GetRawText());
            for (var j = 0; j < columns.Length; j++)
            {
                var expected = rows[i][j].IsKnown ? columns[j].Type.Text(in rows[i][j]) : "";
                var isFormula = j == 0 && expected.Length > 0 && "=+-@\t\r".Contains(expected[0]);
                Assert.Equal((isFormula ? "'" : "") + expected, csv[i + 1][j]);
                Assert.Equal(expected, tsv[i + 1][j]);
                Assert.Equal(expected, json.RootElement[i].TryGetProperty(columns[j].Name, out var value) ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText() : "");
            }
        }
    });

    [Fact]
    public void People_see_one_line_a_row_and_nothing_that_moves_the_cursor() => row.Array[1, 20].Sample(rows =>
    {
        foreach (var format in TableFormat.All.Where(format => format.IsForPeople))
        {
            var text = Print(format.Name, rows);
            Assert.Equal(rows.Length + (format.Name == "table" ? 1 : 2), text.Count(letter => letter == '\n'));
            Assert.DoesNotContain(text, letter => letter != '\n' && char.GetUnicodeCategory(letter) is UnicodeCategory.Control or UnicodeCategory.Format);
        }

        // Each cell of Markdown ends at a bar that has no backslash before it.
        Assert.All(Print("markdown", rows).Split('\n')[..^1], line => Assert.Equal(
            columns.Length + 1, line.Replace("\\\\", "", StringComparison.Ordinal).Replace("\\|", "", StringComparison.Ordinal).Count(letter => letter == '|')));
    });

    [Fact]
    public void Columns_are_chosen_by_name_in_any_order()
    {
        var data = new TableData(columns, example) { Usual = ["count"] };
        Assert.Equal("share,name\n0.125,curl\n,\"'=a|b\t\"\"c\"\"\\\n\"\n", Write(data, "csv", "share, NAME"));
        Assert.Equal("COUNT\n    7\n    -\n", Write(data, "table", null));
        Assert.Equal(Print("csv", example), Write(data, "csv", null));
        Assert.Equal(Print("table", example), Write(data, "table", "all"));
        Assert.Equal("there is no column 'shar'; did you mean share?", Assert.Throws<FormatException>(() => Write(data, "csv", "shar")).Message);
        Assert.Equal(
            "there is no column 'x'; expected some of name, count, took_ns, is, share", Assert.Throws<FormatException>(() => Write(data, "csv", "x")).Message);

        static string Write(TableData data, string format, string? names)
        {
            using var output = new MemoryStream();
            data.Write(output, TableFormat.Find(format)!, names);
            return Encoding.UTF8.GetString(output.ToArray());
        }
    }

    [Theory]
    [InlineData("a.csv", "csv")]
    [InlineData("/x/a.b.TSV", "tsv")]
    [InlineData("a.jsonl", "ndjson")]
    [InlineData("a.md", "markdown")]
    [InlineData("a.txt", "table")]
    [InlineData("a", null)]
    [InlineData("a.png", null)]
    public void A_name_tells_its_format(string path, string? format) => Assert.Equal(format, TableFormat.OfFile(path)?.Name);

    [Fact]
    public void A_list_of_words_is_a_list_in_json()
    {
        var flags = TableColumn.Of("flags", new WordSetType(Words.Flags));
        var both = FieldValue.Of((ulong)(TcpEventFlags.IoUring | TcpEventFlags.Mptcp));
        Assert.Equal("{\"flags\":[\"io_uring\",\"mptcp\"]}\n", Write(TableFormat.Find("ndjson")!.Create([flags], Look(0, 1)), [[both]]));
        Assert.Equal("flags\nio_uring|mptcp\n", Write(TableFormat.Find("csv")!.Create([flags], Look(0, 1)), [[both]]));
    }

    private static TableLook Look(int width, int lookahead) => new(width, lookahead, TextColours.None);

    private static string Print(string format, params FieldValue[][] rows) => Print(format, 0, rows);

    private static string Print(string format, int width, params FieldValue[][] rows) => Write(TableFormat.Find(format)!.Create(columns, Look(width, 1000)), rows);

    private static string Write(TableWriter writer, FieldValue[][] rows)
    {
        var output = new ArrayBufferWriter<byte>();
        writer.Begin(output);
        foreach (var one in rows)
        {
            writer.Row(output, one);
        }

        writer.End(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>RFC 4180, letter by letter.</summary>
    private static List<List<string>> ReadCsv(string text)
    {
        var (rows, cell, isQuoted) = (new List<List<string>> { new() }, new StringBuilder(), false);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '"' && isQuoted && at + 1 < text.Length && text[at + 1] == '"')
            {
                cell.Append(text[++at]);
            }
            else if (text[at] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (!isQuoted && text[at] is ',' or '\n' && !isQuoted)
            {
                rows[^1].Add(cell.ToString());
                cell.Clear();
                if (text[at] == '\n')
                {
                    rows.Add([]);
                }
            }
            else
            {
                cell.Append(text[at]);
            }
        }

        rows.RemoveAt(rows.Count - 1);
        return rows;
    }

    private static string Unescape(string text)
    {
        var plain = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            plain.Append(text[at] != '\\' ? text[at] : text[++at] switch { 't' => '\t', 'n' => '\n', 'r' => '\r', var other => other });
        }

        return plain.ToString();
    }
}
