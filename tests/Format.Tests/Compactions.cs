using CsCheck;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Rewriting;
using TraceCap.Format.Tests.Traffic;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Tests;

public class Compactions
{
    private static readonly TcpEvent[] Events = TrafficGenerator.Generate(5_000, new() { Lost = 0, Late = 0.5, HasEnds = true });

    [Fact]
    public void Whatever_the_chunks_were_everything_but_them_stays() => Gen.Select(Gen.Int[1, 500], Gen.Int[1, 2_000], Gen.Bool).Sample((before, after, complete) =>
    {
        byte[] file = [.. Write(before, complete), .. Captures.Write(Events.AsSpan(0, 30), before)];
        var compact = Compact(file, after);
        var (events, reader) = Captures.Read(compact);
        return events.AsSpan().SequenceEqual([.. Events, .. Events[..30]])
            && Captures.InOrder(compact).AsSpan().SequenceEqual(Captures.InOrder(file))
            && Clocks(compact).SequenceEqual(Clocks(file))
            && reader is { Section: 2, IsWhole: true }
            && CaptureVerifier.Verify(new MemoryStream(compact)).Problems.Count == 0;
    });

    [Fact]
    public void Columns_of_chunks_become_what_their_events_would_be_laid_out_as() => Gen.Select(Gen.Int[1, 700], Gen.Int[1, 2_000]).Sample(
        (before, after) =>
        {
            var blocks = CaptureBlock.Split(Compact(Captures.Write(Events, before), after));
            var chunks = blocks.Where(block => block.Header.Kind == BlockKind.Chunk).ToArray();
            Assert.Equal((Events.Length + after - 1) / after, chunks.Length);
            for (var i = 0; i < chunks.Length; i++)
            {
                Assert.Equal(Columns.Chunks.Encode(Events.AsSpan((i * after)..Math.Min((i + 1) * after, Events.Length))), chunks[i].Raw);
            }
        },
        iter: 60);

    [Fact]
    public void Larger_chunks_take_fewer_bytes()
    {
        var file = Write(eventsPerChunk: 50, complete: true);
        Assert.InRange(Compact(file, 5_000).Length, 1, file.Length / 2);
    }

    [Fact]
    public void Damage_is_told_in_the_output()
    {
        var file = Captures.Write(Events, 1_000);
        file[file.Length / 2] ^= 1;
        var compact = Compact(file, 5_000);
        Assert.Equal(4_000, Captures.Read(compact).Events.Length);
        Assert.Equal(1_000ul, Contexts(compact).Aggregate(0ul, (sum, context) => sum + context.Missing.Events));
        Assert.Empty(CaptureVerifier.Verify(new MemoryStream(compact)).Problems.Entries);
    }

    [Fact]
    public void What_a_later_version_wrote_stays()
    {
        var blocks = CaptureBlock.Split(Captures.Write(Events.AsSpan(0, 400), 100));
        blocks[2].WithRaw(Columns.Payloads.WithColumn(blocks[2].Raw, 200, encoding: 77, [1, 2, 3]));
        blocks[4].WithRaw(Columns.Payloads.WithTable(blocks[4].Raw, rows: 7));
        var footer = blocks[^1].Raw;
        byte[] key = [0xA3, .. "x-k"u8, 0x93, 1, 0xC0, 0xA1, (byte)'v'];
        blocks[^1].WithRaw([(byte)(footer[0] + 1), .. key, .. footer[1..]]);

        var compact = CaptureBlock.Split(Compact(CaptureBlock.Join(blocks), 5_000));
        Assert.Equal([0u, 100, 100, 100, 100, 0], compact.Select(block => block.Header.Events));
        Assert.Equal(blocks[2].Raw, compact[2].Raw);
        Assert.Equal(blocks[4].Raw, compact[4].Raw);
        Assert.True(compact[^1].Raw.AsSpan().IndexOf(key) > 0);
        Assert.Empty(CaptureVerifier.Verify(new MemoryStream(CaptureBlock.Join(compact))).Problems.Entries);

        var recovered = new MemoryStream();
        new CaptureRecovery(Captures.Reader(CaptureBlock.Join(compact)), recovered).Run();
        Assert.True(CaptureBlock.Split(recovered.ToArray())[^1].Raw.AsSpan().IndexOf(key) > 0);
    }

    private static byte[] Write(int eventsPerChunk, bool complete)
    {
        var output = new MemoryStream();
        var writer = new CaptureWriter(output, Captures.Header, eventsPerChunk * TcpEvent.Size) { Watermark = 0 };
        for (var i = 0; i < Events.Length; i += 1_000)
        {
            writer.Append(Events.AsSpan(i, 1_000));
            writer.Watermark = Events.Skip(i + 1_000).Select(one => one.Timestamp).DefaultIfEmpty(Events[^1].Timestamp).Min();
            writer.LossCounters = new LossCounters((ulong)i + 1_000, 0, 0, (ulong)i, 0);
            writer.WriteContext(new CaptureContext { Clocks = [Captures.Clock with { Realtime = (ulong)i }] });
        }

        if (complete)
        {
            writer.Complete("end of test", Captures.Clock);
        }

        return output.ToArray();
    }

    private static byte[] Compact(byte[] file, int eventsPerChunk)
    {
        var output = new MemoryStream();
        new CaptureCompaction(Captures.Reader(file), output, eventsPerChunk * TcpEvent.Size).Run();
        return output.ToArray();
    }

    private static IEnumerable<ClockAnchor> Clocks(byte[] file) => Contexts(file).SelectMany(context => context.Clocks);

    private static List<CaptureContext> Contexts(byte[] file)
    {
        var reader = Captures.Reader(file);
        var contexts = new List<CaptureContext>();
        while (reader.Read())
        {
            if (reader.Context is { } context)
            {
                contexts.Add(context);
            }
        }

        return contexts;
    }
}
