using TraceCap.Format.Metadata;
using TraceCap.Recorder.Flight;
using TraceCap.Recorder.Sinks;
using TraceCap.Recorder.Tests.Files;
using TraceCap.Recorder.Tests.Sinks;

namespace TraceCap.Recorder.Tests.Flight;

/// <summary>What is kept in memory, and when it becomes a file.</summary>
public class FlightRecorderTests
{
    private const ulong Second = FakeRecording.Second;

    private readonly FakeRecording recording = new();

    [Fact]
    public void Nothing_is_written_until_it_is_asked_for_and_then_what_is_kept()
    {
        using (var recorder = Begin("1h"))
        {
            Record(recorder, 5, seconds: 3);
            Assert.Empty(recording.Files.Paths);

            recorder.WriteNow("SIGUSR1");
            Record(recorder, 1);
        }

        var file = Assert.Single(recording.Read());
        Assert.Equal(("SIGUSR1", 16), (file.Reason, file.Connections.Count));
        Assert.Equal(["/captures/000001.tcap: 16 events of the last 3.0 s (SIGUSR1)"], recording.Told);
    }

    [Fact]
    public void A_trigger_has_a_file_written_and_the_end_another_one()
    {
        using (var recorder = Begin("1h", "connects>9/s"))
        {
            Record(recorder, 5, seconds: 3);
            Assert.Empty(recording.Files.Paths);
            Record(recorder, 10);
            recorder.Complete("the end", cut: false);
        }

        Assert.Equal(["connects>9/s", "the end"], recording.Read().Select(file => file.Reason));
        Assert.All(recording.Read(), file => Assert.Equal(25, file.Connections.Count));
    }

    [Fact]
    public void What_is_too_old_is_not_kept_and_losses_go_with_their_time()
    {
        using (var recorder = Begin("10s"))
        {
            recording.Lose(ringFull: 7, mapFull: 0);
            Record(recorder, 5, seconds: 20);
            recording.Lose(ringFull: 2, mapFull: 0);
            Record(recorder, 1, seconds: 3);
            recorder.Complete("the end", cut: false);
        }

        var file = Assert.Single(recording.Read());
        Assert.InRange(file.Connections.Count, (5 * 6) + 3, (5 * 9) + 3);
        Assert.Equal((2ul, (ulong)file.Connections.Count + 2), (file.LossCounters.Lost, file.LossCounters.Emitted));
    }

    [Fact]
    public void The_oldest_files_are_deleted()
    {
        using (var recorder = Begin("1h", keep: 2))
        {
            foreach (var reason in (string[])["first", "second", "third"])
            {
                recorder.WriteNow(reason);
                while (!recording.Told.Any(told => told.EndsWith($"({reason})", StringComparison.Ordinal)))
                {
                    Record(recorder, 1);
                }
            }

            recorder.Complete("the end", cut: false);
        }

        Assert.Equal(["third", "the end"], recording.Read().Select(file => file.Reason));
    }

    [Fact]
    public void A_file_that_cannot_be_created_is_told_and_the_recording_goes_on()
    {
        using (var recorder = Begin("1h"))
        {
            recording.Files.Fails = (action, _) => action == FileAction.Create;
            recorder.WriteNow("SIGUSR1");
            Record(recorder, 5);
            Assert.Equal(["/captures/000001.tcap: Create fails"], recording.Told);

            recording.Files.Fails = (_, _) => false;
            recorder.Complete("the end", cut: false);
        }

        Assert.Equal(5, Assert.Single(recording.Read()).Connections.Count);
    }

    private FlightRecorder Begin(string limits, string? trigger = null, int? keep = null) => new(
        recording.Captures("/captures/%n.tcap", keep),
        new CaptureHeader { Start = recording.ReadClocks() },
        recording.ReadClocks,
        FlightLimits.Parse(limits),
        trigger is null ? [] : [TriggerParser.Parse(trigger)],
        new SeriesOptions { Tell = recording.Tell });

    /// <summary>So many events in each of so many seconds.</summary>
    private void Record(FlightRecorder recorder, ulong events, int seconds = 1)
    {
        for (var i = 0; i < seconds; i++)
        {
            recording.Happen(events);
            recording.Drain(recorder);
            recording.Pass(1 * Second);
        }
    }
}
