using System.Text;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Info;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Writing;

namespace TraceCap.Analyzer.Tests;

public class CaptureSummaryTests
{
    private static readonly CaptureFilter all = new(new EventFilter());

    [Fact]
    public void A_section_without_a_readable_block_takes_nothing_from_the_one_behind_it()
    {
        byte[] unreadable = Section("unreadable");
        unreadable[BlockHeader.Size] = 0xC1;
        byte[] damaged = [.. Rehashed(unreadable)[..BlockEnd(unreadable)], .. Section("sound")];
        var summary = CaptureSummary.Of(new MemoryStream(damaged), all);
        Assert.Equal([null, "sound"], summary.Sections.Select(section => section.Header?.Host));
        Assert.Equal([0ul, 3ul], summary.Sections.Select(section => section.Events));
        Assert.Equal([null, "end of test"], summary.Sections.Select(section => section.EndReason));
    }

    [Fact]
    public void Of_hundreds_of_sections_some_are_shown_and_all_are_in_the_json()
    {
        byte[] file = [.. Enumerable.Range(1, 300).SelectMany(i => Section($"h{i}"))];
        var summary = CaptureSummary.Of(new MemoryStream(file), all);
        var text = Encoding.UTF8.GetString(SummaryText.Format("many", summary));
        Assert.Contains("section     3 of 300\n", text, StringComparison.Ordinal);
        Assert.Contains("\nsection     4 to 297 of 300 are not shown here (--json)\n\nsection     298 of 300\nhost        h298\n", text, StringComparison.Ordinal);
        Assert.Equal(6, text.Split("\nhost").Length - 1);
        Assert.Equal(300, Encoding.UTF8.GetString(SummaryJson.Format("many", summary)).Split("\"host\":").Length - 1);

        var few = CaptureSummary.Of(new MemoryStream([.. Enumerable.Range(1, 10).SelectMany(i => Section($"h{i}"))]), all);
        Assert.Equal(10, Encoding.UTF8.GetString(SummaryText.Format("few", few)).Split("\nhost").Length - 1);
    }

    [Fact]
    public void What_the_inputs_of_a_merge_were_filtered_by_is_told_for_each()
    {
        var header = new CaptureHeader
        {
            Inputs = [new MergedInput(new Dictionary<string, string> { ["ip version"] = "4" }, []), new MergedInput(new Dictionary<string, string>(), ["--port 80"])],
        };
        using var output = new MemoryStream();
        new CaptureWriter(output, header).Complete("end of test", null);
        var summary = CaptureSummary.Of(output, all);
        Assert.Contains(
            "filters     not the same for all of the captures that were merged:\n            ip version 4\n            none; cut --port 80\n",
            Encoding.UTF8.GetString(SummaryText.Format("merged", summary)), StringComparison.Ordinal);
        Assert.Contains(
            "\"filters\":{},\"inputs\":[{\"filters\":{\"ip version\":\"4\"},\"cut\":[]},{\"filters\":{},\"cut\":[\"--port 80\"]}]",
            Encoding.UTF8.GetString(SummaryJson.Format("merged", summary)), StringComparison.Ordinal);
    }

    [Fact]
    public void By_footer_and_by_reading_the_same_clocks_count()
    {
        using var output = new MemoryStream();
        var writer = new CaptureWriter(output, new CaptureHeader { Start = new ClockAnchor(1, 1, 1_000) });
        writer.Append(new TcpEvent { Timestamp = 50, Type = TcpEventType.Connect, IpVersion = 4 });
        writer.WriteContext(new CaptureContext { Clocks = [new ClockAnchor(40, 40, 5_000)] });
        writer.Append(new TcpEvent { Timestamp = 60, Type = TcpEventType.Connect, IpVersion = 4 });
        writer.Complete("end of test", new ClockAnchor(55, 55, 9_000));
        foreach (var filter in new[] { all, new CaptureFilter(new EventFilter { To = 1_000 }) })
        {
            var section = Assert.Single(CaptureSummary.Of(output, filter).Sections);
            Assert.Equal([1_049ul, 5_020ul], new[] { section.FirstTimestamp, section.LastTimestamp }.Select(section.Clocks.WallClock));
        }
    }

    [Fact]
    public void A_higher_major_version_is_refused_wherever_it_stands()
    {
        byte[] file = [.. Section("one"), .. Section("two")];
        var blocks = new BlockReader(new MemoryStream(file));
        var offsets = new List<int>();
        while (blocks.Read())
        {
            offsets.Add((int)blocks.Offset);
        }

        Assert.Equal(8, offsets.Count);
        foreach (var offset in offsets)
        {
            var newer = file.ToArray();
            newer[offset + 10] = 2;
            BitConverter.TryWriteBytes(newer.AsSpan(offset + 120), BlockHeader.Hash(newer.AsSpan(offset, 120)));
            var error = Assert.Throws<CaptureFormatException>(() => CaptureSummary.Of(new MemoryStream(newer), all));
            Assert.Contains($"at byte {offset}: format 2.0 is newer", error.Message, StringComparison.Ordinal);
        }
    }

    private static byte[] Section(string host)
    {
        using var output = new MemoryStream();
        var writer = new CaptureWriter(output, new CaptureHeader { Host = host });
        writer.Append([new TcpEvent { Timestamp = 1 }, new TcpEvent { Timestamp = 2 }]);
        writer.CloseChunk();
        writer.Append(new TcpEvent { Timestamp = 3 });
        writer.Complete("end of test", null);
        return output.ToArray();
    }

    /// <summary>Where the first block ends.</summary>
    private static int BlockEnd(byte[] file) => BlockHeader.Size + (int)BitConverter.ToUInt32(file, 40);

    /// <summary>With hashes of the first block that are right again.</summary>
    private static byte[] Rehashed(byte[] file)
    {
        BitConverter.TryWriteBytes(file.AsSpan(112), BlockHeader.Hash(file.AsSpan(BlockHeader.Size..BlockEnd(file))));
        BitConverter.TryWriteBytes(file.AsSpan(120), BlockHeader.Hash(file.AsSpan(0, 120)));
        return file;
    }
}
