using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Filters;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Rewriting;
using TraceCap.Format.Writing;

namespace TraceCap.Analyzer.Tests.Connections;

/// <summary>What a recording says of the time of a connection, and not of its own end.</summary>
public sealed class RecordedSpanTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_connection_has_the_names_of_when_it_was_opened(int files)
    {
        var captures = Enumerable.Range(0, files).Select(_ => new MemoryStream()).ToArray();
        var writers = Array.ConvertAll(captures, capture => new CaptureWriter(capture, new CaptureHeader { BootId = "b", Start = new ClockAnchor(1, 1, 1) }));
        var (first, last) = (writers[0], writers[^1]);
        Name(first, "a");
        first.Append([Event('C', 1, 10), Event('C', 2, 20)]);
        Name(last, "b");
        last.Append([Event('C', 3, 30), Event('X', 1, 40), Event('X', 9, 45)]);
        Name(last, "c");
        last.Append([Event('X', 3, 50), Event('C', 4, 60), Event('F', 5, 70)]);
        Array.ForEach(writers, writer => writer.Complete("end of test", null));

        var sink = new ConnectionList();
        var feed = new ConnectionFeed(sink, new ConnectionFilter());
        foreach (var capture in captures)
        {
            capture.Position = 0;
            feed.Read(new EventStream(new CaptureReader(capture)));
        }

        feed.End();
        Assert.Equal(
            [(1ul, "/a", "a"), (9ul, "/b", "b"), (3ul, "/b", "b"), (5ul, "/c", "c"), (2ul, "/a", "a"), (4ul, "/c", "c")],
            sink.Items.Select(item => (
                item.Connection.Id,
                item.Connection.CgroupIn(item.Recording)!.Path,
                item.Connection.NamesIn(item.Recording).NetnsOf(new TcpEvent { Netns = 7 })!)));
    }

    [Fact]
    public void A_filter_by_name_goes_by_the_names_of_when_a_connection_was_opened()
    {
        var capture = new MemoryStream();
        var writer = new CaptureWriter(capture, new CaptureHeader { BootId = "b", Start = new ClockAnchor(1, 1, 1) });
        Name(writer, "a");
        writer.Append(Event('C', 1, 10));
        Name(writer, "b");
        writer.Append([Event('C', 2, 20), Event('X', 1, 30)]);
        writer.Complete("end of test", null);
        foreach (var (path, expected) in new[] { ("/a", 1ul), ("/b", 2ul) })
        {
            capture.Position = 0;
            var filter = new ConnectionFilter { Opening = new CaptureFilter(new EventFilter { Cgroup = new CgroupFilter(null, null, path) }) };
            Assert.Equal(expected, Assert.Single(ConnectionList.Read(capture, filter)).Id);
        }
    }

    [Fact]
    public void A_recovered_capture_is_uncertain_where_it_was_damaged_and_nowhere_else()
    {
        var capture = new MemoryStream();
        var writer = new CaptureWriter(capture, new CaptureHeader { BootId = "b", Probes = "test", Start = new ClockAnchor(1, 1, 1) });
        var begin = 0L;
        for (var i = 1ul; i <= 5; i++)
        {
            begin = i == 3 ? writer.Length : begin;
            writer.Append(Event('C', i, 10 * i) with { Sequence = i });
            writer.CloseChunk();
        }

        writer.Complete("end of test", new ClockAnchor(60, 60, 60));
        var damaged = capture.ToArray();
        damaged[begin + 20] ^= 1;
        using var recovered = new MemoryStream();
        new CaptureRecovery(new CaptureReader(new MemoryStream(damaged)), recovered).Run();
        foreach (var file in new[] { damaged, recovered.ToArray() })
        {
            var recording = Assert.Single(ConnectionFeed.ReadAll(new MemoryStream(file), new ConnectionList()));
            Assert.True(recording.IsDamaged);
            Assert.Equal([new LossPeriod(20, 40) { IsDamaged = true }], recording.Losses);
        }
    }

    private static void Name(CaptureWriter writer, string name)
    {
        writer.NameCgroup(new NamedId(1, "/" + name));
        writer.NameNetns(new NamedId(7, name));
    }

    private static TcpEvent Event(char type, ulong id, ulong time) =>
        new() { Type = (TcpEventType)type, Connection = id, Timestamp = time, Netns = 7, Cgroup = 1, IpVersion = 4, LocalPort = (ushort)id, PeerPort = 80 };
}
