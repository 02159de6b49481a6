using TraceCap.Format.Events;
using TraceCap.Format.Merging;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Rewriting;
using TraceCap.Format.Splitting;
using TraceCap.Format.Tests.Traffic;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Tests;

public class Splits
{
    private static readonly TcpEvent[] Events = TrafficGenerator.Generate(5_000, new() { Lost = 0, Late = 0.3, HasEnds = true });

    public static TheoryData<string> Ways => [.. SplitWay.All.Select(way => way.Word)];

    [Theory]
    [MemberData(nameof(Ways))]
    public void The_parts_merged_have_all_events_clocks_names_and_losses_of_the_whole(string word)
    {
        var file = Write();
        var parts = Split(file, word);
        var merged = Merge(parts);

        Assert.True(parts.Count > 1 || word == "host");
        Assert.All(parts, part => Assert.Empty(CaptureVerifier.Verify(new MemoryStream(part)).Problems.Entries));
        Assert.Equal(InOrder(file), InOrder(merged));
        var (before, after) = (Account(file), Account(merged));
        Assert.Equal(before.LossCounters, after.LossCounters);
        Assert.Equal(before.EventsByType.OrderBy(pair => pair.Key), after.EventsByType.OrderBy(pair => pair.Key));
    }

    /// <summary>More of them than are merged at once, of which many begin after the losses; whole, damaged, and cut short.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void What_is_lost_or_missing_counts_once_however_many_parts_tell_it(bool isDamaged, bool isCut)
    {
        var last = Events.Max(one => one.Timestamp);
        var file = Write([.. Events.Select(one => one with { Comm = new ThreadName($"p{one.Connection % 20}{(one.Timestamp > last / 10 * 9 ? "late" : "")}") })]);
        if (isDamaged)
        {
            file[file.Length / 3] ^= 0xFF;
            file[file.Length / 2] ^= 0xFF;
        }

        file = isCut ? file[..(file.Length / 10 * 9)] : file;
        var parts = Split(file, "process");
        var merged = Merge(parts);

        Assert.InRange(parts.Count, CaptureMerge.MaxOpen + 1, 100);
        Assert.Equal(InOrder(file), InOrder(merged));
        var (before, after) = (Account(file), Account(merged));
        Assert.True(before.LossCounters.Lost > 0);
        Assert.Equal(isDamaged || isCut, !before.Missing.IsNone);
        Assert.Equal(before.LossCounters.Lost, after.LossCounters.Lost);
        Assert.Equal(before.Declared + before.Missing, after.Declared + after.Missing);
    }

    [Theory]
    [InlineData("process")]
    [InlineData("unit")]
    public void Connections_stay_whole_and_each_part_tells_the_losses(string word)
    {
        var file = Write();
        var parts = Split(file, word);
        var of = parts.SelectMany((part, number) => Captures.Read(part).Events.Where(one => one.Connection != 0).Select(one => (one.Connection, number))).Distinct();

        Assert.All(of.GroupBy(one => one.Connection), one => Assert.Single(one));
        Assert.All(parts, part => Assert.Equal(Account(file).LossCounters.Lost, Account(part).LossCounters.Lost));
    }

    /// <summary>However much is there of a capture: the parts have all events that it has.</summary>
    [Fact]
    public void A_capture_that_was_cut_anywhere_is_split_as_far_as_it_goes()
    {
        var file = Captures.Write(Events.AsSpan(0, 24), eventsPerChunk: 4);
        foreach (var word in new[] { "process", "hour" })
        {
            for (var length = 1; length < file.Length; length++)
            {
                var (events, reader) = Captures.Read(file[..length]);
                var parts = Split(file[..length], word);

                Assert.Equal(reader.Section > 0, parts.Count > 0);
                Assert.Equal(events.Length, parts.Sum(part => Captures.Read(part).Events.Length));
                Assert.All(parts, part => Assert.True(Captures.Read(part).Reader.IsWhole));
                Assert.All(parts, part => Assert.NotNull(Captures.Read(part).Reader.TruncatedBefore));
            }
        }
    }

    private static List<byte[]> Split(byte[] file, string word)
    {
        var parts = new List<MemoryStream>();
        new CaptureSplit(Captures.Reader(file), SplitWay.All.Single(way => way.Word == word), 20_000, _ =>
        {
            parts.Add(new MemoryStream());
            return parts[^1];
        }).Run();
        return [.. parts.Select(part => part.ToArray())];
    }

    private static byte[] Merge(List<byte[]> parts)
    {
        var output = new MemoryStream();
        new CaptureMerge([.. parts.Select((part, number) => new MergeInput($"{number}", () => new MemoryStream(part)))], "test", () => new MemoryStream()).Run(output);
        return output.ToArray();
    }

    /// <summary>Losses in two places, a clock that steps by an hour, and cgroups with names.</summary>
    private static byte[] Write(TcpEvent[]? events = null)
    {
        events ??= Events;
        var output = new MemoryStream();
        var writer = new CaptureWriter(output, Captures.Header with { Options = new Dictionary<string, string> { ["ended"] = "recorded" } }, 300 * TcpEvent.Size) { Watermark = 0 };
        var clock = Captures.Header.Start!.Value;
        for (var i = 0; i < events.Length; i += 1_000)
        {
            writer.WriteContext(new CaptureContext { Cgroups = [.. events.Select(one => one.Cgroup).Distinct().Select((id, n) => new NamedId(id, $"/system.slice/a{n % 3}.service"))] });
            writer.Append(events.AsSpan(i, 1_000));
            var next = events.Skip(i + 1_000).Select(one => one.Timestamp).DefaultIfEmpty(events.Max(one => one.Timestamp)).Min();
            writer.Watermark = next;
            var lost = i >= 3_000 ? 17ul : i >= 1_000 ? 5ul : 0;
            writer.LossCounters = new LossCounters((ulong)i + 1_000 + lost, lost, 0, lost, 0);
            writer.CloseChunk();
            writer.WriteContext(new CaptureContext { Clocks = [clock.At(next) with { Realtime = clock.At(next).Realtime + (i >= 2_000 ? 3_600_000_000_000ul : 0) }] });
        }

        writer.Complete("end of test", clock.At(writer.Watermark!.Value + 1) with { Realtime = clock.At(writer.Watermark.Value + 1).Realtime + 3_600_000_000_000ul });
        return output.ToArray();
    }

    /// <summary>Events with what they are told by, equal times by their CPUs.</summary>
    private static List<string> InOrder(byte[] file)
    {
        var stream = new EventStream(Captures.Reader(file));
        var lines = new List<(ulong Time, int Cpu, ulong Sequence, string Line)>();
        while (stream.Read(out var batch))
        {
            while (!batch.IsEmpty)
            {
                var context = stream.TakeRun(ref batch, out var run);
                foreach (ref readonly var one in run)
                {
                    lines.Add((one.Timestamp, one.Cpu, one.Sequence, $"{one} {one.Connection} {one.BytesSent} {context.Clock?.WallOffset} {context.Names.CgroupOf(in one)}"));
                }
            }
        }

        return [.. lines.Order().Select(line => line.Line)];
    }

    private static SectionAccount Account(byte[] file)
    {
        var reader = new SectionReader(Captures.Reader(file));
        SectionAccount? last = null;
        while (reader.Read())
        {
            last = reader.Current;
        }

        return last!;
    }
}
