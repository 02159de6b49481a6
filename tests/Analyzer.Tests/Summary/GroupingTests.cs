using TraceCap.Analyzer.Figures;

namespace TraceCap.Analyzer.Tests.Summary;

public sealed class GroupingTests
{
    public static TheoryData<GroupBy> Each => [.. Enum.GetValues<GroupBy>()];

    [Theory]
    [MemberData(nameof(Each))]
    public void Each_has_its_place_in_the_table(GroupBy by) =>
        Assert.Equal($"{by}".ToLowerInvariant(), Grouping.Of(by).Word);

    [Fact]
    public void The_table_has_no_others() => Assert.Equal(Enum.GetValues<GroupBy>().Length, Grouping.All.Count);

    [Fact]
    public void The_page_lists_them() => Assert.Contains(
        string.Concat(Grouping.All.Select(by => $"| `{by.Word}` | {by.Meaning} |\n")),
        File.ReadAllText(Repository.File("docs/analysis.md")),
        StringComparison.Ordinal);
}
