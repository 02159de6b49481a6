using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using CsCheck;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Info;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Analyzer.Tests;

/// <summary>A part of a capture's time is the same part whether the rest is read or passed over.</summary>
public sealed class WantedTimeTests
{
    private const ulong Millisecond = 1_000_000;
    private const ulong Wall = 1_700_000_000_000_000_000;

    /// <summary>One recording: several chunks of events that are a little late, losses, names, and a wall clock that is set.</summary>
    private static readonly Gen<byte[]> sections = Gen.Select(
        Gen.Select(Gen.ULong[0, 3 * Millisecond], Gen.ULong[0, 2 * Millisecond], Gen.Int[0, 9], Gen.ULong[0, 6]).Array[0, 80],
        Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool, Gen.Bool), Gen.Long[-20, 20], Gen.Int[0, 3], Write);

    /// <summary>What else a file may be.</summary>
    private static readonly Gen<byte[]> captures = Gen.Select(
        sections.Array[1, 3], Gen.Int[0, 5], Gen.Double[0, 1], Gen.Int[0, 7], (several, kind, where, bit) =>
        {
            byte[] all = [.. several.SelectMany(section => section)];
            var place = Math.Min((int)(where * all.Length), all.Length - 1);
            return kind switch
            {
                0 => all[..Math.Max(place, 1)],
                1 => [.. all[..place], .. all[Math.Min(place + 100, all.Length)..]],
                2 => [.. all[..place], .. all],
                3 => Swapped(several[0], bit),
                _ => all,
            };
        });

    private static readonly Gen<CaptureFilter> filters = Gen.Select(
        Gen.Int[0, 2], Gen.ULong[0, 300 * Millisecond], Gen.ULong[0, 100 * Millisecond], Gen.Int[1, 3], (clock, from, length, ends) => new CaptureFilter(
            new EventFilter(), (ends & 1) != 0 ? Point(clock, from) : null, (ends & 2) != 0 ? Point(clock, from + length) : null));

    [Fact]
    public void Whatever_a_file_is_its_part_is_printed_told_and_cut_alike() => Gen.Select(captures, filters).Sample(
        (file, filter) => Assert.Equal(All(file, filter, passesOver: false), All(file, filter, passesOver: true)), iter: 1_500);

    [Fact]
    public void A_damaged_byte_anywhere_makes_no_event_vanish() => Gen.Select(sections, filters, Gen.Double[0, 1], Gen.Int[0, 7]).Sample(
        (file, filter, where, bit) =>
        {
            file[Math.Min((int)(where * file.Length), file.Length - 1)] ^= (byte)(1 << bit);
            var all = Rows(file, filter, passesOver: false).Text;
            Assert.Equal(all, Rows(file, filter, passesOver: true).Text);
            Assert.Equal(all, Rows(file, filter, passesOver: true, leavesOut: true).Text);
        },
        iter: 3_000);

    /// <summary>What is damaged in what is left out is not told: it was not asked for.</summary>
    [Fact]
    public void What_is_left_out_by_the_index_is_not_missed() => Gen.Select(captures, filters).Sample(
        (file, filter) =>
        {
            var (all, some) = (Rows(file, filter, passesOver: false), Rows(file, filter, passesOver: true, leavesOut: true));
            Assert.Equal(all.Text, some.Text);
            Assert.True(all.Told == some.Told || all.IsDamaged, $"{all.Told}{some.Told}");
        },
        iter: 3_000);

    [Fact]
    public void The_end_is_the_same_by_the_index_and_by_reading_to_it() => sections.Array[1, 3].Sample(
        several =>
        {
            byte[] file = [.. several.SelectMany(section => section)];
            using var pipe = new Pipe(file);
            Assert.Equal(CaptureEnd.Of(pipe), CaptureEnd.Of(new MemoryStream(file)));
        },
        iter: 1_000);

    [Fact]
    public void Of_what_is_left_out_not_even_the_headers_are_read()
    {
        var filter = new CaptureFilter(new EventFilter(), Point(0, 500 * Millisecond), Point(0, 510 * Millisecond));
        foreach (var threads in (int[])[1, 3])
        {
            var counted = new CountedStream(Long());
            var reader = CaptureReader.Open(counted, threads, filter.Time, leavesOut: true);
            var chunks = 0;
            while (reader.Read())
            {
                chunks += reader.Block.Kind == BlockKind.Chunk ? 1 : 0;
            }

            Assert.True(reader.IsWhole);
            Assert.InRange(chunks, 2, 4);
            Assert.InRange(counted.Reads, 1, 100);
        }
    }

    [Fact]
    public void A_capture_with_losses_is_read_from_header_to_header()
    {
        var file = Write([.. Enumerable.Repeat((Millisecond, 0ul, 1, 4ul), 80)], (true, true, true, false), 0, 0);
        var filter = new CaptureFilter(new EventFilter(), Point(0, 10 * Millisecond), Point(0, 20 * Millisecond));
        Assert.Equal(All(file, filter, passesOver: false), All(file, filter, passesOver: true));
        Assert.Equal(Rows(file, filter, passesOver: false), Rows(file, filter, passesOver: true, leavesOut: true));
    }

    [Theory]
    [InlineData("traffic")]
    [InlineData("nginx")]
    [InlineData("tcptracer-example")]
    public void Every_part_of_a_recorded_capture_is_the_same(string name)
    {
        var file = File.ReadAllBytes(Repository.File($"samples/captures/{name}.tcap"));
        for (var from = 0ul; from < 5_000; from += 250)
        {
            foreach (var length in (ulong[])[1, 30, 500, 2_000])
            {
                var filter = new CaptureFilter(new EventFilter(), Point(0, from * Millisecond), Point(0, (from + length) * Millisecond));
                Assert.Equal(All(file, filter, passesOver: false), All(file, filter, passesOver: true));
                Assert.Equal(Rows(file, filter, passesOver: false), Rows(file, filter, passesOver: true, leavesOut: true));
            }
        }
    }

    [Fact]
    public void Only_chunks_of_the_time_are_read_however_many_threads_read_them()
    {
        var file = Long();
        foreach (var threads in (int[])[1, 3])
        {
            var counted = new CountedStream(file);
            var reader = CaptureReader.Open(counted, threads, new CaptureFilter(new EventFilter(), Point(0, 500 * Millisecond), Point(0, 510 * Millisecond)).Time);
            var (chunks, passedOver, events) = (0, 0, 0ul);
            while (reader.Read())
            {
                chunks += reader.Block.Kind == BlockKind.Chunk ? 1 : 0;
                passedOver += reader.IsPassedOver ? 1 : 0;
                events += reader.Block.Events;
            }

            Assert.True(reader.IsWhole);
            Assert.Equal((200, 100_000ul), (chunks, events));
            Assert.InRange(passedOver, 196, 199);
            Assert.InRange(counted.BytesRead, 1, file.Length / 16);
        }
    }

    [Fact]
    public void A_pipe_is_read_to_its_end()
    {
        using var pipe = new Pipe(Long());
        var reader = CaptureReader.Open(pipe, wanted: (_, _) => new RecordedPeriod(0, 1));
        while (reader.Read())
        {
            Assert.False(reader.IsPassedOver);
        }
    }

    [Fact]
    public void An_index_that_is_wrong_hides_nothing()
    {
        var file = Long();
        var (footer, payload) = Footer(file);
        var other = Footer(Write([.. Enumerable.Repeat((Millisecond, 0ul, 1, 0ul), 800)], (true, true, true, false), 0, 3));
        footer.PayloadLength = footer.RawLength = (uint)other.Payload.Length;
        footer.PayloadHash = BlockHeader.Hash(other.Payload);
        var written = new byte[BlockHeader.Size];
        footer.Write(written);
        byte[] wrong = [.. file[..^(payload.Length + BlockHeader.Size)], .. written, .. other.Payload];
        var filter = new CaptureFilter(new EventFilter(), Point(0, 500 * Millisecond), Point(0, 510 * Millisecond));

        Assert.Equal(1_000, Rows(wrong, filter, passesOver: true).Text.Split('\n').Length - 1);
        Assert.Equal(Rows(file, filter, passesOver: false).Text, Rows(wrong, filter, passesOver: true).Text);
        Assert.Equal(Rows(file, filter, passesOver: false).Text, Rows(wrong, filter, passesOver: true, leavesOut: true).Text);
    }

    private static (BlockHeader Header, byte[] Payload) Footer(byte[] file)
    {
        var reader = new BlockReader(new MemoryStream(file));
        while (reader.Read() && reader.Header.Kind != BlockKind.Footer)
        {
        }

        Assert.Equal(BlockCodec.Stored, reader.Header.Codec);
        return (reader.Header, reader.Payload.ToArray());
    }

    private static TimePoint Point(int clock, ulong time) => TimePoint.Parse(clock switch
    {
        0 => (time / 1e9).ToString("F9", CultureInfo.InvariantCulture),
        1 => $"{1_000 + time}ns",
        _ => WallTime.Format(Wall + time),
    });

    /// <summary>All that is made of events of a time, as text.</summary>
    private static string All(byte[] file, CaptureFilter filter, bool passesOver)
    {
        var (rows, text) = (Rows(file, filter, passesOver), new StringBuilder());
        text.AppendLine(rows.Text).AppendLine(rows.Told);
        try
        {
            var output = new MemoryStream();
            new CaptureCut(Open(file, filter, passesOver), output, filter, "a part").Run();
            output.Position = 0;
            var cut = new BlockReader(output);
            while (cut.Read())
            {
                var h = cut.Header;
                text.AppendLine(CultureInfo.InvariantCulture, $"{h.Kind} {h.Sequence} {h.Events} {h.FirstTimestamp} {h.LastTimestamp} {h.Watermark} {h.LossCounters} {h.PayloadHash:x}");
            }

            var set = ConnectionSet.Find(Open(file, filter, passesOver), filter);
            var reader = new CaptureReader(new MemoryStream(file));
            while (reader.Read())
            {
                foreach (ref readonly var one in reader.Events)
                {
                    text.Append(set.Contains(reader.Section, in one) ? '1' : '0');
                }
            }

            // A stream that cannot seek is read in full.
            using var stream = passesOver ? (Stream)new MemoryStream(file) : new Pipe(file);
            text.AppendLine().Append(Encoding.UTF8.GetString(SummaryJson.Format("", CaptureSummary.Of(stream, filter))));
        }
        catch (CaptureFormatException error)
        {
            text.AppendLine(error.Message);
        }

        return text.ToString();
    }

    private static (string Text, string Told, bool IsDamaged) Rows(byte[] file, CaptureFilter filter, bool passesOver, bool leavesOut = false)
    {
        var isDamaged = false;
        var (text, told) = (new MemoryStream(), new StringBuilder());
        using var pipeline = new EventPipeline(new EventRowExporter(new JsonLines(), text), filter);
        try
        {
            var events = new EventStream(Open(file, filter, passesOver, leavesOut));
            pipeline.Run(events, lost => told.AppendLine(CultureInfo.InvariantCulture, $"{events.Reader.Offset}: {lost}"));
            told.Append(CultureInfo.InvariantCulture, $"{events.Order.GivenLate} {events.Reader.Section} {events.Reader.Truncated} {events.Reader.Damage.Count} {events.Reader.Damage.Bytes} {events.Reader.Damage.MissingBlocks} {events.RecordedTo}");
            isDamaged = events.Reader.Damage.Count > 0;
        }
        catch (CaptureFormatException error)
        {
            told.Append(error.Message);
        }

        return (Encoding.UTF8.GetString(text.ToArray()), told.ToString(), isDamaged);
    }

    private static CaptureReader Open(byte[] file, CaptureFilter filter, bool passesOver, bool leavesOut = false) =>
        CaptureReader.Open(new MemoryStream(file), threads: 1, passesOver ? filter.Time : null, leavesOut);

    private static byte[] Write(
        (ulong Later, ulong Late, int What, ulong Lost)[] events, (bool IsStarted, bool IsComplete, bool IsSettled, bool IsNumbered) how, long step, int boot)
    {
        var output = new MemoryStream();
        var now = 1_000 + ((ulong)boot * 50 * Millisecond);
        var start = new ClockAnchor(now, now, Wall + (ulong)boot);
        var writer = new CaptureWriter(
            output,
            new CaptureHeader { BootId = "b", Start = how.IsStarted ? start : null, Probes = how.IsNumbered ? "test" : "" },
            4 * TcpEvent.Size)
        {
            Watermark = 0,
        };
        var (lost, number) = (0ul, 0ul);
        foreach (var (later, late, what, more) in events)
        {
            now += later;
            lost += more / 4;
            number += 1 + (more / 4);
            writer.LossCounters = new LossCounters(writer.Events + 1 + lost, lost, 0, 0, 0);
            writer.Append(new TcpEvent
            {
                Timestamp = now - Math.Min(late, now),
                Type = EventTypes.All[what % EventTypes.All.Length].Type,
                Connection = more,
                IpVersion = 4,
                Pid = (uint)what,
                Sequence = how.IsNumbered ? number : 0,
            });
            writer.Watermark = how.IsSettled ? now - Math.Min(3 * Millisecond, now) : 0;
            if (what == 9)
            {
                writer.WriteContext(new CaptureContext { Clocks = [new ClockAnchor(now, now, (ulong)((long)(Wall + now) + (step * (long)Millisecond)))] });
            }
        }

        if (how.IsComplete)
        {
            writer.Complete("end of test", how.IsStarted ? new ClockAnchor(now, now, Wall + now) : null);
        }
        else if (writer.IsBehind)
        {
            writer.CloseChunk();
        }

        return output.ToArray();
    }

    /// <summary>Two chunks of a section change places, and keep their numbers or not.</summary>
    private static byte[] Swapped(byte[] section, int which)
    {
        var reader = new BlockReader(new MemoryStream(section));
        var blocks = new List<byte[]>();
        while (reader.Read())
        {
            blocks.Add(section.AsSpan((int)reader.Offset, reader.Length).ToArray());
        }

        if (blocks.Count > which + 2)
        {
            (blocks[which], blocks[which + 1]) = (blocks[which + 1], blocks[which]);
        }

        return [.. blocks.SelectMany(block => block)];
    }

    /// <summary>A second of events that do not pack, 500 in a chunk: worth several threads.</summary>
    private static byte[] Long()
    {
        var random = new Random(3);
        var output = new MemoryStream();
        var writer = new CaptureWriter(output, new CaptureHeader { Start = new ClockAnchor(0, 0, Wall) }, 500 * TcpEvent.Size) { Watermark = 0 };
        for (var i = 0ul; i < 100_000; i++)
        {
            var one = default(TcpEvent);
            random.NextBytes(MemoryMarshal.AsBytes(new Span<TcpEvent>(ref one)));
            (one.Timestamp, one.Type, one.IpVersion) = (i * 10_000, TcpEventType.Connect, 4);
            writer.Append(in one);
            writer.Watermark = one.Timestamp;
        }

        writer.Complete("end of test", null);
        return output.ToArray();
    }

    private sealed class CountedStream(byte[] file) : MemoryStream(file)
    {
        internal long BytesRead { get; private set; }

        internal int Reads { get; private set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            Reads++;
            var got = base.Read(buffer, offset, count);
            BytesRead += got;
            return got;
        }
    }

    private sealed class Pipe(byte[] file) : MemoryStream(file)
    {
        public override bool CanSeek => false;
    }
}
