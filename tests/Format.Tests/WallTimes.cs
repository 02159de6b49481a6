using CsCheck;
using TraceCap.Format.Events;
using TraceCap.Format.Merging;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Rewriting;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Tests;

/// <summary>Whatever is made of captures, every event keeps its time of day.</summary>
public class WallTimes
{
    private const ulong Noon = 1_700_000_000_000_000_000;

    /// <summary>A host whose wall clock is stepped and which is suspended, and captures of it: some events come late, and
    /// each clock stands where a recorder notices the change, which may be after events that are later.</summary>
    private static readonly Gen<byte[][]> OneBoot = Gen.Select(
        Gen.Int[1, 4], Gen.ULong[0, 99].Array[0, 6], Gen.Int, Gen.Bool).Select((files, steps, seed, inOrder) => Record("a", files, steps, seed, inOrder));

    [Fact]
    public void A_pipe_is_dated_as_a_file_is() => OneBoot.Sample(files => files.All(file => Given(file).SequenceEqual(AtTheEnd(file))));

    [Fact]
    public void Compacted_and_recovered_captures_tell_the_same_times() => OneBoot.Sample(files => files.All(file =>
    {
        var compact = new MemoryStream();
        new CaptureCompaction(Captures.Reader(file), compact, 50 * TcpEvent.Size).Run();
        var recovered = new MemoryStream();
        new CaptureRecovery(Captures.Reader(file), recovered).Run();
        return Given(compact.ToArray()).SequenceEqual(Given(file)) && Given(recovered.ToArray()).SequenceEqual(Given(file));
    }));

    [Fact]
    public void Merged_captures_of_one_boot_tell_the_same_times() => OneBoot.Sample(files =>
        Sorted(files.SelectMany(Given)).Zip(Sorted(Given(Merge(files)))).All(pair =>
            pair.First.Event.Equals(pair.Second.Event) && (pair.First.Wall ?? pair.Second.Wall) == pair.Second.Wall)
        && Given(Merge(files)).SequenceEqual(AtTheEnd(Merge(files)))
        && Given(Merge([Merge(files)])).SequenceEqual(Given(Merge(files))));

    [Fact]
    public void The_order_of_the_inputs_does_not_matter() => OneBoot.Sample(files =>
        Given(Merge([.. files.Reverse()])).SequenceEqual(Given(Merge(files))));

    [Fact]
    public void A_step_between_two_captures_stays()
    {
        var hour = 3_600_000_000_000ul;
        var before = One("a", new ClockAnchor(100, 100, Noon + hour), 150);
        var after = One("a", new ClockAnchor(200, 200, Noon), 250);
        Assert.Equal([Noon + hour + 50, Noon + 50], Given(Merge([before, after])).Select(one => one.Wall!.Value));
        Assert.Equal([Noon + hour + 50, Noon + 50], Given(Merge([after, before])).Select(one => one.Wall!.Value));
    }

    [Fact]
    public void What_a_capture_says_of_a_suspend_stays()
    {
        var before = One("a", new ClockAnchor(100, 100, Noon), 150);
        var after = One("a", new ClockAnchor(200, 700, Noon + 600), 250);
        var clocks = Captures.Read(Merge([before, after])).Reader.Known.Clocks;
        Assert.Equal([0, 500], new[] { clocks.At(150)!.Value.Suspended, clocks.At(250)!.Value.Suspended });
    }

    [Fact]
    public void Captures_of_several_hosts_keep_their_times_and_those_of_the_host_that_was_started_first_its_steps()
    {
        var old = Record("old", 3, [10, 20, 60, 80], 1, inOrder: false);
        byte[][] other = [One("new", new ClockAnchor(3, 3, Noon + 5_000), 13), One("new", new ClockAnchor(30, 30, Noon + 9_000), 33)];
        var merged = Given(Merge([.. other, .. old]));
        Assert.Equal(Sorted(old.SelectMany(Given)), Sorted(merged.Where(one => one.Event.Connection >> MergedHost.ConnectionShift == 1)
            .Select(one => one with { Event = one.Event with { Connection = one.Event.Connection & ((1ul << MergedHost.ConnectionShift) - 1) } })));
    }

    [Fact]
    public void Captures_of_hosts_whose_clocks_run_on_keep_their_times()
    {
        byte[][] files = [One("new", new ClockAnchor(3, 3, Noon + 5_000), 13, 14), One("old", new ClockAnchor(4_000, 4_000, Noon), 4_050), One("new", new ClockAnchor(30, 30, Noon + 5_027), 33)];
        Assert.Equal(files.SelectMany(Given).Select(one => one.Wall).Order(), Given(Merge(files)).Select(one => one.Wall).Order());
    }

    private static byte[][] Record(string bootId, int files, ulong[] steps, int seed, bool inOrder)
    {
        var random = new Random(seed);
        var (made, time, connection) = (new List<byte[]>(), 0ul, 0ul);
        ClockAnchor At(ulong now)
        {
            var passed = (ulong)steps.Count(step => step <= now);
            return new ClockAnchor(now, now + (passed * 7_000), Noon + now + (passed * 1_000_000) - (now > 50 ? 9_000_000ul : 0));
        }

        for (var file = 0; file < files; file++)
        {
            var output = new MemoryStream();
            var writer = new CaptureWriter(output, new CaptureHeader { BootId = bootId, Start = random.Next(5) > 0 || bootId != "a" ? At(time) : null }, 3 * TcpEvent.Size)
            {
                Watermark = inOrder ? null : 0,
            };
            var begin = time;
            for (var i = 0; i < 12; i++)
            {
                time += (ulong)random.Next(1, 4);
                var stamp = inOrder ? time : Math.Max(begin, time - Math.Min(time, (ulong)random.Next(4)));
                writer.Append(new TcpEvent { Timestamp = stamp, Connection = ++connection, Type = TcpEventType.Connect, IpVersion = 4 });
                if (random.Next(3) == 0)
                {
                    writer.WriteContext(new CaptureContext { Clocks = random.Next(2) == 0 ? [At(time)] : [At(begin), At(time - 1)] });
                }
            }

            writer.Complete("end of test", At(time));
            time++;
            made.Add(output.ToArray());
        }

        return [.. made];
    }

    private static byte[] One(string bootId, ClockAnchor start, params ulong[] times)
    {
        var output = new MemoryStream();
        var writer = new CaptureWriter(output, new CaptureHeader { Host = bootId, BootId = bootId, Start = start });
        foreach (var time in times)
        {
            writer.Append(new TcpEvent { Timestamp = time, Connection = 1, Type = TcpEventType.Connect, IpVersion = 4 });
        }

        writer.Complete("end of test", start.At(times[^1] + 1));
        return output.ToArray();
    }

    private static byte[] Merge(byte[][] files)
    {
        var output = new MemoryStream();
        var merge = new CaptureMerge([.. files.Select((file, i) => new MergeInput($"{i}", () => new MemoryStream(file)))], "test", () => new MemoryStream());
        Assert.True(merge.Run(output));
        Assert.Empty(CaptureVerifier.Verify(new MemoryStream(output.ToArray())).Problems.Entries);
        return output.ToArray();
    }

    /// <summary>Each event when it is given, and its time by the clocks that are known then.</summary>
    private static List<(TcpEvent Event, ulong? Wall)> Given(byte[] file)
    {
        var stream = new EventStream(Captures.Reader(file));
        var given = new List<(TcpEvent, ulong?)>();
        while (stream.Read(out var batch))
        {
            while (!batch.IsEmpty)
            {
                var anchor = stream.Known.Clocks.TakeRun(ref batch, out var run);
                foreach (ref readonly var one in run)
                {
                    Assert.Equal(stream.Known.Clocks.WallClock(one.Timestamp), one.Timestamp + (ulong?)anchor?.WallOffset);
                    given.Add((one, stream.Known.Clocks.WallClock(one.Timestamp)));
                }
            }
        }

        return given;
    }

    private static List<(TcpEvent Event, ulong? Wall)> AtTheEnd(byte[] file)
    {
        var clocks = Captures.Read(file).Reader.Known.Clocks;
        return [.. Captures.InOrder(file).Select(one => (one, clocks.WallClock(one.Timestamp)))];
    }

    private static IEnumerable<(TcpEvent Event, ulong? Wall)> Sorted(IEnumerable<(TcpEvent Event, ulong? Wall)> events) =>
        events.OrderBy(one => one.Event.Timestamp).ThenBy(one => one.Event.Connection);
}
