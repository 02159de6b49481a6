using System.Text.RegularExpressions;
using TraceCap.Testing;

namespace TraceCap.Library.Tests;

/// <summary>Every example of C# on the page is a part of a file that is compiled and run with these tests.</summary>
public sealed partial class TestingPageTests
{
    internal static IReadOnlyList<string> Examples =>
        [.. Example().Matches(File.ReadAllText(Repository.File("docs/testing.md"))).Select(match => match.Groups[1].Value)];

    [Fact]
    public void The_page_shows_code_that_runs_here()
    {
        // And in fresh projects: those of the packages' own pages.
        var tests = string.Concat(
            new[] { "tests/Library.Tests/ShopTests.cs", "src/Charts/README.md" }.Select(path => File.ReadAllText(Repository.File(path))));
        var examples = Examples.Where(example => !example.StartsWith("#:", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(examples);
        // The members of the class are shown without its indentation.
        Assert.All(examples, example => Assert.True(
            tests.Contains(example, StringComparison.Ordinal) || tests.Contains(LineBegin().Replace(example, "    "), StringComparison.Ordinal), example));
    }

    [Fact]
    public void The_pages_show_the_message_that_a_failed_check_has()
    {
        var capture = Analyzer.Capture.Open(Repository.File("samples/captures/nginx.tcap"));
        var error = Assert.Throws<ExpectationException>(() => capture.ShouldHold("opened < 1000", "failed == 0"));
        Assert.All(["docs/testing.md", "src/Testing/README.md"], page =>
            Assert.True(File.ReadAllText(Repository.File(page)).Contains($"```text\n{error.Message}\n```\n", StringComparison.Ordinal), error.Message));
    }

    [GeneratedRegex("^```csharp\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex("^(?=.)", RegexOptions.Multiline)]
    private static partial Regex LineBegin();
}
