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
            Assert.Equal(bytes.Count, int.Parse(line.Groups["offset"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            bytes.AddRange(Convert.FromHexString(line.Groups["bytes"].Value.Replace(" ", "", StringComparison.Ordinal)));
        }

        Assert.Equal(File.ReadAllBytes(Repository.File("tests/conformance/one-connect.tcap")), bytes);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Every_key_that_is_written_is_specified(string key) =>
        Assert.Contains($"\n| `{key}` |", page, StringComparison.Ordinal);

    public static TheoryData<string> Keys() =>
    [
        .. ConformanceJson.Read(File.ReadAllBytes(Repository.File("tests/conformance/cut-and-recovered.tcap")))["sections"]!.AsArray()
            .SelectMany(section => new[] { section!["header"], section["contexts"]![0], section["footer"] })
            .SelectMany(map => map!.AsObject().Select(entry => entry.Key)),
    ];

    [GeneratedRegex("^(?<offset>[0-9a-f]{4})  (?<bytes>[0-9a-f]{2}( [0-9a-f]{2})*)(  |$)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex DumpLine();
}
