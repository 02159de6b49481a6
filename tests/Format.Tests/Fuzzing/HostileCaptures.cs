using System.Buffers;
using System.Numerics;
using TraceCap.Format.Blocks;
using TraceCap.Format.Chunks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Tests.Fuzzing;

public class HostileCaptures
{
    private const int FilesPerSeries = 1000;

    private static readonly CaptureFuzzer fuzzer =
        new(Repository.File("samples/captures"), Repository.File("tests/conformance"));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void No_file_makes_a_reader_fail(int series)
    {
        for (var i = 0; i < FilesPerSeries; i++)
        {
            fuzzer.Run((series * FilesPerSeries) + i);
        }
    }

    [Fact]
    public void Chunks_that_grow_do_not_take_new_memory_every_time()
    {
        const int Growth = 50;
        var file = new MemoryStream();
        var writer = new CaptureWriter(file, new CaptureHeader(), BlockHeader.MaxEvents * TcpEvent.Size);
        for (var i = 1; i <= 200; i++)
        {
            writer.Append(new TcpEvent[i * Growth]);
            writer.CloseChunk();
        }

        file.Position = 0;
        var reader = new CaptureReader(file);
        var before = GC.GetAllocatedBytesForCurrentThread();
        while (reader.Read())
        {
        }

        // Twice what the largest chunk takes, in powers of two.
        var largest = (long)BitOperations.RoundUpToPowerOf2(200 * Growth) * (ChunkDecoder.MaxBytesPerEvent + TcpEvent.Size);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 * largest);
    }

    [Fact]
    public void An_index_that_leads_to_the_same_block_again_is_followed_once()
    {
        var blocks = CaptureBlock.Split(Captures.Write(Captures.Some(3), beforeEnd: writer =>
            writer.WriteContext(new CaptureContext { Clocks = [Captures.Clock] })));
        var footer = CaptureFooter.Read(blocks[^1].Raw);
        var context = footer.Index.Single(entry => entry.Kind == BlockKind.Context);
        var payload = new ArrayBufferWriter<byte>();
        (footer with { Index = [.. Enumerable.Repeat(context, 1000)] }).Write(payload);
        blocks[^1].WithRaw(payload.WrittenSpan.ToArray());

        var file = new MemoryStream(CaptureBlock.Join(blocks));
        var section = Assert.Single(SectionIndex.Find(file)!);
        Assert.Equal(1000, section.Footer.Index.Count);
        Assert.Single(SectionIndex.ReadContexts(file, section));
    }
}
