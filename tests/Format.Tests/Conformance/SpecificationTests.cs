using System.Globalization;
using System.Text.RegularExpressions;

namespace TraceCap.Format.Tests.Conformance;

/// <summary>What the specification shows is what the software does.</summary>
public partial class SpecificationTests
{
    private static readonly string page = File.ReadAllText(Repository.File("docs/format.md"));

    [Fact]
    public void The_example_is_the_file_that_it_says()
    {
        var bytes = new List<byte>();
        foreach (Match line in DumpLine().Matches(page))
        {
            Assert.Equal(bytes.Count.ToString("x4", CultureInfo.InvariantCulture), line.Groups["offset"].Value);
            bytes.AddRange(line.Groups["bytes"].Value.Split(' ').SelectMany(Convert.FromHexString));
        }

        Assert.Equal(Vector("one-connect"), bytes);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Every_key_that_is_written_is_specified(string key) =>
        Assert.Contains($"\n| `{key}` |", page, StringComparison.Ordinal);

    public static TheoryData<string> Keys() =>
    [
        .. from section in ConformanceJson.Read(Vector("cut-and-recovered"))["sections"]!.AsArray()
           from map in new[] { section["header"], section["contexts"]![0], section["footer"] }
           from entry in map.AsObject()
           select entry.Key,
    ];

    private static byte[] Vector(string name) => File.ReadAllBytes(Repository.File($"tests/conformance/{name}.tcap"));

    [GeneratedRegex(
        "^(?<offset>[0-9a-f]{4})  (?<bytes>[0-9a-f]{2}( [0-9a-f]{2})*)(  |$)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex DumpLine();
}
