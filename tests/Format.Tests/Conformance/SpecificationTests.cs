using System.Globalization;
using System.Text.RegularExpressions;
using TraceCap.Format.Events;

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

    [Fact]
    public void Every_type_of_event_is_specified_in_words_and_in_C()
    {
        Assert.Contains(
            $"\n| type | 1 | {string.Join(", ", EventTypes.All.Select(type => $"`{type.Letter}` {type.Meaning}"))} |", page, StringComparison.Ordinal);
        var header = File.ReadAllText(Repository.File("bpf/event.h"));
        Assert.Equal(
            EventTypes.All.Select(type => type.Letter), TypeLine().Matches(header).Select(line => line.Groups["letter"].Value[0]));
        Assert.Equal(
            Enum.GetValues<TcpEventType>().Where(type => type != TcpEventType.None).Order(), EventTypes.All.Select(type => type.Type).Order());
    }

    public static TheoryData<string> Keys() =>
    [
        .. from section in ConformanceJson.Read(Vector("cut-and-recovered"))["sections"]!.AsArray()
           from map in new[] { section["header"], section["contexts"]![0], section["footer"] }
           from entry in map.AsObject()
           select entry.Key,
    ];

    private static byte[] Vector(string name) => File.ReadAllBytes(Repository.File($"tests/conformance/{name}.tcap"));

    [GeneratedRegex(@"^\tEVENT_\w+ = '(?<letter>.)',", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex TypeLine();

    [GeneratedRegex(
        "^(?<offset>[0-9a-f]{4})  (?<bytes>[0-9a-f]{2}( [0-9a-f]{2})*)(  |$)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex DumpLine();
}
