using TraceCap.Format.Events;
using TraceCap.Format.Merging;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Tests;

/// <summary>What a merged capture says of a time is what its inputs said of it.</summary>
public class MergesInTime
{
    private const ulong Second = 1_000_000_000;

    [Fact]
    public void An_event_that_waited_while_its_namespace_was_given_another_name_keeps_its_own()
    {
        var renamed = Write(0, writer =>
        {
            writer.Watermark = 0;
            writer.NameNetns(new NamedId(7, "old"));
            writer.NameCgroup(new NamedId(1, "/old"));
            writer.Append(new TcpEvent { Timestamp = 10 * Second, Netns = 7, Cgroup = 1, Pid = 1 });
            writer.NameNetns(new NamedId(7, "new"));
            writer.NameCgroup(new NamedId(1, "/new"));
            writer.Append(new TcpEvent { Timestamp = 9 * Second, Netns = 7, Cgroup = 1, Pid = 2 });
            writer.Append(new TcpEvent { Timestamp = 11 * Second, Netns = 7, Cgroup = 1, Pid = 3 });
        });
        var other = Write(0, writer => writer.Append(new TcpEvent { Timestamp = 10 * Second, Pid = 4 }));

        var stream = new EventStream(Captures.Reader(Merge(renamed, other)));
        var found = new List<(uint, string?, string?)>();
        while (stream.Read(out var batch))
        {
            while (!batch.IsEmpty)
            {
                var context = stream.TakeRun(ref batch, out var run);
                foreach (ref readonly var one in run)
                {
                    found.Add((one.Pid, context.Names.NetnsOf(in one), context.Names.CgroupOf(in one)?.Path));
                }
            }
        }

        Assert.Equal([(2u, "new", "/new"), (1u, "old", "/old"), (4u, null, null), (3u, "new", "/new")], found);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_loss_can_have_happened_whenever_its_input_says(int lossy)
    {
        var files = Enumerable.Range(0, 3).Select(i => Write((ulong)i, writer =>
        {
            var lost = 0ul;
            for (var second = 2ul; second < 12; second++)
            {
                // Enough that the merged capture closes many chunks within the time of one of these.
                for (var place = 0ul; place < 5_000; place++)
                {
                    writer.Append(new TcpEvent { Timestamp = (second * Second) + (place * 100_000) + (ulong)i });
                }

                lost += i < lossy && second is 5 or 8 ? (ulong)i + 1 : 0;
                writer.LossCounters = new LossCounters(writer.Events + lost, lost, 0, 0, 0);
                writer.Watermark = ((second + 1) * Second) - 1;
                writer.CloseChunk();
            }
        })).ToArray();

        var merged = Losses(Merge(files));
        var expected = files.SelectMany(Losses).ToList();
        Assert.Equal(expected.Aggregate(0ul, (sum, loss) => sum + loss.LossCounters.Lost), merged.Aggregate(0ul, (sum, loss) => sum + loss.LossCounters.Lost));
        Assert.All(expected, loss => Assert.Contains(merged, found => found.From <= loss.From && found.To >= loss.To));
        // Neither is it said of the whole time.
        Assert.All(merged, found => Assert.InRange(found.To - found.From, 0ul, 2 * Second));
    }

    private static List<DatedLoss> Losses(byte[] file)
    {
        var reader = Captures.Reader(file);
        var dates = new LossDates();
        var losses = new List<DatedLoss?>();
        while (reader.Read())
        {
            losses.Add(dates.Take(in reader.Block, damaged: false));
        }

        losses.Add(dates.End(0));
        return [.. losses.OfType<DatedLoss>().Where(loss => loss.IsLossy)];
    }

    private static byte[] Merge(params byte[][] files)
    {
        using var output = new MemoryStream();
        var inputs = files.Select((file, i) => new MergeInput($"{i}", () => new MemoryStream(file)));
        Assert.True(new CaptureMerge([.. inputs], "test", () => new MemoryStream()).Run(output));
        return output.ToArray();
    }

    private static byte[] Write(ulong start, Action<CaptureWriter> write)
    {
        using var stream = new MemoryStream();
        var writer = new CaptureWriter(stream, Captures.Header with { Start = new ClockAnchor(Second + start, Second, Second) });
        write(writer);
        writer.Complete("end of test", new ClockAnchor(12 * Second, 12 * Second, 12 * Second));
        return stream.ToArray();
    }
}
