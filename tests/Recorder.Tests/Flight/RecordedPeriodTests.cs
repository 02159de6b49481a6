using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Recorder.Files;
using TraceCap.Recorder.Flight;
using TraceCap.Recorder.Session;
using TraceCap.Recorder.Sinks;

namespace TraceCap.Recorder.Tests.Flight;

/// <summary>What a flight recorder's files say they hold.</summary>
public sealed class RecordedPeriodTests : IDisposable
{
    private const ulong Second = 1_000_000_000;

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;
    private ulong now = 100 * Second;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_file_claims_the_time_of_what_was_kept_and_no_more()
    {
        var (header, footer, events) = Record(new FlightLimits(TimeSpan.FromSeconds(10), FlightLimits.DefaultBytes), seconds: 60);
        var recorded = Assert.Single(header.Recorded);
        Assert.Equal(160 * Second, footer.End!.Value.Monotonic);
        // Kept to the length of a chunk, a second.
        Assert.InRange(recorded.From, 148 * Second, 150 * Second);
        Assert.Equal((recorded.From, ulong.MaxValue), (header.Start!.Value.Monotonic, recorded.To));
        // Its other clocks are of the same instant.
        Assert.Equal((recorded.From + (5 * Second), recorded.From + (7 * Second)), (header.Start.Value.Boottime, header.Start.Value.Realtime));
        Assert.All(events, one => Assert.True(one.Timestamp >= recorded.From));
        Assert.InRange(events.Length, 100, 120);
    }

    [Fact]
    public void A_file_that_holds_everything_claims_everything()
    {
        var (header, _, events) = Record(new FlightLimits(TimeSpan.FromHours(1), FlightLimits.DefaultBytes), seconds: 60);
        Assert.Equal([new RecordedPeriod(100 * Second, ulong.MaxValue)], header.Recorded);
        Assert.Equal((100 * Second, 600), (header.Start!.Value.Monotonic, events.Length));
    }

    [Fact]
    public void Where_no_event_is_left_the_quiet_time_is_what_it_holds()
    {
        var (header, _, events) = Record(new FlightLimits(TimeSpan.FromSeconds(10), FlightLimits.DefaultBytes), seconds: 60, quiet: 1_000);
        Assert.Empty(events);
        // The clocks are written down once a minute.
        Assert.InRange(Assert.Single(header.Recorded).From, 1090 * Second, 1150 * Second);
    }

    private (CaptureHeader Header, CaptureFooter Footer, TcpEvent[] Events) Record(FlightLimits limits, int seconds, int quiet = 0)
    {
        var files = new CaptureFiles(NamePattern.Parse(Path.Combine(folder, "f-%n.tcap"), "host"), force: false, keep: null);
        var said = new List<string>();
        using (var recorder = new FlightRecorder(files, new CaptureHeader { Start = Clocks() }, Clocks, limits, [], new SeriesOptions { Tell = said.Add }))
        {
            // Ten events a second, each drained a tenth of a second later.
            for (var i = 0; i < 10 * (seconds + quiet); i++)
            {
                var events = i < 10 * seconds ? new[] { new TcpEvent { Type = TcpEventType.Connect, Timestamp = now + 1, Connection = (ulong)i + 1, IpVersion = 4 } } : [];
                now += Second / 10;
                recorder.Take(events, new DrainState(now, now, new LossCounters((ulong)Math.Min(i + 1, 10 * seconds), 0, 0, 0, 0)));
            }

            recorder.Complete("the test wanted no more", cut: false);
        }

        using var file = File.OpenRead(Assert.Single(Directory.GetFiles(folder)));
        var reader = new CaptureReader(file);
        var all = new List<TcpEvent>();
        CaptureFooter? footer = null;
        while (reader.Read())
        {
            all.AddRange(reader.Events);
            footer ??= reader.Footer;
        }

        return (reader.Header!, footer!, [.. all]);
    }

    private ClockAnchor Clocks() => new(now, now + (5 * Second), now + (7 * Second));
}
