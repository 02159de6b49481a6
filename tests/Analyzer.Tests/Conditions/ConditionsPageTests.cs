using System.Text;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Output.Tables;

namespace TraceCap.Analyzer.Tests.Conditions;

/// <summary>docs/conditions.md has every field that there is.</summary>
public sealed class ConditionsPageTests
{
    private const string Begin = "<!-- fields -->\n";
    private const string End = "<!-- end of fields -->";

    private static readonly string path = Repository.File("docs/conditions.md");

    [Fact]
    public void The_page_lists_all_fields()
    {
        var page = File.ReadAllText(path);
        var rows = FieldTable.Of().Rows.Select(row => row.Select(value => value.IsKnown ? FieldTypes.Text.Text(in value) : "").ToArray())
            .Select(row => $"| `{row[0]}` | {string.Join(' ', row[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => $"`{name}`"))} | {row[2]} | {row[3]} | {row[4]} |\n");
        var table = new StringBuilder("| name | short | type | of | |\n|---|---|---|---|---|\n").AppendJoin("", rows);
        var expected = page[..(page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)] + table + page[page.IndexOf(End, StringComparison.Ordinal)..];
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.Equal(expected, page);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("events")]
    [InlineData("connections")]
    public void Every_name_of_a_field_leads_to_one_field(string? of)
    {
        var rows = FieldTable.Of(of).Rows.Select(row => row.Select(value => value.IsKnown ? FieldTypes.Text.Text(in value) : "").ToArray()).ToArray();
        Assert.All(rows, row => Assert.True(row[0] != "" && row[2] != "" && row[3] != "" && row[4] != ""));
        if (of is not null)
        {
            Assert.Distinct(rows.SelectMany(row => row[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Prepend(row[0])));
        }
    }
}
