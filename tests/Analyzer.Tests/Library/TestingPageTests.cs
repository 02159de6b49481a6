namespace TraceCap.Analyzer.Tests.Library;

public sealed class TestingPageTests
{
    [Fact]
    public void The_page_shows_the_code_that_runs_here()
    {
        var code = File.ReadAllText(Repository.File("tests/Analyzer.Tests/Library/ShopTests.cs"));
        Assert.Contains($"```csharp\n{code}```\n", File.ReadAllText(Repository.File("docs/testing.md")), StringComparison.Ordinal);
    }
}
