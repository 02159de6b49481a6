using CsCheck;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Merging;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Rewriting;
using TraceCap.Format.Tests.Traffic;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Tests;

public class Merges
{
    private const ulong WallStart = 1_700_000_000_000_000_000;
    private static readonly TcpEvent[] Events = TrafficGenerator.Generate(3_000, new() { Lost = 0, Late = 0.5, HasEnds = true });

    [Fact]
    public void Captures_of_one_boot_become_their_events_in_the_order_of_time() => Gen.Int[0, 4].Array[Events.Length].Sample(
        owners =>
        {
            var files = Enumerable.Range(0, 5).Select(owner => Write("a", 0, [.. Events.Where((_, i) => owners[i] == owner)])).ToArray();
            var (merged, _) = Merge([.. files[0], .. files[1]], files[2], files[3], files[4]);
            var header = HeaderOf(merged);
            return SameEvents(Captures.Read(merged).Events, Events)
                && IsInOrder(merged)
                && Assert.Single(header.Hosts).ClockOffset == 0
                && Problems(merged).Count == 0;
        },
        iter: 20);

    [Fact]
    public void Other_hosts_are_brought_onto_the_clock_of_the_one_that_was_started_first()
    {
        var (merged, _) = Merge(Write("late", 5_000_000_000, Events[..1_000]), Write("early", 0, Events[1_000..2_000]), Write("late", 5_000_000_000, Events[2_000..]));
        var header = HeaderOf(merged);
        Assert.Equal(["late", "early"], header.Hosts.Select(host => host.BootId));
        Assert.Equal([5_000_000_000, 0], header.Hosts.Select(host => host.ClockOffset));
        Assert.Equal(("early", "host late; host early"), (header.BootId, header.Host));
        Assert.Equal(WallStart, (ulong)header.Start!.Value.WallOffset);

        var expected = Events.Select((one, i) => OnHost(one, i is >= 1_000 and < 2_000 ? 1ul : 0, i is >= 1_000 and < 2_000 ? 0 : 5_000_000_000ul));
        Assert.True(SameEvents(Captures.Read(merged).Events, expected));
        Assert.True(IsInOrder(merged));
        Assert.Empty(Problems(merged));
    }

    [Fact]
    public void What_was_merged_is_merged_again_and_hosts_stay_the_same()
    {
        var (a, b, c) = (Write("a", 300, Events[..1_000]), Write("b", 200, Events[1_000..2_000]), Write("c", 100, Events[2_000..]));
        var (all, _) = Merge(a, b, c);
        var (again, _) = Merge(c, Merge(a, b).File, Write("a", 300, Events[..1]));
        Assert.Equal(["c", "a", "b"], HeaderOf(again).Hosts.Select(host => host.BootId));
        Assert.Equal([0, 200, 100], HeaderOf(again).Hosts.Select(host => host.ClockOffset));
        ulong[] places = [1, 2, 0];
        var expected = Captures.Read(all).Events.Select(one =>
            one with { Connection = one.Connection == 0 ? 0 : (places[one.Connection >> 48] << 48) | (one.Connection & ((1ul << 48) - 1)) });
        Assert.True(SameEvents(Captures.Read(again).Events, expected));
        Assert.Empty(Problems(again));
    }

    [Fact]
    public void More_captures_of_one_time_than_are_open_at_once_are_merged_in_groups()
    {
        const int Files = 100;
        var temporaries = 0;
        var inputs = Enumerable.Range(0, Files).Select(i => Write("a", 0, [.. Events.Where((_, place) => place % Files == i)])).ToArray();
        var (merged, _) = Merge(inputs, () => temporaries++);
        Assert.NotEqual(0, temporaries);
        Assert.True(SameEvents(Captures.Read(merged).Events, Events));
        Assert.True(IsInOrder(merged));
        Assert.Empty(Problems(merged));
    }

    [Fact]
    public void Captures_one_after_another_are_open_one_after_another()
    {
        var open = 0;
        var most = 0;
        var inputs = Enumerable.Range(0, 100).Select(i => Write("a", 0, [.. Events.OrderBy(one => one.Timestamp).Skip(30 * i).Take(30)])).ToArray();
        var merge = new CaptureMerge(
            [.. inputs.Select((file, i) => new MergeInput($"{i}", () => new CountingStream(file, change => most = Math.Max(most, open += change))))], "test", () => throw new InvalidOperationException());
        var output = new MemoryStream();
        Assert.True(merge.Run(output));
        Assert.Equal(0, open);
        Assert.InRange(most, 1, 3);
        Assert.True(SameEvents(Captures.Read(output.ToArray()).Events, Events));
    }

    [Fact]
    public void Losses_and_what_is_missing_add_up_and_damage_is_told_by_name()
    {
        var lossy = Captures.Write(Events.AsSpan(0, 500), 50, beforeEnd: writer => writer.LossCounters = new LossCounters(507, 4, 2, 9, 1));
        var damaged = Write("a", 0, Events[500..1_000]);
        damaged[damaged.Length / 2] ^= 1;
        var (merged, incomplete) = Merge(lossy, damaged, [.. "\u0089TCA"u8[1..]]);
        var footer = Assert.Single(SectionIndex.Find(new MemoryStream(merged))!).Footer;
        Assert.Equal(new LossCounters(1_007, 4, 2, 9, 1), footer.LossCounters);
        Assert.Empty(Problems(merged));
        Assert.Equal(["2", "1"], incomplete.Select(input => input.Name));
        Assert.Equal(Captures.Read(damaged).Reader.Damage.Entries, incomplete[1].Damage.Entries);
    }

    [Fact]
    public void What_several_captures_have_is_written_once_and_its_losses_count_once()
    {
        var lossy = Captures.Write(Events.AsSpan(0, 500), 50, beforeEnd: writer => writer.LossCounters = new LossCounters(507, 4, 2, 9, 1));
        foreach (var files in new byte[][][] { [lossy, lossy], [lossy, Captures.Write(Events.AsSpan(200, 400), 30), lossy] })
        {
            var merge = new CaptureMerge([.. files.Select((file, i) => new MergeInput($"{i}", () => new MemoryStream(file)))], "test", () => throw new InvalidOperationException());
            var output = new MemoryStream();
            Assert.True(merge.Run(output));
            var expected = files.SelectMany(file => Captures.Read(file).Events).Distinct().ToArray();
            Assert.True(SameEvents(Captures.Read(output.ToArray()).Events, expected));
            Assert.Equal(files.Sum(file => Captures.Read(file).Events.Length) - expected.Length, merge.Repeated);
            Assert.Equal(new LossCounters((ulong)expected.Length + 7, 4, 2, 9, 1), Assert.Single(SectionIndex.Find(new MemoryStream(output.ToArray()))!).Footer.LossCounters);
        }
    }

    [Fact]
    public void A_merged_capture_says_when_its_inputs_were_recorded()
    {
        var (merged, _) = Merge(Quiet("late", 500, 2_000, 3_000), Quiet("early", 0, 1_000, 1_500), Quiet("early", 0, 1_400, 2_000), Quiet("early", 0, 9_000, 9_500));
        var header = HeaderOf(merged);
        Assert.Equal([new RecordedPeriod(1_000, 2_000), new RecordedPeriod(2_500, 3_500), new RecordedPeriod(9_000, 9_500)], header.Recorded);
        Assert.Equal((1_000ul, 9_500ul), (header.Start!.Value.Monotonic, Assert.Single(SectionIndex.Find(new MemoryStream(merged))!).Footer.End!.Value.Monotonic));
        Assert.Equal(header.Recorded, HeaderOf(Merge(merged).File).Recorded);

        static byte[] Quiet(string bootId, ulong bootedLater, ulong from, ulong to)
        {
            var output = new MemoryStream();
            ClockAnchor At(ulong time) => new(time, time, WallStart + bootedLater + time);
            new CaptureWriter(output, new CaptureHeader { BootId = bootId, Start = At(from) }).Complete("end of test", At(to));
            return output.ToArray();
        }
    }

    [Fact]
    public void Filters_that_not_all_inputs_have_are_told_for_those_that_have_them()
    {
        var (four, all) = (Filtered(new() { ["ip version"] = "4", ["port"] = "80" }), Filtered(new() { ["port"] = "80" }, "--to 1"));
        Assert.Equal(HeaderOf(four).Filters, HeaderOf(Merge(four, four).File).Filters);
        Assert.Empty(HeaderOf(Merge(four, four).File).Inputs);

        var merged = HeaderOf(Merge(four, all, four).File);
        Assert.Equal(new Dictionary<string, string> { ["port"] = "80" }, merged.Filters);
        Assert.Empty(merged.Selection);
        MergedInput[] expected = [new(HeaderOf(four).Filters, []), new(HeaderOf(all).Filters, ["--to 1"])];
        Assert.Equal(expected, merged.Inputs);
        Assert.Equal(expected, HeaderOf(Merge(Merge(four, all).File, all).File).Inputs);

        static byte[] Filtered(Dictionary<string, string> filters, params string[] selection)
        {
            var output = new MemoryStream();
            new CaptureWriter(output, new CaptureHeader { BootId = "a", Filters = filters, Selection = selection }).Complete("end of test", null);
            return output.ToArray();
        }
    }

    [Fact]
    public void Pipes_are_merged_as_well()
    {
        byte[] sections = [.. Write("a", 0, Events[..100]), .. Write("b", 7, Events[100..200])];
        var merge = new CaptureMerge([new MergeInput("pipe", () => new Pipe(sections))], "test", () => new MemoryStream());
        var output = new MemoryStream();
        Assert.True(merge.Run(output));
        Assert.Equal(200, Captures.Read(output.ToArray()).Events.Length);
    }

    [Fact]
    public void What_cannot_be_compared_is_refused_by_name()
    {
        var silent = new MemoryStream();
        new CaptureWriter(silent, new CaptureHeader { BootId = "other" }).Complete("end of test", null);
        var error = Assert.Throws<CaptureFormatException>(() => Merge(Write("a", 0, Events[..10]), silent.ToArray()));
        Assert.Equal("1 does not tell its clocks, so its times cannot be compared with those of other hosts", error.Message);

        error = Assert.Throws<CaptureFormatException>(() => Merge(Write("a", 0, Events[..10]), [.. "hello"u8]));
        Assert.StartsWith("1: not a capture", error.Message, StringComparison.Ordinal);

        error = Assert.Throws<CaptureFormatException>(() => Merge(Write("a", 0, Events[..10]), Write("b", 0, [Events[0] with { Connection = 1ul << 48 }])));
        Assert.StartsWith("1: connection id 281474976710656 is of host 1", error.Message, StringComparison.Ordinal);
    }

    private static TcpEvent OnHost(in TcpEvent one, ulong host, ulong offset) => one with
    {
        Timestamp = one.Timestamp + offset,
        Connection = one.Connection == 0 ? 0 : one.Connection | (host << 48),
    };

    private static byte[] Write(string bootId, ulong bootedLater, TcpEvent[] events)
    {
        var output = new MemoryStream();
        var clock = new ClockAnchor(1_000, 1_000, WallStart + bootedLater + 1_000);
        var writer = new CaptureWriter(
            output, new CaptureHeader { Host = $"host {bootId}", BootId = bootId, Probes = "tracepoint", Start = clock }, 50 * TcpEvent.Size)
        { Watermark = 0 };
        writer.Append(events);
        writer.Complete("end of test", null);
        return output.ToArray();
    }

    private static (byte[] File, IReadOnlyList<IncompleteInput> Incomplete) Merge(params byte[][] files) => Merge(files, () => { });

    private static (byte[] File, IReadOnlyList<IncompleteInput> Incomplete) Merge(byte[][] files, Action onTemporary)
    {
        var merge = new CaptureMerge([.. files.Select((file, i) => new MergeInput($"{i}", () => new MemoryStream(file)))], "test", () =>
        {
            onTemporary();
            return new MemoryStream();
        });
        var output = new MemoryStream();
        Assert.True(merge.Run(output));
        return (output.ToArray(), merge.Incomplete);
    }

    private static bool SameEvents(IEnumerable<TcpEvent> found, IEnumerable<TcpEvent> expected) =>
        found.OrderBy(one => one.Timestamp).ThenBy(one => one.Cpu).ThenBy(one => one.Sequence).ThenBy(one => one.Connection)
            .SequenceEqual(expected.OrderBy(one => one.Timestamp).ThenBy(one => one.Cpu).ThenBy(one => one.Sequence).ThenBy(one => one.Connection));

    private static bool IsInOrder(byte[] file)
    {
        var times = Captures.Read(file).Events.Select(one => one.Timestamp).ToArray();
        return times.SequenceEqual(times.Order());
    }

    private static CaptureHeader HeaderOf(byte[] file) => Assert.Single(SectionIndex.Find(new MemoryStream(file))!).Header;

    private static IReadOnlyList<Damage> Problems(byte[] file) => CaptureVerifier.Verify(new MemoryStream(file)).Problems.Entries;

    private sealed class CountingStream : MemoryStream
    {
        private readonly Action<int> onChange;

        internal CountingStream(byte[] bytes, Action<int> onChange)
            : base(bytes)
        {
            this.onChange = onChange;
            onChange(1);
        }

        protected override void Dispose(bool disposing)
        {
            onChange(-1);
            base.Dispose(disposing);
        }
    }

    private sealed class Pipe(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
