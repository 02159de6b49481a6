using System.Text;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Info;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Analyzer.Tests;

/// <summary>A recording during which the wall clock is put an hour back, between its events at 10 and at 30 ns.</summary>
public class WallClockTests
{
    private const ulong Noon = 1_700_000_000_000_000_000;
    private const ulong Hour = 3_600_000_000_000;

    private static readonly byte[] Capture = Record();

    [Fact]
    public void Events_held_back_from_before_a_step_of_the_clock_keep_their_time() =>
        Assert.Equal([WallTime.Format(Noon + 10), WallTime.Format(Noon + 30 - Hour)], Times(new CaptureFilter(new EventFilter())));

    [Fact]
    public void A_summary_tells_the_same_times_as_the_replay()
    {
        var section = Assert.Single(CaptureSummary.Of(new MemoryStream(Capture), new CaptureFilter(new EventFilter())).Sections);
        ulong?[] times = [section.Clocks.WallClock(section.FirstTimestamp), section.Clocks.WallClock(section.LastTimestamp)];
        Assert.Equal(Times(new CaptureFilter(new EventFilter())), times.Select(time => WallTime.Format(time!.Value)));
    }

    [Fact]
    public void A_filter_by_wall_clock_goes_by_the_time_that_is_shown()
    {
        var after = new CaptureFilter(new EventFilter(), From: TimePoint.Parse(WallTime.Format(Noon)));
        var before = new CaptureFilter(new EventFilter(), To: TimePoint.Parse(WallTime.Format(Noon)));
        Assert.Equal([WallTime.Format(Noon + 10)], Times(after));
        Assert.Equal([WallTime.Format(Noon + 30 - Hour)], Times(before));
        foreach (var filter in new[] { after, before })
        {
            Assert.Equal(1ul, Assert.Single(CaptureSummary.Of(new MemoryStream(Capture), filter).Sections).Events);
            using var cut = new MemoryStream();
            new CaptureCut(new CaptureReader(new MemoryStream(Capture)), cut, filter, "some").Run();
            Assert.Equal(Times(filter), Times(new CaptureFilter(new EventFilter()), cut.ToArray()));
        }
    }

    [Fact]
    public void A_cut_keeps_every_clock_that_its_events_go_by()
    {
        using var output = new MemoryStream();
        var writer = new CaptureWriter(output, new CaptureHeader { Start = new ClockAnchor(0, 0, Noon) }) { Watermark = 0 };
        writer.Append(new TcpEvent { Timestamp = 15, Pid = 1, Type = TcpEventType.Connect, IpVersion = 4 });
        writer.WriteContext(new CaptureContext
        {
            Clocks = [new ClockAnchor(10, 10, Noon + 10 + Hour), new ClockAnchor(20, 20, Noon + 20 - Hour), new ClockAnchor(30, 30, Noon + 30 + Hour)],
        });
        foreach (var time in new ulong[] { 14, 16, 21, 31 })
        {
            writer.Append(new TcpEvent { Timestamp = time, Type = TcpEventType.Connect, IpVersion = 4 });
        }

        writer.Complete("end of test", null);
        var filter = new CaptureFilter(new EventFilter { Pids = [0] });
        using var cut = new MemoryStream();
        new CaptureCut(new CaptureReader(new MemoryStream(output.ToArray())), cut, filter, "some").Run();
        Assert.Equal(
            [Noon + 14, Noon + 16 + Hour, Noon + 21 - Hour, Noon + 31 + Hour],
            Times(new CaptureFilter(new EventFilter()), cut.ToArray()).Select(time => WallTime.TryParse(time, out var wall) ? wall : 0));
    }

    [Fact]
    public void A_connection_has_the_times_of_its_events_and_a_lifetime_that_no_step_bends()
    {
        foreach (var several in new[] { false, true })
        {
            using var text = new MemoryStream();
            using var pipeline = new ConnectionPipeline(new ConnectionRowExporter(new ConnectionJson(), text));
            var feed = new ConnectionFeed(pipeline, new ConnectionFilter());
            var file = Across(several);
            feed.Read(new EventStream(new CaptureReader(new MemoryStream(file))));
            feed.End();
            var row = System.Text.Json.JsonDocument.Parse(text.ToArray()).RootElement;
            Assert.Equal(Times(new CaptureFilter(new EventFilter()), file), new[] { "opened.time", "ended.time" }.Select(name => row.GetProperty(name).GetString()!));
            Assert.Equal(20, row.GetProperty("lifetime_ns").GetInt64());

            using var table = new MemoryStream();
            using var rows = new ConnectionPipeline(new ConnectionRowExporter(new LifetimeTable(new LifetimeOptions { Clock = new ClockStyle() }), table));
            ConnectionFeed.ReadAll(new MemoryStream(file), rows);
            Assert.Contains($"\n{WallTime.Format(Noon + 30 - Hour)[11..19]} ", Encoding.UTF8.GetString(table.ToArray()), StringComparison.Ordinal);
        }
    }

    /// <summary>A connection across the step of the clock, in one section or in two of one boot.</summary>
    private static byte[] Across(bool several)
    {
        using var output = new MemoryStream();
        var header = new CaptureHeader { BootId = "boot", Start = new ClockAnchor(0, 0, Noon) };
        var after = new ClockAnchor(20, 20, Noon + 20 - Hour);
        var one = new TcpEvent { Timestamp = 10, Type = TcpEventType.Connect, Connection = 5, IpVersion = 4 };
        var writer = new CaptureWriter(output, header);
        writer.Append(in one);
        if (several)
        {
            writer.Complete("end of test", null);
            writer = new CaptureWriter(output, header with { Start = after });
        }
        else
        {
            writer.WriteContext(new CaptureContext { Clocks = [after] });
        }

        writer.Append(one with { Timestamp = 30, Type = TcpEventType.Close });
        writer.Complete("end of test", null);
        return output.ToArray();
    }

    private static byte[] Record()
    {
        using var output = new MemoryStream();
        var writer = new CaptureWriter(output, new CaptureHeader { Start = new ClockAnchor(0, 0, Noon) }) { Watermark = 0 };
        writer.Append(new TcpEvent { Timestamp = 10, Type = TcpEventType.Connect, IpVersion = 4 });
        writer.WriteContext(new CaptureContext { Clocks = [new ClockAnchor(20, 20, Noon + 20 - Hour)] });
        writer.Append(new TcpEvent { Timestamp = 30, Type = TcpEventType.Connect, IpVersion = 4 });
        writer.Complete("end of test", new ClockAnchor(40, 40, Noon + 40 - Hour));
        return output.ToArray();
    }

    private static IEnumerable<string> Times(CaptureFilter filter, byte[]? capture = null)
    {
        using var output = new MemoryStream();
        var events = new EventStream(new CaptureReader(new MemoryStream(capture ?? Capture)));
        new EventPipeline(new EventRowExporter(new JsonLines(), output), filter).Run(events, _ => { });
        return Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("time").GetString()!);
    }
}
