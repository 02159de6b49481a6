using System.Net;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Info;
using TraceCap.Analyzer.Metrics;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Merging;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Rewriting;
using TraceCap.Format.Writing;

namespace TraceCap.Analyzer.Tests.Connections;

/// <summary>Whatever reads a capture as connections says the same number of events and of losses as info does.</summary>
public sealed class LossAccountTests
{
    private const ulong Second = 1_000_000_000;

    public static TheoryData<string> Files => [.. new[] { "samples/captures", "tests/conformance" }
        .SelectMany(folder => Directory.GetFiles(Repository.File(folder), "*.tcap").Select(file => $"{folder}/{Path.GetFileName(file)}")).Order(StringComparer.Ordinal)];

    public static TheoryData<string, string> Made => new MatrixTheoryData<string, string>(Makers.Keys, Copies.Keys);

    private static readonly CaptureFilter all = new(new EventFilter());

    private static readonly Dictionary<string, Func<byte[]>> Makers = new()
    {
        ["losses in the first chunk"] = () => Capture(new(), [7, 0, 0]),
        ["losses in a middle chunk"] = () => Capture(new(), [0, 7, 0]),
        ["losses in the last chunk"] = () => Capture(new(), [0, 0, 7]),
        ["losses in all chunks and behind them"] = () => Capture(new(), [3, 4, 5], atEnd: 6),
        ["a header without clocks"] = () => Capture(new() { HasStart = false }, [3, 4, 5], atEnd: 6),
        ["chunks that promise nothing"] = () => Capture(new() { Promises = false }, [3, 4, 5], atEnd: 6),
        ["no names"] = () => Capture(new() { HasNames = false }, [3, 4, 5], atEnd: 6),
        ["no events"] = () => Capture(new(), [], atEnd: 6),
        ["no events and no clocks"] = () => Capture(new() { HasStart = false }, [], atEnd: 6),
        ["a footer that knows more than the blocks"] = () => Damage(Capture(new(), [3, 4, 5], atEnd: 6), chunk: 1),
        ["a damaged first chunk"] = () => Damage(Capture(new(), [3, 4, 5]), chunk: 0),
        ["cut short"] = () => Capture(new() { HasFooter = false }, [3, 4, 5]),
        ["cut short within a chunk"] = () => Capture(new() { HasFooter = false }, [3, 4, 5])[..^40],
        ["cut short behind names"] = () => Capture(new() { HasFooter = false }, [3], namesAtEnd: 9),
        ["a recorder's series"] = () => [.. Capture(new(), [3, 0, 0]), .. Capture(new() { From = 4 }, [0, 4, 0]), .. Capture(new() { From = 8 }, [0, 0, 5])],
        ["sections with time between"] = () => [.. Capture(new(), [3, 0, 0]), .. Capture(new() { From = 40 }, [4, 0, 0])],
        ["a quiet section within another"] = () => [.. Capture(new(), [3, 0, 0]), .. Capture(new() { From = 1 }, [], atEnd: 4)],
        ["sections of several boots"] = () => [.. Capture(new(), [3, 0, 0]), .. Capture(new() { Boot = "other" }, [0, 0, 5])],
        ["more than one thread's worth"] = () => Capture(new() { Events = 60_000 }, [1, 2, 0, 4, 5, 0]),
    };

    private static readonly Dictionary<string, Func<byte[], byte[]>> Copies = new()
    {
        ["itself"] = capture => capture,
        ["cut"] = capture => Write(capture, (reader, output) => new CaptureCut(reader, output, all with { From = TimePoint.Parse("0") }, "--from 0").Run()),
        ["compacted"] = capture => Write(capture, (reader, output) => new CaptureCompaction(reader, output, CaptureCompaction.DefaultChunkBytes).Run()),
        ["recovered"] = capture => Write(capture, (reader, output) => new CaptureRecovery(reader, output).Run()),
        ["merged"] = capture => Write(capture, (_, output) =>
            new CaptureMerge([new MergeInput("it", () => new MemoryStream(capture))], "test", () => new MemoryStream()).Run(output)),
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void All_captures_are_accounted_for_as_info_does(string file) => AssertAccounted(File.ReadAllBytes(Repository.File(file)));

    [Theory]
    [MemberData(nameof(Made))]
    public void Losses_are_accounted_for_wherever_they_are_told(string capture, string copy)
    {
        var original = Makers[capture]();
        var bytes = Copies[copy](original);
        AssertAccounted(bytes);
        var (_, recordings) = Read(bytes, threads: 1);
        var (_, before) = Read(original, threads: 1);
        Assert.Equal(RecordedSpan.LossCountersOf(before).Lost, RecordedSpan.LossCountersOf(recordings).Lost);
        Assert.InRange(RecordedSpan.LossCountersOf(recordings).Lost, 1ul, 100ul);
    }

    [Fact]
    public void Files_of_a_flight_recorder_account_for_each_event_and_each_loss_once()
    {
        // One section, and what a recorder that keeps two chunks, or three, would have of it.
        var whole = Capture(new(), [3, 4, 0, 5, 6]);
        byte[][] files = [Part(whole, 0, 2), Part(whole, 1, 4), Part(whole, 2, 5), Part(whole, 2, 5)];
        var merged = new MemoryStream();
        new CaptureMerge([.. files.Select(file => new MergeInput("it", () => new MemoryStream(file)))], "test", () => new MemoryStream()).Run(merged);
        foreach (var captures in new[] { files, [[.. files.SelectMany(file => file)]], [merged.ToArray()] })
        {
            var starts = Array.ConvertAll(captures, capture => CaptureStarts.Of(new MemoryStream(capture)));
            var feed = new ConnectionFeed(new ConnectionList(), new ConnectionFilter());
            for (var at = 0; at < captures.Length; at++)
            {
                feed.Ahead = starts[at..];
                feed.Read(new EventStream(new CaptureReader(new MemoryStream(captures[at]))));
            }

            feed.End();
            Assert.Equal((68ul, 18ul), (RecordedSpan.LossCountersOf(feed.Recordings).Emitted, RecordedSpan.LossCountersOf(feed.Recordings).Lost));
        }
    }

    [Fact]
    public void A_loss_can_have_happened_from_the_promise_before_it_to_the_next()
    {
        var dates = new LossDates();
        Assert.Null(dates.Take(Block(lost: 1), false));
        Assert.Equal((1ul, 0ul, 12ul), Of(dates.Take(Block(events: 5, last: 12, watermark: 11), false)));
        // Names, and chunks that became full while the ring was emptied, promise nothing new.
        Assert.Null(dates.Take(Block(lost: 2), false));
        Assert.Null(dates.Take(Block(lost: 4, events: 5, last: 15, watermark: 11), false));
        Assert.Equal((14ul, 11ul, 20ul), Of(dates.Take(Block(lost: 8, events: 5, last: 19, watermark: 20), true)));
        Assert.Null(dates.Take(Block(lost: 16), false));
        Assert.Equal((16ul, 20ul, 30ul), Of(dates.End(30)));
        Assert.Equal(31ul, dates.Told.Lost);
    }

    [Fact]
    public void Where_nothing_is_promised_the_events_of_chunks_tell_when_losses_happened()
    {
        var dates = new LossDates();
        Assert.Equal((1ul, 0ul, 10ul), Of(dates.Take(Block(lost: 1, events: 5, last: 10), false)));
        Assert.Null(dates.Take(Block(lost: 2), false));
        Assert.Equal((2ul, 10ul, 20ul), Of(dates.Take(Block(events: 5, last: 20), false)));
    }

    [Theory]
    [InlineData(0, new[] { 0L, 1 })]
    [InlineData(1, new[] { 1L, 2 })]
    [InlineData(2, new[] { 2L, 3 })]
    public void A_loss_marks_all_of_its_time_and_nothing_else(int chunk, long[] intervals)
    {
        var losses = new ulong[3];
        losses[chunk] = 7;
        var churn = Churn(Capture(new(), losses));
        Assert.Equal(intervals, churn.Intervals().Where(interval => interval.IsLossy).Select(interval => interval.Number));
        Assert.All(churn.Intervals(), interval => Assert.Equal(interval.IsLossy ? 7ul : 0, interval.LostAtMost));
    }

    [Fact]
    public void What_a_damaged_block_told_of_marks_the_time_of_the_damage()
    {
        var churn = Churn(Damage(Capture(new(), [0, 7, 0, 0]), chunk: 1));
        Assert.Equal([1L, 2, 3], churn.Intervals().Where(interval => interval.IsLossy).Select(interval => interval.Number));
    }

    [Fact]
    public void Losses_told_in_any_order_are_kept_in_that_of_time()
    {
        var recording = new RecordedSpan { Start = 0 };
        foreach (var (lost, from, to) in new[] { (1ul, 50ul, 60ul), (2ul, 10ul, 20ul), (4ul, 80ul, 90ul), (8ul, 19ul, 30ul), (16ul, 55ul, 80ul), (32ul, 35ul, 35ul) })
        {
            recording.NoteLoss(new DatedLoss(new LossCounters(100, lost, 0, 0, 0), from, to, IsDamaged: lost == 16));
        }

        Assert.Equal([(10ul, 30ul, 10ul), (35ul, 35ul, 32ul), (50ul, 80ul, null), (80ul, 90ul, 4ul)], recording.Losses.Select(loss => (loss.From, loss.To, loss.AtMost)));
        Assert.Equal(17ul, recording.Losses[2].LossCounters.RingFull);
    }

    private static void AssertAccounted(byte[] capture)
    {
        if (!TryInfo(capture, out var info))
        {
            Assert.Throws<CaptureFormatException>(() => Read(capture, threads: 1));
            return;
        }

        foreach (var threads in new[] { 1, 2 })
        {
            var (figures, recordings) = Read(capture, threads);
            var summed = RecordedSpan.LossCountersOf(recordings);
            Assert.Equal(info with { Emitted = 0 }, summed with { Emitted = 0 });
            Assert.Equal(info.Emitted, summed.Emitted);
            Assert.Equal((info.Emitted, info.Lost), (Metric(figures, "emitted"), Metric(figures, "lost")));
            // When they were lost tells as many.
            var dated = recordings.SelectMany(recording => recording.Losses).Aggregate(default(LossCounters), (sum, loss) => sum + loss.LossCounters);
            Assert.Equal(info with { Emitted = 0 }, dated);
        }
    }

    /// <summary>What info says, a section that is there twice counted once.</summary>
    private static bool TryInfo(byte[] capture, out LossCounters ledger)
    {
        ledger = default;
        try
        {
            var ids = new HashSet<Guid>();
            var sections = new List<bool>();
            var reader = new CaptureReader(new MemoryStream(capture));
            while (reader.Read())
            {
                if (sections.Count < reader.Section)
                {
                    sections.Add(ids.Add(reader.Block.FileId));
                }
            }

            var byFooters = CaptureSummary.Of(new MemoryStream(capture), all);
            var byReading = CaptureSummary.Of(new SequentialStream(capture), all);
            Assert.Equal(byReading.Sections.Select(section => section.LossCounters), byFooters.Sections.Select(section => section.LossCounters));
            ledger = byReading.Sections.Where((_, place) => sections[place]).Aggregate(default(LossCounters), (sum, section) => sum + section.LossCounters);
            return true;
        }
        catch (CaptureFormatException)
        {
            return false;
        }
    }

    private static (CaptureFigures Figures, IReadOnlyList<RecordedSpan> Recordings) Read(byte[] capture, int threads)
    {
        var figures = new CaptureFigures();
        var feed = new ConnectionFeed(figures, new ConnectionFilter());
        feed.Read(new EventStream(CaptureReader.Open(new MemoryStream(capture), threads)));
        feed.End();
        return (figures, feed.Recordings);
    }

    private static ConnectionChurn Churn(byte[] capture)
    {
        var churn = new ConnectionChurn(Second);
        ConnectionFeed.ReadAll(new MemoryStream(capture), churn);
        return churn;
    }

    private static ulong Metric(CaptureFigures figures, string name) => (ulong)MetricTable.Find(name)!.Of(figures)!.Value.Low;

    private static (ulong Lost, ulong From, ulong To) Of(DatedLoss? loss) => (loss!.Value.LossCounters.Lost, loss.Value.From, loss.Value.To);

    private static BlockHeader Block(ulong lost = 0, uint events = 0, ulong last = 0, ulong watermark = 0) => new()
    {
        LossCounters = new LossCounters(lost, lost, 0, 0, 0),
        Events = events,
        FirstTimestamp = last,
        LastTimestamp = last,
        Watermark = watermark,
    };

    /// <summary>Chunks of half a second of events, a second apart, names before each, and after each so many losses.</summary>
    private static byte[] Capture(Shape shape, ulong[] losses, ulong atEnd = 0, ulong namesAtEnd = 0)
    {
        var origin = (100 + shape.From) * Second;
        var capture = new MemoryStream();
        var writer = new CaptureWriter(capture, new CaptureHeader
        {
            Probes = "kprobe",
            BootId = shape.Boot,
            Start = shape.HasStart ? new ClockAnchor(origin, origin, origin) : null,
        });
        var lost = 0ul;
        var random = new Random(1);
        for (var chunk = 0; chunk < losses.Length; chunk++)
        {
            lost += losses[chunk];
            var first = origin + ((ulong)chunk * Second) + (Second / 4);
            Lose(writer, lost, shape.Events);
            Name(writer, shape, (ulong)chunk + 1);
            for (var i = 0; i < shape.Events; i++)
            {
                writer.Append(Event(first + ((ulong)i * Second / 2 / (ulong)shape.Events), (ulong)((chunk * shape.Events) + i) + 1, random));
            }

            writer.Watermark = shape.Promises ? first + (Second / 2) + (Second * 5 / 16) : 0;
            writer.CloseChunk();
        }

        Lose(writer, lost + atEnd + namesAtEnd, 0);
        if (namesAtEnd > 0)
        {
            writer.Watermark = 0;
            writer.WriteContext(new CaptureContext { Cgroups = [new NamedId(99, "/last")] });
        }

        if (shape.HasFooter)
        {
            var end = origin + ((ulong)losses.Length * Second);
            writer.Complete("the test wanted no more", new ClockAnchor(end, end, end));
        }

        return capture.ToArray();
    }

    private static void Lose(CaptureWriter writer, ulong lost, int coming) =>
        writer.LossCounters = new LossCounters(writer.Events + (ulong)coming + lost, lost, 0, 0, 0);

    private static void Name(CaptureWriter writer, Shape shape, ulong number)
    {
        if (shape.HasNames)
        {
            writer.NameCgroup(new NamedId(number, $"/{number}"));
        }
    }

    private static TcpEvent Event(ulong time, ulong number, Random random) => new()
    {
        Type = number % 2 == 0 ? TcpEventType.Close : TcpEventType.Connect,
        Connection = ((number + 1) / 2) + (time / Second * 1_000_000),
        Timestamp = time,
        Sequence = number,
        BytesSent = number % 2 == 0 ? (ulong)random.NextInt64() : 0,
        BytesAcked = number % 2 == 0 ? (ulong)random.NextInt64() : 0,
        BytesReceived = number % 2 == 0 ? (ulong)random.NextInt64() : 0,
        Pid = 5,
        IpVersion = 4,
        LocalAddress = new Address(IPAddress.Parse("10.0.0.1")),
        PeerAddress = new Address(IPAddress.Parse("10.0.0.2")),
        LocalPort = 1000,
        PeerPort = 80,
    };

    /// <summary>Changes a byte of the payload of a chunk, so that it cannot be read.</summary>
    private static byte[] Damage(byte[] capture, int chunk)
    {
        var reader = new CaptureReader(new MemoryStream(capture));
        while (reader.Read() && (reader.Block.Kind != BlockKind.Chunk || chunk-- > 0))
        {
        }

        capture[reader.Offset + reader.Length - 1] ^= 1;
        return capture;
    }

    /// <summary>A capture of some of the chunks of another, as they are, and of the losses that those tell of.</summary>
    private static byte[] Part(byte[] whole, int first, int end)
    {
        var reader = new CaptureReader(new MemoryStream(whole));
        var (chunk, from) = (0, 0ul);
        var output = new MemoryStream();
        CaptureWriter? writer = null;
        var lost = 0ul;
        var header = new CaptureHeader();
        while (reader.Read())
        {
            header = reader.Header!;
            var isKept = reader.Block.Kind is BlockKind.Chunk or BlockKind.Context && chunk >= first && chunk < end;
            if (isKept)
            {
                writer ??= new CaptureWriter(output, header with { Start = new ClockAnchor(Math.Max(from, header.Start!.Value.Monotonic), 0, 0) });
                lost += reader.Block.LossCounters.Lost;
                writer.LossCounters = new LossCounters(writer.Events + reader.Block.Events + lost, lost, 0, 0, 0);
                writer.Copy(reader);
            }

            if (reader.Block.Kind == BlockKind.Chunk)
            {
                from = isKept ? from : reader.Block.Watermark;
                chunk++;
            }
        }

        writer!.Complete("the test wanted no more", null);
        return output.ToArray();
    }

    private static byte[] Write(byte[] capture, Action<CaptureReader, Stream> write)
    {
        var output = new MemoryStream();
        write(new CaptureReader(new MemoryStream(capture)), output);
        return output.ToArray();
    }

    private sealed record Shape
    {
        public bool HasStart { get; init; } = true;

        public bool HasNames { get; init; } = true;

        public bool HasFooter { get; init; } = true;

        public bool Promises { get; init; } = true;

        public string Boot { get; init; } = "boot";

        public ulong From { get; init; }

        public int Events { get; init; } = 10;
    }

    /// <summary>A pipe: what is read from it can be read once.</summary>
    private sealed class SequentialStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
