using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;
using TraceCap.Recorder.Session;
using TraceCap.Recorder.Sinks;

namespace TraceCap.Recorder.Tests.Sinks;

public class CaptureSinkTests
{
    [Fact]
    public void However_a_recording_is_cut_short_its_ledger_knows_of_all_events_it_holds()
    {
        const int Drain = CaptureWriter.DefaultChunkBytes / TcpEvent.Size * 5 / 2;
        using var output = new MemoryStream();
        var clocks = new ClockAnchor(1, 1, 1);
        var sink = new CaptureSink(output, new CaptureHeader { Start = clocks }, () => clocks);
        for (var drains = 1ul; drains <= 3; drains++)
        {
            var events = new TcpEvent[Drain];
            events.AsSpan().Fill(new TcpEvent { Type = TcpEventType.Connect, IpVersion = 4, Timestamp = drains });
            Assert.True(sink.Take(events, new DrainState(drains, drains, new LossCounters((drains * Drain) + 1, 0, 0, 0, 1))));
        }

        output.Position = 0;
        var reader = new CaptureReader(output);
        var (ledger, read) = (default(LossCounters), 0ul);
        while (reader.Read())
        {
            ledger += reader.Block.LossCounters;
            read += (ulong)reader.Events.Length;
            Assert.InRange(read, 0ul, ledger.Emitted - ledger.Lost);
        }

        Assert.InRange(read, 1ul, sink.Events);
    }
}
