using System.Buffers;
using System.Runtime.InteropServices;
using CsCheck;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Tests;

public class RoundTrip
{
    [Fact]
    public void Any_events_come_back_bit_by_bit() => Captures.AnyEvent.Array[0, 50].Sample(events =>
    {
        var (read, reader) = Captures.Read(Captures.Write(events));
        return read.AsSpan().SequenceEqual(events) && reader.IsWhole;
    });

    [Fact]
    public void The_largest_chunk_of_random_events_is_one_that_readers_accept()
    {
        var events = new TcpEvent[BlockHeader.MaxEvents];
        new Random(1).NextBytes(MemoryMarshal.AsBytes(events.AsSpan()));
        var (read, reader) = Captures.Read(Captures.Write(events, eventsPerChunk: BlockHeader.MaxEvents));
        Assert.True(read.AsSpan().SequenceEqual(events));
        Assert.True(reader.IsWhole);
    }

    [Fact]
    public void The_header_comes_back()
    {
        var (_, reader) = Captures.Read(Captures.Write([]));
        var header = reader.Header!;
        Assert.Equal(Captures.Header with { Limits = header.Limits, ProbesNotUsed = header.ProbesNotUsed, Filters = header.Filters, Options = header.Options, Selection = header.Selection }, header);
        Assert.Equal(Captures.Header.ProbesNotUsed, header.ProbesNotUsed);
        Assert.Equal(Captures.Header.Limits, header.Limits);
        Assert.Equal(Captures.Header.Filters, header.Filters);
        Assert.Equal(Captures.Header.Options, header.Options);
    }

    [Fact]
    public void What_a_later_command_adds_to_header_and_context_comes_back()
    {
        var buffer = new ArrayBufferWriter<byte>();
        (Captures.Header with { Selection = ["--pid 7", "--from 1.5"] }).Write(buffer);
        Assert.Equal(["--pid 7", "--from 1.5"], CaptureHeader.Read(buffer.WrittenMemory).Selection);

        buffer.ResetWrittenCount();
        new CaptureContext { Missing = new MissingEvents(1, 2, ulong.MaxValue) }.Write(buffer);
        Assert.Equal(new MissingEvents(1, 2, ulong.MaxValue), CaptureContext.Read(buffer.WrittenMemory).Missing);
    }

    [Fact]
    public void Context_blocks_come_back()
    {
        var clocks = new[] { Captures.Clock, Captures.Clock with { Realtime = 5 } };
        var file = Captures.Write(Captures.Some(3), beforeEnd: writer => writer.WriteContext(new CaptureContext { Clocks = clocks }));
        var reader = new CaptureReader(new MemoryStream(file));
        var found = new List<ClockAnchor>();
        while (reader.Read())
        {
            found.AddRange(reader.Context?.Clocks ?? []);
        }

        Assert.Equal(clocks, found);
    }

    [Fact]
    public void The_footer_sums_up()
    {
        var events = Captures.Some(10);
        var file = Captures.Write(events, beforeEnd: writer => writer.LossCounters = new LossCounters(15, 1, 2, 0, 2));
        var reader = new CaptureReader(new MemoryStream(file));
        var emitted = default(LossCounters);
        CaptureFooter? footer = null;
        while (reader.Read())
        {
            emitted += reader.Block.LossCounters;
            footer = reader.Footer;
        }

        Assert.NotNull(footer);
        Assert.Equal("end of test", footer.Reason);
        Assert.Equal(new LossCounters(15, 1, 2, 0, 2), footer.LossCounters);
        Assert.Equal(footer.LossCounters, emitted);
        Assert.Equal(4ul, footer.EventsByType[TcpEventType.Connect]);
        Assert.Equal(3ul, footer.EventsByType[TcpEventType.Accept]);
        Assert.Equal(3ul, footer.EventsByType[TcpEventType.Close]);
        Assert.Equal(10ul, footer.Index.Aggregate(0ul, (sum, entry) => sum + entry.Events));
        Assert.Equal(Captures.BlockOffsets(file)[..^2], footer.Index.Select(entry => (int)entry.Offset));
        Assert.Equal(Captures.BlockOffsets(file)[^2], footer.SectionBytes);
    }

    [Fact]
    public void Captures_one_after_another_are_sections()
    {
        var first = Captures.Some(9, seed: 1);
        var second = Captures.Some(5, seed: 2);
        var (events, reader) = Captures.Read([.. Captures.Write(first), .. Captures.Write(second), .. Captures.Write([])]);
        Assert.Equal([.. first, .. second], events);
        Assert.Equal(3, reader.Section);
        Assert.True(reader.IsWhole);
    }

    [Fact]
    public void A_pipe_that_gives_one_byte_at_a_time_is_read_as_well()
    {
        var events = Captures.Some(20);
        var (read, reader) = Captures.Read(new OneByteStream(Captures.Write(events)));
        Assert.Equal(events, read);
        Assert.True(reader.IsWhole);
    }

    [Fact]
    public void The_index_of_a_long_section_stays_small_and_covers_it()
    {
        var index = new BlockIndex();
        const int Chunks = 450_000;
        for (var i = 0u; i < Chunks; i++)
        {
            index.Add(new BlockEntry(BlockKind.Chunk, i, 1, i * 10, 2, i, i + 1));
        }

        Assert.InRange(index.Entries.Count, 50_000, 100_000);
        Assert.Equal(Chunks, index.Entries.Sum(entry => entry.Blocks));
        Assert.Equal(2ul * Chunks, index.Entries.Aggregate(0ul, (sum, entry) => sum + entry.Events));
        var next = 0u;
        foreach (var entry in index.Entries)
        {
            Assert.Equal(next, entry.Sequence);
            Assert.Equal(next * 10, entry.Offset);
            Assert.Equal(next, entry.FirstTimestamp);
            next += entry.Blocks;
            Assert.Equal(next, entry.LastTimestamp);
        }
    }

    private sealed class OneByteStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1));
    }
}
