using CsCheck;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Rewriting;
using TraceCap.Format.Tests.Traffic;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Tests;

public class Recoveries
{
    private const int EventsPerChunk = 50;
    private static readonly TcpEvent[] Events = TrafficGenerator.Generate(1_000, new() { Lost = 0, Late = 0.5, HasEnds = true });
    private static readonly byte[] Sound = Captures.Write(Events, EventsPerChunk, beforeEnd: writer =>
        writer.WriteContext(new CaptureContext { Clocks = [Captures.Clock] }));

    private static readonly List<int> Offsets = Captures.BlockOffsets(Sound);

    [Fact]
    public void A_sound_capture_comes_back_block_by_block()
    {
        var (recovered, kept) = Recover([.. Sound, .. Captures.Write(Events.AsSpan(0, 7))]);
        Assert.Equal(new Rewritten(22, 1_007, default), kept);
        Assert.Empty(Problems(recovered));
        var offsets = Captures.BlockOffsets(recovered);
        for (var i = 0; i < Offsets.Count - 2; i++)
        {
            Assert.Equal(Payload(Sound, Offsets, i), Payload(recovered, offsets, i));
        }
    }

    [Fact]
    public void A_recovered_capture_is_recovered_to_itself()
    {
        var (once, _) = Recover([.. Sound[..Offsets[4]], .. Sound[Offsets[6]..^9]]);
        var (twice, kept) = Recover(once);
        Assert.True(kept.Missing.IsNone);
        Assert.Equal(Captures.BlockOffsets(once), Captures.BlockOffsets(twice));
        Assert.Empty(Problems(twice));
    }

    [Fact]
    public void Whatever_is_taken_out_the_rest_is_sound_and_says_what_is_missing() => Gen.Select(Gen.Int[0, Sound.Length - 1], Gen.Int[1, 5_000]).Sample((from, count) =>
    {
        byte[] damaged = [.. Sound[..from], .. Sound[Math.Min(Sound.Length, from + count)..]];
        return KeepsWhatCanBeRead(damaged);
    });

    [Fact]
    public void Whatever_bit_is_changed_the_rest_is_sound_and_says_what_is_missing() => Gen.Select(Gen.Int[0, Sound.Length - 1], Gen.Int[0, 7]).Sample((place, bit) =>
    {
        var damaged = (byte[])Sound.Clone();
        damaged[place] ^= (byte)(1 << bit);
        return KeepsWhatCanBeRead(damaged);
    });

    [Fact]
    public void Missing_events_are_counted_by_the_footer_and_without_it_by_the_gaps()
    {
        byte[] hole = [.. Sound[..Offsets[5]], .. Sound[Offsets[8]..]];
        var (recovered, kept) = Recover(hole);
        Assert.Equal(new MissingEvents(0, 3, 3 * EventsPerChunk), kept.Missing);
        var footer = Footer(recovered);
        Assert.Equal(1_000ul, footer.LossCounters.Emitted);
        Assert.Equal(850ul, footer.EventsByType.Values.Aggregate(0ul, (sum, count) => sum + count));
        Assert.Equal("end of test", footer.Reason);

        var (cut, keptOfCut) = Recover(hole[..^(Sound.Length - Offsets[^2])]);
        Assert.Equal(new MissingEvents(0, 3, 3 * EventsPerChunk), keptOfCut.Missing);
        Assert.True(Footer(cut).IsTruncated);
        Assert.Equal(Footer(cut).Reason, keptOfCut.Truncated);
        Assert.Null(kept.Truncated);
        Assert.Empty(Problems(cut));
    }

    [Fact]
    public void A_crash_between_two_blocks_misses_what_the_ledger_knew_of()
    {
        var file = Captures.Write(Events, EventsPerChunk, complete: false, beforeEnd: writer =>
        {
            writer.LossCounters = new LossCounters(1_007, 3, 0, 0, 1);
            writer.CloseChunk();
        });
        var (recovered, kept) = Recover(file);
        Assert.Equal(new MissingEvents(0, 0, 3), kept.Missing);
        Assert.Equal(new LossCounters(1_007, 3, 0, 0, 1), Footer(recovered).LossCounters);
        Assert.Empty(Problems(recovered));
    }

    [Fact]
    public void A_capture_without_its_header_gets_one_without_content()
    {
        var (recovered, kept) = Recover(Sound[Offsets[1]..]);
        Assert.Equal(new MissingEvents(0, 1, 0), kept.Missing);
        Assert.Equal("", HeaderOf(recovered).Host);
        Assert.Empty(Problems(recovered));
    }

    [Fact]
    public void What_a_later_version_wrote_stays()
    {
        var unknown = Sound[Offsets[3]..Offsets[4]];
        unknown[12] = 200;
        CaptureBlock.Rehash(unknown, 0);
        var (recovered, _) = Recover([.. Sound[..Offsets[3]], .. unknown, .. Sound[Offsets[4]..]]);
        var offsets = Captures.BlockOffsets(recovered);
        Assert.Equal(200, recovered[offsets[3] + 12]);
        Assert.Equal(Payload(Sound, Offsets, 3), Payload(recovered, offsets, 3));
    }

    [Fact]
    public void Whatever_a_capture_says_against_itself_the_recovered_one_is_sound() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, Offsets.Count - 2], Gen.Int, Gen.Bool).Array[1, 5].Select(Gen.Bool).Sample((changes, cut) =>
        {
            var blocks = CaptureBlock.Split(Sound);
            foreach (var (what, place, seed, small) in changes)
            {
                Contradict(blocks[place], what, new Random(seed), small);
            }

            var file = CaptureBlock.Join(cut ? blocks.SkipLast(1) : blocks);
            var (events, _) = Captures.Read(file);
            var (recovered, _) = Recover(file);
            return Problems(recovered).Count == 0
                && Captures.Read(recovered).Events.Select(one => one with { Sequence = 0 }).SequenceEqual(events.Select(one => one with { Sequence = 0 }));
        });

    /// <summary>The events of a section and those it says are missing are more than 64 bits count.</summary>
    [Fact]
    public void More_missing_events_than_are_emitted_are_no_further_missing_ones()
    {
        TcpEvent[] events = [new() { Sequence = 1 }, new() { Sequence = ulong.MaxValue - 5 }];
        var (once, kept) = Recover(Captures.Write(events, beforeEnd: writer =>
            writer.WriteContext(new CaptureContext { Missing = new MissingEvents(0, 0, 1ul << 63) })));
        Assert.Equal((1ul << 63) - 8, kept.Missing.Events);
        Assert.Empty(Problems(once));
        Assert.True(Recover(once).Kept.Missing.IsNone);
    }

    [Fact]
    public void A_broken_promise_is_lowered_and_a_kept_one_stays()
    {
        var output = new MemoryStream();
        var writer = new CaptureWriter(output, Captures.Header, 2 * TcpEvent.Size);
        foreach (var (time, promise) in new (ulong, ulong)[] { (10, 8), (12, 12), (9, 9), (20, 20), (21, 21) })
        {
            writer.Append(new TcpEvent { Timestamp = time });
            writer.Watermark = promise;
            writer.CloseChunk();
        }

        writer.Complete("end of test", null);
        var (recovered, _) = Recover(output.ToArray());
        // The footer's own promise adds nothing.
        Assert.Equal([0ul, 8, 9, 9, 20, 21, 0], CaptureBlock.Split(recovered).Select(block => block.Header.Watermark));
    }

    [Fact]
    public void Of_events_with_one_number_the_first_keeps_it()
    {
        TcpEvent[] events = [new() { Sequence = 1 }, new() { Sequence = 2 }, new() { Sequence = 2, Pid = 7 }, new() { Sequence = 3 }, new() { Sequence = 1, Pid = 8 }];
        var (recovered, _) = Recover(Captures.Write(events, 4));
        Assert.Equal([1ul, 2, 0, 3, 0], Captures.Read(recovered).Events.Select(one => one.Sequence));
        Assert.Equal(events.Select(one => one.Pid), Captures.Read(recovered).Events.Select(one => one.Pid));
    }

    [Fact]
    public void A_reason_that_begins_like_that_of_a_cut_is_none()
    {
        var output = new MemoryStream();
        new CaptureWriter(output, Captures.Header).Complete("cut short.tcap: no space left on device", null);
        Assert.False(Footer(output.ToArray()).IsTruncated);
        Assert.Null(Recover(output.ToArray()).Kept.Truncated);
        Assert.False(Footer(Recover(output.ToArray()).File).IsTruncated);
    }

    [Fact]
    public void That_it_was_truncated_stays_known_and_was_known_before_there_was_a_key_for_it()
    {
        var (once, kept) = Recover(Sound[..Offsets[^2]]);
        Assert.StartsWith("truncated: it ended without a footer", kept.Truncated, StringComparison.Ordinal);
        Assert.True(Footer(Recover(once).File).IsTruncated);

        var old = CaptureBlock.Split(once);
        var footer = new System.Buffers.ArrayBufferWriter<byte>();
        const string reason = "cut short: it ended without a footer, and what followed 5 ns is unknown";
        (Footer(once) with { IsTruncated = false, Reason = reason }).Write(footer);
        old[^1].WithRaw(footer.WrittenSpan.ToArray());
        Assert.True(Footer(CaptureBlock.Join(old)).IsTruncated);
        Assert.Equal(reason, Footer(Recover(CaptureBlock.Join(old)).File).Reason);
    }

    [Fact]
    public void What_is_missing_is_said_where_it_was()
    {
        byte[] holes = [.. Sound[..Offsets[5]], .. Sound[Offsets[8]..Offsets[15]], 1, 2, 3, .. Sound[Offsets[15]..]];
        var (recovered, kept) = Recover(holes);
        Assert.Equal(new MissingEvents(3, 3, 3 * EventsPerChunk), kept.Missing);

        var reader = Captures.Reader(recovered);
        var found = new List<(MissingEvents, ulong)>();
        var before = 0ul;
        while (reader.Read())
        {
            before += (ulong)reader.Events.Length;
            if (reader.Context is { Missing.IsNone: false } context)
            {
                found.Add((context.Missing, before));
            }
        }

        Assert.Equal([(new(0, 3, 0), 4 * EventsPerChunk), (new(3, 0, 0), 11 * EventsPerChunk), (new(0, 0, 3 * EventsPerChunk), 1_000 - (3 * EventsPerChunk))], found);
    }

    /// <summary>Makes a block say something that others do not, with hashes that are right.</summary>
    private static void Contradict(CaptureBlock block, int what, Random random, bool small)
    {
        ulong Any() => small ? (ulong)random.Next(2_000) : (ulong)random.NextInt64(long.MinValue, long.MaxValue);
        switch (what)
        {
            case 0: block.Header.Watermark = small ? Events[random.Next(Events.Length)].Timestamp : Any(); break;
            case 1: block.Header.LossCounters = new LossCounters(Any(), Any(), Any(), Any(), Any()); break;
            case 2: (block.Header.FirstTimestamp, block.Header.LastTimestamp) = (Any(), Any()); break;
            case 3 when block.Header.Kind == BlockKind.Chunk:
                var events = Events.AsSpan(0, (int)block.Header.Events).ToArray();
                foreach (ref var one in events.AsSpan())
                {
                    one.Sequence = Any();
                }

                byte[] raw = [];
                var length = new TraceCap.Format.Chunks.ChunkEncoder().Encode(events, ref raw);
                block.WithRaw(raw[..length]);
                break;
            case 4 when block.Header.Kind == BlockKind.Footer:
                var footer = new System.Buffers.ArrayBufferWriter<byte>();
                (CaptureFooter.Read(block.Raw) with { LossCounters = new LossCounters(Any(), Any(), Any(), Any(), Any()), RawBytes = random.Next(), Index = [] }).Write(footer);
                block.WithRaw(footer.WrittenSpan.ToArray());
                break;
            case 5 when block.Header.Kind == BlockKind.Context:
                var context = new System.Buffers.ArrayBufferWriter<byte>();
                new CaptureContext { Missing = new MissingEvents((long)Any(), (long)Any(), Any()) }.Write(context);
                block.WithRaw(context.WrittenSpan.ToArray());
                break;
            default:
                block.Header.Events = block.Header.Kind == BlockKind.Chunk ? block.Header.Events : (uint)random.Next(1000);
                break;
        }
    }

    private static bool KeepsWhatCanBeRead(byte[] damaged)
    {
        var (events, reader) = Captures.Read(damaged);
        var (recovered, kept) = Recover(damaged);
        var (back, after) = Captures.Read(recovered);
        return Problems(recovered).Count == 0
            && after.IsWhole
            && back.AsSpan().SequenceEqual(events)
            && Captures.InOrder(recovered).AsSpan().SequenceEqual(Captures.InOrder(damaged))
            && kept.Missing.Events <= (ulong)(Events.Length - events.Length)
            && (kept.Missing.Bytes, kept.Missing.Blocks) == (reader.Damage.Bytes, reader.Damage.MissingBlocks);
    }

    private static (byte[] File, Rewritten Kept) Recover(byte[] file)
    {
        var output = new MemoryStream();
        var kept = new CaptureRecovery(Captures.Reader(file), output, KeptWatermarks.Find(Captures.Reader(file))).Run();
        return (output.ToArray(), kept);
    }

    private static IReadOnlyList<Damage> Problems(byte[] file) => CaptureVerifier.Verify(new MemoryStream(file)).Problems.Entries;

    private static byte[] Payload(byte[] file, List<int> offsets, int block) => file[(offsets[block] + BlockHeader.Size)..offsets[block + 1]];

    private static CaptureFooter Footer(byte[] file) => Assert.Single(SectionIndex.Find(new MemoryStream(file))!).Footer;

    private static CaptureHeader HeaderOf(byte[] file) => Assert.Single(SectionIndex.Find(new MemoryStream(file))!).Header;
}
