using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Output;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Analyzer.Tests.Exporters;

/// <summary>Whatever there is to export, an exporter's calls come in their order, and each that has begun ends.</summary>
public sealed class ExporterTests
{
    private static readonly CaptureFilter all = new(new EventFilter());

    [Fact]
    public void Events_come_between_a_beginning_and_an_end_in_time_order()
    {
        var log = new CallLog(ExportKinds.Events);
        using (var pipeline = new EventPipeline(log, all, tool: "test 1"))
        {
            pipeline.Run(Source(Capture(100)), Untold);
            pipeline.Run(Source(Capture(50)), Untold);
        }

        Assert.Equal("Begin Events End", log.Calls);
        Assert.Equal(new ExportInfo(ExportKinds.Events, "test 1"), log.Info);
        Assert.Equal(Enumerable.Range(0, 100).Concat(Enumerable.Range(0, 50)).Select(time => (ulong)time), log.AllEvents.Select(one => one.Timestamp));
    }

    [Fact]
    public void Those_that_are_not_wanted_are_left_out_wherever_they_stand()
    {
        foreach (var pids in new uint[][] { [0], [1], [2], [0, 1], [0, 2], [1, 2] })
        {
            var log = new CallLog(ExportKinds.Events);
            using var pipeline = new EventPipeline(log, new CaptureFilter(new EventFilter { Pids = [.. pids] }), limit: 2_000);
            pipeline.Run(Source(Capture(5_000)), Untold);
            Assert.Equal(
                Enumerable.Range(0, 5_000).Where(number => pids.Contains((uint)number % 3)).Take(2_000).Select(number => (ulong)number),
                log.AllEvents.Select(one => one.Timestamp));
        }
    }

    [Theory]
    [InlineData(0, "Begin End")]
    [InlineData(1, "Begin Events End")]
    [InlineData(10, "Begin Events End")]
    [InlineData(1_000_000, "Begin Events End")]
    public void No_more_are_given_than_are_wanted(int limit, string calls)
    {
        var log = new CallLog(ExportKinds.Events);
        using (var pipeline = new EventPipeline(log, all, (ulong)limit))
        {
            pipeline.Run(Source(Capture(30)), Untold);
        }

        Assert.Equal((calls, Math.Min(limit, 30)), (log.Calls, log.AllEvents.Count));
    }

    /// <summary>Also of what has no connections there is to know what was lost.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void What_connections_were_recorded_in_is_told_before_the_end(int events)
    {
        var log = new CallLog(ExportKinds.Connections);
        using (var pipeline = new ConnectionPipeline(log))
        {
            var feed = new ConnectionFeed(pipeline, new ConnectionFilter());
            feed.Read(Source(Capture(events)));
            feed.End();
            Assert.Equal(feed.Recordings, log.Recordings);
            Assert.NotNull(log.Recordings);
        }

        Assert.EndsWith("End", log.Calls, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_nothing_there_is_a_beginning_and_an_end()
    {
        var events = new CallLog(ExportKinds.Events);
        using (var pipeline = new EventPipeline(events, all))
        {
            pipeline.Run(Source(Capture(0)), Untold);
        }

        var connections = new CallLog(ExportKinds.Connections);
        using (var pipeline = new ConnectionPipeline(connections))
        {
            pipeline.End();
        }

        Assert.Equal(("Begin End", "Begin End"), (events.Calls, connections.Calls));
    }

    [Fact]
    public void Where_no_source_is_read_nothing_is_begun()
    {
        var log = new CallLog(ExportKinds.Events | ExportKinds.Connections);
        new EventPipeline(log, all).Dispose();
        new ConnectionPipeline(log).Dispose();
        Assert.Equal("", log.Calls);
    }

    /// <summary>A section of a version that is not known ends the reading.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_was_read_before_an_error_is_exported_and_ended(int threads)
    {
        byte[] capture = [.. Capture(3_000), .. Refused()];
        var log = new CallLog(ExportKinds.Events);
        using (var pipeline = new EventPipeline(log, all))
        {
            Assert.Throws<CaptureFormatException>(() => pipeline.Run(Source(capture), Untold, threads));
        }

        Assert.Equal(("Begin Events End", 3_000), (log.Calls, log.AllEvents.Count));

        using var text = new MemoryStream();
        using (var pipeline = new EventPipeline(ExportFormat.Of(ExportKinds.Events, "ndjson").Create(text, new ExportOptions()), all))
        {
            Assert.Throws<CaptureFormatException>(() => pipeline.Run(Source(capture), Untold, threads));
        }

        Assert.Equal(3_000, text.ToArray().Count(letter => letter == '\n'));

        var connections = new CallLog(ExportKinds.Connections);
        using (var pipeline = new ConnectionPipeline(connections))
        {
            Assert.Throws<CaptureFormatException>(() => ConnectionFeed.ReadAll(new MemoryStream(capture), pipeline));
        }

        Assert.Equal("Begin Connections End", connections.Calls);
    }

    [Theory]
    [InlineData("Begin", "Begin")]
    [InlineData("Events", "Begin Events")]
    [InlineData("End", "Begin Events End")]
    public void An_exporter_that_has_failed_is_not_called_again(string call, string calls)
    {
        var log = new CallLog(ExportKinds.Events) { FailsAt = call };
        var pipeline = new EventPipeline(log, all);
        Assert.Throws<IOException>(() =>
        {
            pipeline.Run(Source(Capture(5_000)), Untold);
            pipeline.Dispose();
        });
        pipeline.Dispose();
        Assert.Equal(calls, log.Calls);
    }

    [Fact]
    public void An_exporter_is_not_given_what_it_does_not_take()
    {
        var log = new CallLog(ExportKinds.Connections);
        using var pipeline = new EventPipeline(log, all);
        Assert.Throws<ArgumentException>(() => pipeline.Run(Source(Capture(1)), Untold));
        Assert.Equal("", log.Calls);
    }

    [Fact]
    public void Losses_are_told_between_the_events_before_and_after_them()
    {
        var log = new CallLog(ExportKinds.Events);
        using var pipeline = new EventPipeline(log, all);
        var told = new List<(int After, ulong Lost)>();
        pipeline.Run(Source(Capture(30, lostAt: 20)), lost => told.Add((log.AllEvents.Count, lost.Lost)));
        // A chunk is written before the watermark is moved on for its last two.
        Assert.Equal([(18, 7ul)], told);
    }

    [Fact]
    public void Formats_have_names_of_their_own_and_make_what_they_say()
    {
        Assert.All(ExportFormat.All, format => Assert.Equal(format.Takes, format.Create(Stream.Null, new ExportOptions()).Takes));
        Assert.All(ExportFormat.All, format => Assert.All(format.Extensions, extension => Assert.Matches(@"^\.[a-z0-9.]+$", extension)));
        foreach (var kind in new[] { ExportKinds.Events, ExportKinds.Connections })
        {
            Assert.Distinct(ExportFormat.Of(kind).Select(format => format.Name));
            Assert.All(ExportFormat.Of(kind), format => Assert.Same(format, ExportFormat.Of(kind, format.Name)));
        }

        Assert.Throws<ArgumentException>(() => ExportFormat.Of(ExportKinds.Events, "tcplife"));
    }

    private static void Untold(LossCounters lost) => Assert.Fail($"{lost}");

    private static EventStream Source(byte[] capture) => new(CaptureReader.Open(new MemoryStream(capture)));

    /// <summary>Connections that are closed again; each event comes a little late.</summary>
    private static byte[] Capture(int events, int lostAt = -1)
    {
        var output = new MemoryStream();
        var writer = new CaptureWriter(output, new CaptureHeader(), 10 * TcpEvent.Size) { Watermark = 0 };
        for (var number = 0; number < events; number++)
        {
            if (number == lostAt)
            {
                writer.LossCounters = new LossCounters((ulong)number + 7, 7, 0, 0, 0);
            }

            writer.Append(new TcpEvent
            {
                Timestamp = (ulong)(number ^ 1) < (ulong)events ? (ulong)(number ^ 1) : (ulong)number,
                Type = number % 2 == 1 ? TcpEventType.Connect : TcpEventType.Close,
                Connection = (ulong)(number / 2) + 1,
                IpVersion = 4,
                Pid = (uint)(number ^ 1) % 3,
            });
            writer.Watermark = number % 2 == 1 ? (ulong)number : writer.Watermark;
        }

        writer.Complete("end of test", null);
        return output.ToArray();
    }

    /// <summary>A block of a format that this version does not read.</summary>
    private static byte[] Refused()
    {
        var block = new byte[BlockHeader.Size];
        new BlockHeader { Major = BlockHeader.CurrentMajor + 1, Kind = BlockKind.Header, FileId = Guid.NewGuid(), PayloadHash = BlockHeader.Hash([]) }.Write(block);
        return block;
    }
}
