using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

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

    [Fact]
    public void The_keys_of_a_header_are_those_of_the_page() => AreOfThePage("### Header", CaptureHeader.Map);

    [Fact]
    public void The_keys_of_a_context_are_those_of_the_page() => AreOfThePage("### Context", CaptureContext.Map);

    [Fact]
    public void The_keys_of_a_footer_are_those_of_the_page() => AreOfThePage("### Footer", CaptureFooter.Map);

    /// <summary>A key that says nothing is not written, so the table says what it holds with one that says all.</summary>
    [Fact]
    public void What_is_written_is_read_again_key_by_key()
    {
        var all = Captures.Header with
        {
            Selection = ["--pid 7"],
            Hosts = [new MergedHost("a", "6.1", "x86_64", "b", -5)],
            Inputs = [new MergedInput(new Dictionary<string, string> { ["pid"] = "1" }, ["--port 80"])],
            Recorded = [new RecordedPeriod(1, 2)],
        };
        var buffer = new ArrayBufferWriter<byte>();
        all.Write(buffer);
        foreach (var key in CaptureHeader.Map.Keys)
        {
            Assert.True(key.IsWritten(all), key.Name);
            Assert.Contains(key.Name, Encoding.UTF8.GetString(buffer.WrittenSpan), StringComparison.Ordinal);
        }

        Assert.Equivalent(all, CaptureHeader.Read(buffer.WrittenMemory), strict: true);
    }

    private static void AreOfThePage<T>(string heading, MetadataMap<T> map)
    {
        var from = page.IndexOf($"\n{heading}\n", StringComparison.Ordinal);
        var chapter = page[from..page.IndexOf("\n#", from + heading.Length + 1, StringComparison.Ordinal)];
        var rows = chapter.Split('\n').SkipWhile(line => !line.StartsWith("| key |", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'));
        Assert.Equal(map.Keys.Select(key => $"| `{key.Name}` | {key.Type} | {key.IfMissing} | {key.Doc} |"), rows);
    }

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

    [Fact]
    public void Every_flag_is_specified_in_words_and_in_C()
    {
        var flags = Enum.GetValues<TcpEventFlags>().Where(flag => flag != TcpEventFlags.None).Select(flag => (int)flag).ToArray();
        var header = File.ReadAllText(Repository.File("bpf/event.h"));
        Assert.Equal(flags, FlagLine().Matches(header).Select(line => Number(line.Groups["bit"].Value)));
        var rows = page[page.IndexOf("\n| flag | of |", StringComparison.Ordinal)..].Split('\n').Skip(3).TakeWhile(line => line.StartsWith('|'));
        Assert.Equal(flags, rows.Select(row => Number(row.Split('|')[1])));
    }

    /// <summary>A row of the page says how an end with such an error, state and flag ended.</summary>
    [Theory]
    [InlineData(104, 1, TcpEventFlags.None, "ECONNRESET (104), EPIPE (32) | any")]
    [InlineData(32, 8, TcpEventFlags.FinReceived, "ECONNRESET (104), EPIPE (32) | any")]
    [InlineData(103, 1, TcpEventFlags.None, "ECONNABORTED (103) | any")]
    [InlineData(113, 5, TcpEventFlags.None, "any other but 0 | any")]
    [InlineData(0, 8, TcpEventFlags.FinReceived, "0 | ESTABLISHED (1), FIN_WAIT1 (4), CLOSE_WAIT (8)")]
    [InlineData(0, 11, TcpEventFlags.FinReceived, "0 | LAST_ACK (9), CLOSING (11)")]
    [InlineData(0, 5, TcpEventFlags.FinReceived, "0 | FIN_WAIT2 (5), and flag 32")]
    [InlineData(0, 5, TcpEventFlags.None, "0 | FIN_WAIT2 (5), without it")]
    [InlineData(0, 7, TcpEventFlags.None, "0 | any other")]
    public void An_end_is_told_as_the_page_does(ushort error, byte state, TcpEventFlags flags, string row)
    {
        var meaning = TcpEnds.Of(new TcpEvent { Type = TcpEventType.Ended, Error = error, State = state, Flags = flags }) switch
        {
            TcpEnd.Closed => "a FIN both ways",
            TcpEnd.ResetSent => "this end sent a reset",
            TcpEnd.ResetReceived => "the peer sent a reset",
            TcpEnd.TimedOut => "it timed out",
            TcpEnd.Aborted => "the administrator ended it",
            TcpEnd.HalfClosed => "this end sent a FIN, and the peer's had not come",
            _ => "not known",
        };
        Assert.Contains($"\n| {row} | {meaning}", page, StringComparison.Ordinal);
    }

    public static TheoryData<string> Keys() =>
    [
        .. from section in ConformanceJson.Read(Vector("cut-and-recovered"))["sections"]!.AsArray()
           from map in new[] { section["header"], section["contexts"]![0], section["footer"] }
           from entry in map.AsObject()
           select entry.Key,
    ];

    private static byte[] Vector(string name) => File.ReadAllBytes(Repository.File($"tests/conformance/{name}.tcap"));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\tEVENT_\w+ = (?<bit>\d+),", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex FlagLine();

    [GeneratedRegex(@"^\tEVENT_\w+ = '(?<letter>.)',", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex TypeLine();

    [GeneratedRegex(
        "^(?<offset>[0-9a-f]{4})  (?<bytes>[0-9a-f]{2}( [0-9a-f]{2})*)(  |$)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex DumpLine();
}
