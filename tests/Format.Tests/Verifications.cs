using CsCheck;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Rewriting;
using TraceCap.Format.Tests.Traffic;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Tests;

public class Verifications
{
    private const int EventsPerChunk = 50;
    private static readonly TcpEvent[] Events = TrafficGenerator.Generate(1_000, new() { Lost = 0, HasEnds = true });
    private static readonly byte[] Sound = Write(Events);
    private static readonly List<int> Offsets = Captures.BlockOffsets(Sound);

    [Fact]
    public void A_block_behind_the_footer_is_told() => Assert.Contains(
        Verify(File.ReadAllBytes(Repository.File("tests/conformance/behind-the-footer.tcap"))).Problems.Entries,
        problem => problem.What == "the block stands behind the footer of its section");

    [Fact]
    public void What_a_writer_wrote_is_sound()
    {
        byte[] file = [.. Sound, .. Captures.Write([]), .. Captures.Write(Events.AsSpan(0, 10), beforeEnd: writer =>
            writer.WriteContext(new CaptureContext { Clocks = [Captures.Clock] }))];
        Assert.All((bool[])[true, false], decodes =>
        {
            var found = Verify(file, decodes);
            Assert.Empty(found.Problems.Entries);
            Assert.Equal((1_010ul, 23), (found.Events, found.Chunks));
        });
    }

    [Fact]
    public void What_is_recorded_is_sound_also_where_it_is_not_decoded() => Assert.All(
        Directory.GetFiles(Repository.File("samples/captures"), "*.tcap", SearchOption.AllDirectories),
        path => Assert.Equal(Found(path, decodes: true), Found(path, decodes: false)));

    [Fact]
    public void Losses_that_the_ledger_counts_are_sound()
    {
        var lossy = TrafficGenerator.Generate(1_000, new() { Lost = 0.05 });
        var emitted = lossy.GroupBy(one => one.Cpu).Aggregate(0ul, (sum, cpu) => sum + cpu.Max(one => one.Sequence));
        var ledger = new LossCounters(emitted, emitted - 1_000, 0, 3, 0);
        Assert.Empty(Verify(Write(lossy, writer => writer.LossCounters = ledger)).Problems.Entries);
        Assert.Matches(@"^\d+ events of the section that begins at byte 0 are missing", Problem(Verify(Write(lossy))));
    }

    [Fact]
    public void Whatever_byte_is_changed_somebody_notices() => Gen.Select(Gen.Int[0, Sound.Length - 1], Gen.Int[1, 255]).Sample((place, change) =>
    {
        var damaged = (byte[])Sound.Clone();
        damaged[place] ^= (byte)change;
        try
        {
            return Verify(damaged).Problems.Count > 0 && Verify(damaged, decodes: false).Problems.Count > 0;
        }
        catch (CaptureFormatException)
        {
            return false;
        }
    });

    [Fact]
    public void Wherever_it_is_cut_somebody_notices() => Gen.Select(Gen.Int[0, Sound.Length - 1], Gen.Bool).Sample((length, decodes) =>
        Verify(Sound[..length], decodes).Problems.Entries[^1].What.Contains("truncated", StringComparison.Ordinal));

    [Theory]
    [InlineData(36, "does not|many|few|expected")] // Events
    [InlineData(48, "the chunk's events are from")] // FirstTimestamp
    [InlineData(56, "the chunk's events are from")] // LastTimestamp
    [InlineData(72, "the footer's loss counters are")] // LossCounters.Emitted
    [InlineData(104, "the footer's loss counters are")] // LossCounters.Dropped
    public void A_header_that_contradicts_its_payload_is_told_with_its_offset(int field, string problem)
    {
        var file = (byte[])Sound.Clone();
        file[Offsets[2] + field]++;
        CaptureBlock.Rehash(file, Offsets[2]);
        var found = Verify(file).Problems.Entries;
        Assert.Contains(found, entry => System.Text.RegularExpressions.Regex.IsMatch(entry.What, problem));
        Assert.DoesNotContain(found, entry => entry.What.Contains('{', StringComparison.Ordinal));
        Assert.Contains(found, entry => entry.Offset == Offsets[2] || entry.Offset == Offsets[^2]);
    }

    [Theory]
    [InlineData(36, "the footer counts")] // Events
    [InlineData(48, "the footer's index says")] // FirstTimestamp
    [InlineData(56, "the footer's index says")] // LastTimestamp
    [InlineData(72, "the footer's loss counters are")] // LossCounters.Emitted
    public void A_header_that_contradicts_the_footer_is_told_without_decoding(int field, string problem)
    {
        var file = (byte[])Sound.Clone();
        file[Offsets[2] + field]++;
        CaptureBlock.Rehash(file, Offsets[2]);
        Assert.Contains(Verify(file, decodes: false).Problems.Entries, entry => entry.What.StartsWith(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void A_broken_promise_is_told_without_decoding()
    {
        var file = (byte[])Sound.Clone();
        BitConverter.TryWriteBytes(file.AsSpan(Offsets[2] + 64), Events[3 * EventsPerChunk].Timestamp + 1);
        CaptureBlock.Rehash(file, Offsets[2]);
        var found = Verify(file, decodes: false).Problems.Entries;
        Assert.StartsWith("the chunk begins at ", found[0].What, StringComparison.Ordinal);
        Assert.Equal(Offsets[3], found[0].Offset);
    }

    [Fact]
    public void A_broken_promise_is_told()
    {
        var file = (byte[])Sound.Clone();
        BitConverter.TryWriteBytes(file.AsSpan(Offsets[2] + 64), Events[3 * EventsPerChunk].Timestamp);
        CaptureBlock.Rehash(file, Offsets[2]);
        var found = Verify(file).Problems.Entries;
        Assert.All(found, entry => Assert.Contains("the watermark of a block before it", entry.What, StringComparison.Ordinal));
        Assert.Equal(Offsets[3], found[0].Offset);
    }

    [Fact]
    public void A_sequence_number_that_comes_twice_is_told()
    {
        var events = (TcpEvent[])Events.Clone();
        events[500].Sequence = events[..500].Last(one => one.Cpu == events[500].Cpu).Sequence;
        var found = Verify(Write(events)).Problems.Entries;
        Assert.Contains("1 events of the chunk have a sequence number", found[0].What, StringComparison.Ordinal);
        Assert.Equal(Offsets[1 + (500 / EventsPerChunk)], found[0].Offset);
    }

    [Fact]
    public void Numbers_that_an_interrupt_exchanged_are_sound()
    {
        var events = (TcpEvent[])Events.Clone();
        var cpu = Enumerable.Range(0, 1_000).Where(i => events[i].Cpu == 1).Take(3).ToArray();
        (events[cpu[1]].Sequence, events[cpu[2]].Sequence) = (events[cpu[2]].Sequence, events[cpu[1]].Sequence);
        Assert.Empty(Verify(Write(events)).Problems.Entries);
    }

    [Theory]
    [InlineData("the footer says that 1,", "section_bytes")]
    [InlineData("the footer says that the chunks unpack to", "raw_bytes")]
    [InlineData("the footer counts", "events_by_type")]
    [InlineData("the footer's index says", "index")]
    [InlineData("the footer's index agrees", "short index")]
    [InlineData("the last 16 bytes of the footer", "tail")]
    public void A_footer_that_contradicts_its_section_is_told(string problem, string wrong)
    {
        var footer = FooterOf(Sound);
        footer = wrong switch
        {
            "section_bytes" => footer with { SectionBytes = 1_000 },
            "raw_bytes" => footer with { RawBytes = 1 },
            "events_by_type" => footer with { EventsByType = new Dictionary<TcpEventType, ulong> { [TcpEventType.Accept] = 1_000 } },
            "index" => footer with { Index = [.. footer.Index.Select(entry => entry with { Events = 49 })] },
            "short index" => footer with { Index = [.. footer.Index.Take(3)] },
            _ => footer,
        };
        var payload = new System.Buffers.ArrayBufferWriter<byte>();
        footer.Write(payload);
        var written = payload.WrittenSpan.ToArray();
        if (wrong == "tail")
        {
            written[^CaptureFooter.TailSize]++;
        }

        var header = Sound[Offsets[^2]..(Offsets[^2] + BlockHeader.Size)];
        BitConverter.TryWriteBytes(header.AsSpan(40), written.Length);
        BitConverter.TryWriteBytes(header.AsSpan(44), written.Length);
        BitConverter.TryWriteBytes(header.AsSpan(112), BlockHeader.Hash(written));
        CaptureBlock.Rehash(header, 0);
        var found = Verify([.. Sound[..Offsets[^2]], .. header, .. written]);
        Assert.StartsWith(problem, found.Problems.Entries[0].What, StringComparison.Ordinal);
        Assert.Equal(Offsets[^2], found.Problems.Entries[0].Offset);
    }

    [Fact]
    public void An_index_that_shares_entries_differently_is_sound()
    {
        var index = new BlockIndex();
        BlockEntry[] chunks = [.. Enumerable.Range(0, 6).Select(i => new BlockEntry(BlockKind.Chunk, (uint)i, 1, 10 * i, 2, (ulong)i + 1, (ulong)i + 2))];
        Array.ForEach(chunks, chunk => index.Add(chunk));
        BlockEntry[] shared =
        [
            chunks[0] with { Blocks = 2, Events = 4, LastTimestamp = 3 },
            chunks[2],
            chunks[3] with { Blocks = 3, Events = 6, LastTimestamp = 7 },
        ];
        Assert.Null(index.DifferenceFrom(shared));
        Assert.NotNull(index.DifferenceFrom(shared[..2]));
        Assert.NotNull(index.DifferenceFrom([shared[0], shared[1], shared[2] with { Events = 5 }]));
        Assert.NotNull(index.DifferenceFrom([.. shared, chunks[5]]));
    }

    private static CaptureFooter FooterOf(byte[] file)
    {
        var reader = new CaptureReader(new MemoryStream(file));
        CaptureFooter? footer = null;
        while (reader.Read())
        {
            footer = reader.Footer ?? footer;
        }

        return footer!;
    }

    private static byte[] Write(ReadOnlySpan<TcpEvent> events, Action<CaptureWriter>? beforeEnd = null) =>
        Captures.Write(events, EventsPerChunk, beforeEnd: beforeEnd);

    private static Verification Verify(byte[] file, bool decodes = true) => CaptureVerifier.Verify(new MemoryStream(file), decodes);

    private static (ulong Events, long Chunks, long Problems) Found(string path, bool decodes)
    {
        var found = Verify(File.ReadAllBytes(path), decodes);
        return (found.Events, found.Chunks, found.Problems.Count);
    }

    private static string Problem(Verification found) => Assert.Single(found.Problems.Entries).What;
}
