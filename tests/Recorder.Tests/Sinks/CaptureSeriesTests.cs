using CsCheck;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Recorder.Sinks;
using TraceCap.Recorder.Tests.Files;

namespace TraceCap.Recorder.Tests.Sinks;

/// <summary>File after file: what is in which, what happens when one fails, and which are deleted.</summary>
public class CaptureSeriesTests
{
    private const ulong Second = FakeRecording.Second;

    private readonly FakeRecording recording = new();

    [Fact]
    public void A_file_is_followed_by_the_next_one_at_a_time_at_a_size_and_when_asked()
    {
        using (var series = recording.Begin(new SeriesOptions { Rotation = new Rotation(64 << 10, TimeSpan.FromMinutes(1)) }))
        {
            RecordSome(series, 3);
            // The wall clock is at 1,010 s; the minute is full at 1,020.
            recording.Pass(9 * Second);
            RecordSome(series, 3);
            Assert.Single(recording.Files.Paths);
            recording.Pass(1 * Second);
            RecordSome(series, 3);
            Assert.Equal(2, recording.Files.Paths.Count);
            series.RotateNow();
            RecordSome(series, 3);
            Assert.Equal(3, recording.Files.Paths.Count);
            while (recording.Files.Paths.Count == 3)
            {
                RecordSome(series, 10_000);
            }

            series.Complete("the end", cut: false);
            Assert.Equal("/captures/000001.tcap to /captures/000004.tcap (4 files)", series.Written);
        }

        var files = recording.Read();
        Assert.Equal(["/captures/000001.tcap", "/captures/000002.tcap", "/captures/000003.tcap", "/captures/000004.tcap"], files.Select(file => file.Path));
        Assert.Equal(["rotated", "rotated", "rotated", "the end"], files.Select(file => file.Reason));
        Assert.Equal([9, 3], files.Take(2).Select(file => file.Connections.Count));
        Assert.All(files, file => Assert.Equal((ulong)file.Connections.Count, file.LossCounters.Emitted));
        Assert.InRange(recording.Files.Content(files[2].Path).Length, 64 << 10, 1 << 20);
    }

    [Fact]
    public void A_file_that_takes_nothing_at_all_does_not_stay()
    {
        recording.Files.Add("/captures/run.tcap");
        recording.Files.Fails = (action, _) => action == FileAction.Write;
        Assert.Throws<IOException>(() => recording.Begin(new SeriesOptions(), "/captures/run.tcap", force: true));

        Assert.Empty(recording.Files.Paths);
    }

    [Fact]
    public void A_single_file_that_is_there_already_is_left_alone()
    {
        recording.Files.Add("/captures/run.tcap");
        var error = Assert.Throws<IOException>(() => recording.Begin(new SeriesOptions(), "/captures/run.tcap"));

        Assert.Equal("/captures/run.tcap is there already; it is not overwritten", error.Message);
        Assert.Empty(recording.Files.Content("/captures/run.tcap"));
    }

    [Fact]
    public void Names_that_somebody_planted_are_left_out_and_what_is_no_capture_is_never_deleted()
    {
        var planted = new[] { "/captures/000010.tcap", "/captures/000011.tcap", "/captures/999999999999999999.tcap" };
        recording.Files.Add("/captures/000009.tcap");
        foreach (var path in planted)
        {
            recording.Files.Add(path, isOwnCapture: false);
        }

        using (var series = recording.Begin(new SeriesOptions(), keep: 1, force: true))
        {
            series.RotateNow();
            RecordSome(series, 1);
            series.Complete("the end", cut: false);
            Assert.Equal("the last 1 of 2 files, up to /captures/000013.tcap", series.Written);
        }

        Assert.Equal([.. planted[..2], "/captures/000013.tcap", planted[2]], recording.Files.Paths);
    }

    [Fact]
    public void Whoever_creates_every_file_first_does_not_keep_the_recording_for_ever()
    {
        recording.Files.Fails = (action, path) =>
        {
            if (action == FileAction.Create)
            {
                recording.Files.Add(path, isOwnCapture: false);
            }

            return false;
        };

        Assert.StartsWith("/captures/%n.tcap: another process creates every file", Assert.Throws<IOException>(() => recording.Begin(new SeriesOptions())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clock_that_goes_back_makes_no_new_file_an_old_one()
    {
        recording.Files.Add("/captures/20991231T235959Z");
        var back = 0ul;
        using (var series = new CaptureSeries(
            recording.Captures("/captures/%t", keep: 2), new CaptureHeader { Start = recording.ReadClocks() }, Clocks, new SeriesOptions()))
        {
            for (back = 100 * Second; back < 500 * Second; back += 100 * Second)
            {
                series.RotateNow();
                RecordSome(series, 1);
                Assert.Contains(recording.Files.Paths, path => path == PathAt(Clocks().Realtime));
            }

            series.Complete("the end", cut: false);
        }

        Assert.Equal([PathAt(recording.ReadClocks().Realtime - (400 * Second)), PathAt(recording.ReadClocks().Realtime - (300 * Second))], recording.Files.Paths);

        ClockAnchor Clocks() => recording.ReadClocks() with { Realtime = recording.ReadClocks().Realtime - back };

        static string PathAt(ulong realtime) => DateTime.UnixEpoch.AddTicks((long)realtime / 100).ToString("'/captures/'yyyyMMdd'T'HHmmss'Z'", System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void The_oldest_files_are_deleted_and_nobody_elses()
    {
        foreach (var other in (string[])["/captures/000007.tcap", "/captures/000008.tcap.gz", "/captures/notes", "/captures/1.tcap", "/else/000001.tcap"])
        {
            recording.Files.Add(other);
        }

        using (var series = recording.Begin(new SeriesOptions(), keep: 2))
        {
            series.RotateNow();
            RecordSome(series, 1);
            series.Complete("the end", cut: false);
        }

        Assert.Equal(
            ["/captures/000009.tcap", "/captures/000010.tcap", "/captures/1.tcap", "/captures/notes", "/else/000001.tcap"], recording.Files.Paths);
    }

    [Fact]
    public void Each_closed_file_is_on_the_disk_before_anybody_is_told_of_it()
    {
        var closed = new List<string>();
        var finished = new List<bool>();
        using (var series = recording.Begin(new SeriesOptions
        {
            Closed = path =>
            {
                closed.Add(path);
                finished.Add(recording.Files.Done.Contains((FileAction.Finish, path)));
            },
        }))
        {
            series.RotateNow();
            RecordSome(series, 1);
            series.Complete("the end", cut: false);
        }

        Assert.Equal(["/captures/000001.tcap", "/captures/000002.tcap"], closed);
        Assert.Equal([true, true], finished);
    }

    [Fact]
    public void A_file_that_fails_ends_the_recording_and_counts_what_it_could_not_take()
    {
        using var series = recording.Begin(new SeriesOptions());
        RecordSome(series, 5);
        recording.Pass(2 * Second);
        RecordSome(series, 5);
        recording.Lose(ringFull: 2, mapFull: 0);
        recording.Files.Fails = Once(FileAction.Write);
        RecordSome(series, 5);
        recording.Pass(2 * Second);

        Assert.Throws<IOException>(() => recording.Drain(series));
        var file = Assert.Single(recording.Read());
        Assert.Equal((new LossCounters(17, 2, 0, 0, 5), 10), (file.LossCounters, file.Connections.Count));
        Assert.Equal("/captures/000001.tcap: Write fails", file.Reason);
        Assert.Equal((15ul, 10ul, file.LossCounters), (series.Totals.Events, series.Totals.EventsWritten, series.Totals.LossCounters));
    }

    [Fact]
    public void Told_to_keep_going_the_next_file_counts_all_that_was_lost_and_says_so()
    {
        using (var series = recording.Begin(new SeriesOptions { KeepGoing = true }))
        {
            RecordSome(series, 5);
            recording.Pass(2 * Second);
            RecordSome(series, 5);
            recording.Files.Fails = Once(FileAction.Write);
            RecordSome(series, 7);
            recording.Pass(1 * Second);
            RecordSome(series, 6);
            recording.Lose(ringFull: 3, mapFull: 1);
            RecordSome(series, 2); // Within the second in which it is not tried again.
            recording.Pass(1 * Second);
            RecordSome(series, 4);
            Assert.Equal(
                ["/captures/000001.tcap: Write fails; going on with the next file",
                    "recording goes on in /captures/000002.tcap, which counts 15 events as dropped, and 4 as lost in the kernel"],
                recording.Told);
            Assert.Equal(new LossCounters(33, 3, 1, 0, 15), series.Totals.LossCounters);
            series.Complete("the end", cut: false);
        }

        var files = recording.Read();
        Assert.Equal([new LossCounters(10, 0, 0, 0, 0), new LossCounters(23, 3, 1, 0, 15)], files.Select(file => file.LossCounters));
        Assert.Equal([10, 4], files.Select(file => file.Connections.Count));
    }

    [Fact]
    public void It_is_tried_less_and_less_often()
    {
        using var series = recording.Begin(new SeriesOptions { KeepGoing = true });
        recording.Files.Fails = (_, _) => true;
        RecordSome(series, 1);
        for (var second = 0; second < 200; second++)
        {
            recording.Pass(Second);
            RecordSome(series, 1);
        }

        // After 1 s more, 2, 4, 8, 16, 32, 64, 64.
        Assert.InRange(recording.Files.Done.Count(done => done.Action == FileAction.Create), 7, 10);
    }

    [Fact]
    public void A_next_file_that_cannot_be_created_leaves_the_open_one_as_it_is()
    {
        using (var series = recording.Begin(new SeriesOptions { KeepGoing = true }))
        {
            recording.Files.Fails = Once(FileAction.Create);
            series.RotateNow();
            RecordSome(series, 1);
            Assert.Equal(["/captures/000002.tcap: Create fails; recording goes on in the file before"], recording.Told);
            recording.Pass(1 * Second);
            RecordSome(series, 1);
            series.Complete("the end", cut: false);
        }

        Assert.Equal([2, 0], recording.Read().Select(file => file.Connections.Count));
    }

    [Fact]
    public void A_disk_that_is_full_from_the_beginning_is_left_without_a_file()
    {
        recording.Files.Fails = (action, _) => action == FileAction.Write;

        Assert.Throws<IOException>(() => recording.Begin(new SeriesOptions()));
        Assert.Empty(recording.Files.Paths);
    }

    [Fact]
    public void A_second_without_a_number_in_the_name_is_waited_for()
    {
        recording.Files.Add("/captures/19700101T001650Z");
        using var series = new CaptureSeries(
            recording.Captures("/captures/%t"), new CaptureHeader { Start = recording.ReadClocks() }, PassingClocks, new SeriesOptions());

        Assert.Equal(["/captures/19700101T001650Z", "/captures/19700101T001651Z"], recording.Files.Paths);

        ClockAnchor PassingClocks()
        {
            recording.Pass(Second / 2);
            return recording.ReadClocks();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whatever_happens_every_event_is_in_one_file_or_counted_as_lost(bool keepGoing) =>
        Gen.Select(Gen.Int[0, 12], Gen.Int[0, 20]).List[0, 40].Sample(
            steps =>
            {
                var some = new FakeRecording();
                using var series = some.Begin(new SeriesOptions { KeepGoing = keepGoing, Rotation = new Rotation(Every: TimeSpan.FromSeconds(20)) });
                var isFailed = false;
                foreach (var (step, count) in steps)
                {
                    isFailed = isFailed || Fails(() => Do(some, series, step, count));
                }

                some.Land(0);
                some.Files.Fails = (_, _) => false;
                isFailed = isFailed || Fails(() => some.Drain(series)) || Fails(() => series.Complete("the end", cut: false));
                Assert.False(keepGoing && isFailed);

                var files = some.Read();
                var totals = series.Totals;
                var events = files.SelectMany(file => file.Connections).ToList();
                Assert.Equal(events.Count, events.Distinct().Count());
                Assert.Equal((ulong)events.Count, totals.EventsWritten);
                Assert.All(files, file => Assert.InRange((ulong)file.Connections.Count, 0ul, file.LossCounters.Emitted - file.LossCounters.Lost));
                Assert.All(files.Where(file => file.Reason is not null), file => Assert.Equal((ulong)file.Connections.Count, file.LossCounters.Emitted - file.LossCounters.Lost));
                if (!isFailed)
                {
                    Assert.Equal(some.Kernel.Emitted, files.Aggregate(0ul, (sum, file) => sum + file.LossCounters.Emitted));
                    Assert.Equal((some.Kernel.Emitted, some.Kernel.Emitted - totals.EventsWritten), (totals.LossCounters.Emitted, totals.LossCounters.Lost));
                }
            },
            iter: 300);

    private static void Do(FakeRecording some, CaptureSeries series, int step, int count)
    {
        switch (step)
        {
            case 0:
                some.Happen((ulong)count);
                break;
            case 1:
                some.Lose((ulong)count / 2, (ulong)count / 3);
                break;
            case 2:
                some.TakeOff((ulong)count);
                break;
            case 3:
                some.Land((ulong)count / 2);
                break;
            case 4:
                series.RotateNow();
                break;
            case 5 or 6:
                some.Pass((ulong)count * Second);
                break;
            case 7:
                some.Files.Fails = Once(FileAction.Write);
                break;
            case 8:
                some.Files.Fails = (action, _) => action is FileAction.Write or FileAction.Cut;
                break;
            case 9:
                some.Files.Fails = (action, _) => action is FileAction.Create or FileAction.Finish;
                break;
            case 10:
                some.Files.Fails = (action, _) => action is FileAction.Delete or FileAction.Write;
                break;
            case 11 when some.Files.Paths is [.., var last] && IsOpen(some, last):
                some.Files.Fails = (_, _) => false;
                some.Files.Delete(last);
                break;
            default:
                some.Files.Fails = (_, _) => false;
                break;
        }

        some.Drain(series, count % 7 == 0 ? count / 3 : int.MaxValue);
    }

    /// <summary>A file that was ended or given up is the user's, who may well delete it.</summary>
    private static bool IsOpen(FakeRecording some, string path) =>
        ReadCapture.Of(path, some.Files.Content(path)).Reason is null && !some.Files.Done.Contains((FileAction.Cut, path));

    private void RecordSome(CaptureSeries series, ulong events)
    {
        recording.Happen(events);
        recording.Drain(series);
    }

    private static bool Fails(Action action)
    {
        try
        {
            action();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static Func<FileAction, string, bool> Once(FileAction what)
    {
        var isDone = false;
        return (action, _) => action == what && !isDone && (isDone = true);
    }
}
